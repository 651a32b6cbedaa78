// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The part of a sandbox that runs in the child between fork and exec.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/subprocess.h"

namespace hone {

// Descriptors opened before the fork, so that the child allocates nothing.
struct PreparedSandbox {
  int ruleset = -1;
  std::vector<sock_filter> filter;
};

Result<PreparedSandbox> prepare_sandbox(const Sandbox& sandbox);
void release_sandbox(PreparedSandbox& sandbox);

// Async-signal-safe; false when the kernel refuses.
bool enter_sandbox(const PreparedSandbox& sandbox);

}  // namespace hone
