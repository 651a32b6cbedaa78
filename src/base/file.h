// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole files, written all or nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace hone {

Result<std::string> read_file(const std::filesystem::path& path);

// Writes beside the target and renames, so that no half-written file is ever
// seen under its name. Links are followed; pipes and devices are written to.
// Keeps the executable bit out.
Status write_file(const std::filesystem::path& path, std::string_view content);

// A file written in parts, and seen under its name only when all of it is
// there: what is not committed is removed.
class FileWriter {
 public:
  // Links are followed; Io where `path` is a pipe or a device.
  static Result<FileWriter> make(const std::filesystem::path& path);
  FileWriter(FileWriter&& other) noexcept;
  FileWriter& operator=(FileWriter&&) = delete;
  ~FileWriter();

  Status append(std::string_view content);
  uint64_t size() const { return size_; }
  // Where the parts stand until commit().
  const std::filesystem::path& unfinished() const { return unfinished_; }
  Status commit();

 private:
  FileWriter() = default;
  std::filesystem::path target_, unfinished_;
  int fd_ = -1;
  uint64_t size_ = 0;
};

// Copies by write_file, permissions included.
Status copy_file(const std::filesystem::path& from,
                 const std::filesystem::path& to);

// A private folder that is removed with everything in it, below
// TMPDIR/hone-UID, which is this user's alone. A process that is killed leaves
// its folders there, and whoever makes the next one removes them: each is
// locked for as long as its owner lives, whatever became of its number, and in
// whichever container it runs.
class TempDir {
 public:
  // The name begins with the prefix, and the prefix with "hone".
  static Result<TempDir> make(std::string_view prefix = "hone");
  TempDir(TempDir&& other) noexcept
      : path_(std::exchange(other.path_, {})),
        lock_(std::exchange(other.lock_, -1)) {}
  TempDir& operator=(TempDir&& other) noexcept;
  ~TempDir();

  const std::filesystem::path& path() const { return path_; }

 private:
  TempDir(std::filesystem::path path, int lock)
      : path_(std::move(path)), lock_(lock) {}
  std::filesystem::path path_;
  int lock_ = -1;  // the folder itself, open
};

}  // namespace hone
