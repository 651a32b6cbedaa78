// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long a program runs that consists of one object file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::env {

struct TimedProgram {
  std::string_view object;
  // A compiler and its options before the object, and libraries behind it.
  std::vector<std::string> linker;
  std::vector<std::string> libraries;
  std::string_view name;  // for messages
};

// Links the object, runs it three times in a sandbox without arguments, each
// time in an empty folder, and returns the least CPU time in seconds. Rejected
// where the program ends otherwise than by 0.
Result<double> time_program(const TimedProgram& program);

}  // namespace hone::env
