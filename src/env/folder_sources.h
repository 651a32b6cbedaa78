// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which sources of a folder are programs: told by their text, since nothing has
// been built.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace hone::env {

// By its name, of C or C++.
bool is_source(const std::filesystem::path& path);

// Both sorted.
struct FolderSources {
  // That define main(). Where none does, those that would if some name were
  // defined (#ifdef TEST).
  std::vector<std::filesystem::path> mains;
  std::vector<std::filesystem::path> others;
};

Result<FolderSources> sources_in(const std::filesystem::path& folder);

}  // namespace hone::env
