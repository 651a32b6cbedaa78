// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests of any room.
#pragma once

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

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

// Makes this process obey the permissions of files, which the superuser's need
// not; whether it does. For a child that ends with the test.
inline bool obey_permissions() {
  if (::geteuid() != 0) return true;
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct held[_LINUX_CAPABILITY_U32S_3] = {};
  if (::syscall(SYS_capget, &header, held) != 0) return false;
  constexpr uint32_t kBeyondPermissions =
      1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH;
  held[0].effective &= ~kBeyondPermissions;
  return ::syscall(SYS_capset, &header, held) == 0;
}

}  // namespace hone
