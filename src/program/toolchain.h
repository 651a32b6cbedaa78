// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The LLVM 22 programs that Hone drives.
#pragma once

#include <string>

#include "base/result.h"

namespace hone::program {

struct Toolchain {
  // Absolute paths.
  std::string clang;
  std::string clangxx;
  std::string lld;  // ld.lld
  std::string llvm_link;
  std::string llvm_reduce;
  std::string opt;
  // First line of `clang --version`: part of every store key.
  std::string version;
};

// Looks in $HONE_LLVM_BIN (a folder that holds `clang`, `opt`, …), then in PATH
// for `clang-22`, `opt-22`, …. Found once per process.
// NotFound names the program that is missing and the package that has it.
Result<Toolchain> find_toolchain();

// ld.lld alone, where the others, and a start of clang, are not needed.
Result<std::string> find_lld();

}  // namespace hone::program
