// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/unoptimised.h"

#include <fmt/format.h>

#include <vector>

#include "base/file.h"
#include "program/driver.h"

namespace hone::toolkit {

namespace fs = std::filesystem;

Status write_unoptimised(const program::Toolchain& tools,
                         std::span<const fs::path> inputs,
                         const program::BuildMode& mode, const fs::path& to) {
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  std::vector<fs::path> parts;
  for (const fs::path& path : inputs) {
    HONE_ASSIGN_OR_RETURN(const program::Input input,
                          program::classify_input(path));
    parts.push_back(inputs.size() == 1
                        ? to
                        : folder.path() / fmt::format("{}.bc", parts.size()));
    HONE_RETURN_IF_ERROR(
        program::write_bitcode(tools, input, mode, parts.back()));
  }
  if (inputs.size() == 1) return {};
  return program::link_bitcode(tools, parts, to);
}

}  // namespace hone::toolkit
