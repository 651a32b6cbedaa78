// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Code generation with options of LLVM's, in a process that has generated none
// before. LLVM reads an option once, -regalloc with the first code that it
// generates: neither this process nor a child that it forks would obey.
//
//   hone-worker code <- mode text (JSON), options texts, bitcode text
//                    -> u8 1, f64 CPU seconds, object text; or u8 0, why not
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "program/module.h"

namespace hone::env {

struct GeneratedCode {
  std::string object;
  double cpu_seconds = 0;  // of the code generator
};

// Of this thread, so far. The process's clock only moves on with the kernel's
// ticks while an alarm for CPU time is set.
double thread_cpu_seconds();

// In this process, whose options are what they are; of a copy.
Result<GeneratedCode> generate_code(const program::Module& module,
                                    const program::BuildMode& mode);

// In another one. Crashed, LimitReached and Rejected say how it ended.
Result<GeneratedCode> generate_code_apart(
    const program::Module& module, const program::BuildMode& mode,
    const std::vector<std::string>& options);

// The other one: answers one request. Returns the exit code.
int serve_code(int input, int output);

}  // namespace hone::env
