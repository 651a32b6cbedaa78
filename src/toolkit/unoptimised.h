// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <filesystem>
#include <span>

#include "base/result.h"
#include "program/build_mode.h"
#include "program/toolchain.h"

namespace hone::toolkit {

// The unoptimised bitcode of a program: of its only input, or of all of them
// linked into one.
Status write_unoptimised(const program::Toolchain& tools,
                         std::span<const std::filesystem::path> inputs,
                         const program::BuildMode& mode,
                         const std::filesystem::path& to);

}  // namespace hone::toolkit
