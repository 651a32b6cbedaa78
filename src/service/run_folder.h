// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A server's folder for everything temporary, which outlives no server for
// long: a killed server cannot clean up, so the next one does it for it. Each
// folder has a file that its server keeps locked; what can be locked is dead.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace hone::service {

class RunFolder {
 public:
  // Below `base`, with a name of its own; removes those of dead servers.
  static Result<RunFolder> make(const std::filesystem::path& base);
  RunFolder(RunFolder&& other) noexcept;
  ~RunFolder();  // removes it

  const std::filesystem::path& path() const { return path_; }

 private:
  RunFolder(std::filesystem::path path, int lock)
      : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace hone::service
