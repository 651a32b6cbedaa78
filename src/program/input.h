// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the user handed in: source text, LLVM assembly or LLVM bitcode.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace hone::program {

enum class InputKind { C, Cxx, Assembly, Bitcode };

std::string_view input_kind_name(InputKind kind);

struct Input {
  std::filesystem::path path;
  InputKind kind;

  bool is_source() const {
    return kind == InputKind::C || kind == InputKind::Cxx;
  }
};

// By the first bytes for bitcode (rustc names it .bc or .o), by the extension
// for the rest. Reads no more than the first bytes of the file.
Result<Input> classify_input(const std::filesystem::path& path);

}  // namespace hone::program
