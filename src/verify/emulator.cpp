// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/emulator.h"

#include <fmt/format.h>
#include <llvm/Support/Program.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/Triple.h>

#include <filesystem>

namespace hone::verify {

namespace {

constexpr const char* kAarch64Root = "/usr/aarch64-linux-gnu";
// Four files of bzip2 took 1.6 to 2.2 times as long as on x86-64; the rest is
// headroom, because a limit that is too short rejects a correct candidate.
constexpr int kSlowdown = 8;

}  // namespace

Emulator find_emulator(const std::string& triple) {
  const llvm::Triple host(llvm::sys::getProcessTriple());
  const llvm::Triple target(triple);
  if (target.getOS() != host.getOS() ||
      !(target.isX86_64() || target.isAArch64(64)) || !target.isLittleEndian())
    return {.missing = fmt::format(
                "programs of {} cannot be run on this machine", triple)};
  if (target.getArch() == host.getArch()) return {};
  if (!target.isAArch64())
    return {.missing = fmt::format(
                "programs of {} cannot be run on this machine", triple)};
  const llvm::ErrorOr<std::string> qemu =
      llvm::sys::findProgramByName("qemu-aarch64");
  if (!qemu)
    return {
        .missing = fmt::format(
            "programs of {} need qemu-aarch64 (Debian: qemu-user)", triple)};
  if (!std::filesystem::exists(std::string(kAarch64Root) + "/lib"))
    return {.missing = fmt::format("programs of {} need the target's C "
                                   "library (Debian: libc6-dev-arm64-cross)",
                                   triple)};
  return {.argv = {*qemu, "-L", kAarch64Root}, .slowdown = kSlowdown};
}

}  // namespace hone::verify
