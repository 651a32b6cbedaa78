// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Executables that hold the harness, the driver and one object under test.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "program/toolchain.h"
#include "verify/differential.h"
#include "verify/elf_file.h"
#include "verify/plan.h"

namespace hone::verify {

// What all images of one module share.
struct ImageKit {
  program::Toolchain tools;
  std::filesystem::path harness;  // objects
  std::filesystem::path driver;
  std::filesystem::path companion;  // empty where nothing is hidden
  std::vector<std::string> target_flags;
  std::vector<std::string> link_flags;
  std::set<std::string> wrapped;  // names that the linker redirects
  bool is_cxx = false;
};

// The harness, compiled from the source embedded in Hone.
Status write_harness(const ImageKit& kit, const std::filesystem::path& to);

// Where an image is, and the layout file that tells its harness.
struct Image {
  std::filesystem::path executable;
  std::filesystem::path layout;
  std::vector<bool> has_function;     // by index of the plan
  std::vector<uint64_t> global_size;  // 0 where absent
};

// Links in `folder`. ToolFailed when the linker refuses.
Result<Image> link_image(const ImageKit& kit, const Plan& plan, LinkMode mode,
                         const std::filesystem::path& object,
                         const std::filesystem::path& folder);

}  // namespace hone::verify
