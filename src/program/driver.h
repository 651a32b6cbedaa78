// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What clang makes of an input before and without Hone.
#pragma once

#include <filesystem>
#include <span>
#include <stop_token>

#include "base/result.h"
#include "program/build_mode.h"
#include "program/input.h"
#include "program/toolchain.h"

namespace hone::program {

// Unoptimised bitcode of a C or C++ source, with the attributes its -O level
// asks for; of .ll and .bc files the module itself, upgraded to LLVM 22.
Status write_bitcode(const Toolchain& tools, const Input& input,
                     const BuildMode& mode, const std::filesystem::path& to,
                     std::stop_token stop = {});

// The stock file: `clang <flags> -c`, byte for byte the user's own build.
Status write_stock_object(const Toolchain& tools, const Input& input,
                          const BuildMode& mode,
                          const std::filesystem::path& to,
                          std::stop_token stop = {});

// Several modules into one, with llvm-link's rules for symbols.
Status link_bitcode(const Toolchain& tools,
                    std::span<const std::filesystem::path> from,
                    const std::filesystem::path& to, std::stop_token stop = {});

}  // namespace hone::program
