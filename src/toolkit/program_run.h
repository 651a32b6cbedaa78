// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A benchmark that is a program: linked from its one object, and run.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "program/build_mode.h"
#include "program/toolchain.h"
#include "verify/command_check.h"

namespace hone::toolkit {

struct ProgramRun {
  std::filesystem::path object;
  std::vector<std::string> link_flags = {};  // beside the mode's
  std::string settings = {};  // of its environment, as a shell takes them
  std::stop_token stop = {};
};

// Without arguments and with nothing to read, in an empty folder and a
// sandbox. An object that cannot be linked is an outcome too.
Result<verify::CommandOutcome> run_program(const program::Toolchain& tools,
                                           const program::BuildMode& mode,
                                           const ProgramRun& run);

}  // namespace hone::toolkit
