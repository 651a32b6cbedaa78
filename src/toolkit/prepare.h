// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From what the user handed in to a subject that sessions can work on, and the
// stock file that it is compared with.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "env/evaluation.h"
#include "program/input.h"
#include "program/toolchain.h"

namespace hone::toolkit {

struct Prepared {
  TempDir folder;  // holds the files below
  std::vector<program::Input> inputs;
  env::Subject subject;
  // Of one input the file that `clang <flags> -c` makes; of several those
  // files joined by a relocatable link.
  std::filesystem::path stock_object;
  program::ObjectSizes stock;
  std::string pipeline;  // the stock pipeline written out
};

// `level` is the stock compile's: "Oz", "O3".
Result<Prepared> prepare(const program::Toolchain& tools,
                         const std::vector<std::filesystem::path>& paths,
                         std::vector<std::string> flags,
                         program::Protocol protocol, std::string level,
                         std::stop_token stop);

// Links an object to a stripped program with the user's flags. ToolFailed where
// it is no program, or only part of one.
Status link_program(const program::Toolchain& tools,
                    const program::Input& input, const program::BuildMode& mode,
                    const std::filesystem::path& object,
                    const std::filesystem::path& to);

// Loaded bytes of the stripped image that an object links to with these flags;
// nothing where it does not link (it is no program, or part of one).
std::optional<program::ObjectSizes> measure_image(
    const program::Toolchain& tools, const program::Input& input,
    const program::BuildMode& mode, const std::filesystem::path& object);

}  // namespace hone::toolkit
