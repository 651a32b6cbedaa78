// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests of any room.
#pragma once

#include <cstdlib>
#include <filesystem>

#include "base/result.h"

namespace hone {

// The root of the tree.
inline std::filesystem::path source_folder() {
  const char* folder = std::getenv("HONE_SOURCE_DIR");  // ctest sets it
  HONE_CHECK(folder != nullptr);
  return folder;
}

}  // namespace hone
