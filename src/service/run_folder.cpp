// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/run_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "service/session_table.h"

namespace hone::service {

namespace {

namespace fs = std::filesystem;

constexpr const char* kLock = "lock";

Error cannot(std::string_view what, const fs::path& path) {
  return {ErrorKind::Io, fmt::format("cannot {} '{}': {}", what, path.string(),
                                     std::strerror(errno))};
}

int open_lock(const fs::path& folder, int flags) {
  const int fd =
      ::open((folder / kLock).c_str(), O_RDWR | O_CLOEXEC | flags, 0600);
  if (fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return -1;
  }
  return fd;
}

// A folder without a lock is one that another server is just making, or one
// that was left half removed; it is left alone for an hour.
bool is_dead(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / kLock, error)) {
    const auto changed = fs::last_write_time(folder, error);
    return !error &&
           fs::file_time_type::clock::now() - changed > std::chrono::hours(1);
  }
  const int fd = open_lock(folder, 0);
  if (fd >= 0) ::close(fd);
  return fd >= 0;
}

}  // namespace

Result<RunFolder> RunFolder::make(const fs::path& base) {
  if (::mkdir(base.c_str(), 0700) != 0 && errno != EEXIST)
    return cannot("make the folder", base);
  struct stat there = {};
  if (::lstat(base.c_str(), &there) != 0 || !S_ISDIR(there.st_mode) ||
      there.st_uid != ::geteuid() || (there.st_mode & 0077) != 0)
    return Error(ErrorKind::Io,
                 fmt::format("'{}' is no private folder of this user; remove "
                             "it or set TMPDIR",
                             base.string()));
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(base, error))
    if (is_dead(entry.path())) fs::remove_all(entry.path(), error);
  fs::path path = base / random_name();
  if (::mkdir(path.c_str(), 0700) != 0) return cannot("make the folder", path);
  const int lock = open_lock(path, O_CREAT);
  if (lock < 0) return cannot("lock", path / kLock);
  return RunFolder(std::move(path), lock);
}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})),
      lock_(std::exchange(other.lock_, -1)) {}

RunFolder::~RunFolder() {
  if (lock_ < 0) return;
  std::error_code error;
  fs::remove_all(path_, error);
  ::close(lock_);
}

}  // namespace hone::service
