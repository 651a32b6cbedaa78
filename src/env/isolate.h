// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a piece of work in a child of this (single-threaded) worker, so that a
// crash, a hang or exhausted memory costs that work alone.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "env/evaluation.h"

namespace hone::env {

struct IsolationLimits {
  double cpu_seconds = 60;
  uint64_t memory_bytes = uint64_t{8} << 30;  // address space
};

struct Isolated {
  Outcome outcome = Outcome::Ok;
  std::string failure;
  std::string answer;  // what the work returned, where Ok
  double cpu_seconds = 0;
};

// `work` runs in a forked child; its answer comes back through a pipe. An Error
// it returns becomes Malformed or Invalid by its kind.
Isolated run_isolated(const IsolationLimits& limits,
                      const std::function<Result<std::string>()>& work);

}  // namespace hone::env
