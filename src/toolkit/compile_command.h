// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A compiler's command line, as a build system writes it.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "program/input.h"

namespace hone::toolkit {

// One `-c` compile of one C or C++ source.
struct CompileCommand {
  program::Input source;
  std::filesystem::path object;
  std::vector<std::string> flags;  // without -c, -o, -O and the source
  std::string level;               // the last -O flag, "-O0" for none
  bool writes_dependencies = false;
};

// Unsupported, with a reason that fits in a line, for everything that is best
// left to the stock compiler: links, other outputs, several sources, response
// files, flags with files of their own. `is_cxx` is whether clang++ was called.
Result<CompileCommand> read_compile_command(std::span<const std::string> words,
                                            bool is_cxx);

// Flags that make a compile of this command into `bitcode` write the very
// dependency file that the command itself writes.
std::vector<std::string> dependency_flags(const CompileCommand& command);

}  // namespace hone::toolkit
