// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How programs of a target are run on this machine: directly, or under QEMU's
// user mode.
#pragma once

#include <string>
#include <vector>

namespace hone::verify {

struct Emulator {
  // Words before a program's own; none where the machine runs it by itself.
  std::vector<std::string> argv = {};
  // How much longer runs may take; for limits of time alone.
  int slowdown = 1;
  // Why programs of the target cannot be run here; empty where they can.
  std::string missing = {};
};

// Looks for `qemu-aarch64` in PATH, and for the C library of the target where
// Debian's cross packages have it.
Emulator find_emulator(const std::string& triple);

}  // namespace hone::verify
