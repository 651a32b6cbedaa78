// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random loop trees in every form they take: interpreted, as machine code by
// LLVM, and as C by clang; each against the interpreted default tree.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace hone::toolkit {

struct ScheduleCheckRequest {
  int count = 200;
  uint64_t seed = 1;
  int steps = 10;   // tried for each tree
  int batch = 100;  // trees compiled together
  bool with_prover = true;
};

struct ScheduleCheckReport {
  int trees = 0;                     // compared in all forms
  int not_lowered = 0;               // compared as interpreted trees only
  std::map<std::string, int> steps;  // legal ones, by name
  int64_t tried = 0;
  // Seed, program, script and what differs.
  std::vector<std::string> failures;
};

// An error is one of compilers or files; what differs is in the report.
Result<ScheduleCheckReport> check_schedules(
    const ScheduleCheckRequest& request);

}  // namespace hone::toolkit
