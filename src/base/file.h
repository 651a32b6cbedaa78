// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole files, written all or nothing.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hone {

Result<std::string> read_file(const std::filesystem::path& path);

// Writes beside the target and renames, so that no half-written file is ever
// seen under its name. Links are followed; pipes and devices are written to.
// Keeps the executable bit out.
Status write_file(const std::filesystem::path& path, std::string_view content);

// Behind what a file has already; for what is written in parts.
Status append_file(const std::filesystem::path& path, std::string_view content);

// Copies by write_file, permissions included.
Status copy_file(const std::filesystem::path& from,
                 const std::filesystem::path& to);

// A private folder that is removed with everything in it.
class TempDir {
 public:
  static Result<TempDir> make(std::string_view prefix = "hone");
  TempDir(TempDir&& other) noexcept : path_(std::move(other.path_)) {
    other.path_.clear();
  }
  TempDir& operator=(TempDir&& other) noexcept;
  ~TempDir();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit TempDir(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace hone
