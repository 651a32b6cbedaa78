// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/descriptor.h"
#include "base/unfinished_files.h"

namespace hone {

namespace {

Error io_error(std::string_view what, const std::filesystem::path& path) {
  const ErrorKind kind = errno == ENOENT ? ErrorKind::NotFound : ErrorKind::Io;
  return Error(kind, fmt::format("cannot {} '{}': {}", what, path.string(),
                                 std::strerror(errno)));
}

Status write_all(int fd, std::string_view content,
                 const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("write", path);
    content.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return io_error("read", path);
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return io_error("read", path);
  if (S_ISDIR(status.st_mode))
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("'{}' is a folder; expected a file", path.string()));
  std::string content;
  content.reserve(static_cast<size_t>(status.st_size) + 1);
  char buffer[1 << 16];
  while (true) {
    const ssize_t got = ::read(file.get(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path);
    if (got == 0) return content;
    content.append(buffer, static_cast<size_t>(got));
  }
}

Status write_file(const std::filesystem::path& path, std::string_view content) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_type type = fs::status(path, error).type();
  // A device or pipe ("-o /dev/null") is never renamed over.
  if (type == fs::file_type::character || type == fs::file_type::block ||
      type == fs::file_type::fifo) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) return io_error("write", path);
    return write_all(file.get(), content, path);
  }
  HONE_ASSIGN_OR_RETURN(FileWriter file, FileWriter::make(path));
  HONE_RETURN_IF_ERROR(file.append(content));
  return file.commit();
}

// The name is no other thread's or process's; the kernel applies the mask of
// permissions.
Result<FileWriter> FileWriter::make(const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  static std::atomic<uint64_t> count = 0;
  std::error_code error;
  FileWriter file;
  // A link is followed, as compilers do.
  const fs::file_type type = fs::status(path, error).type();
  file.target_ =
      type == fs::file_type::regular ? fs::canonical(path, error) : path;
  if (type != fs::file_type::regular && type != fs::file_type::not_found)
    return Error(ErrorKind::Io,
                 fmt::format("'{}' is no regular file", path.string()));
  do {
    file.unfinished_ =
        fmt::format("{}.{}-{}", file.target_.string(), ::getpid(), count++);
    file.fd_ = ::open(file.unfinished_.c_str(),
                      O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (file.fd_ < 0 && errno == EEXIST);
  if (file.fd_ < 0) return io_error("write", path);
  add_unfinished(file.unfinished_);
  return file;
}

FileWriter::FileWriter(FileWriter&& other) noexcept
    : target_(std::move(other.target_)),
      unfinished_(std::move(other.unfinished_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_) {}

FileWriter::~FileWriter() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(unfinished_.c_str());
  forget_unfinished(unfinished_);
}

Status FileWriter::append(std::string_view content) {
  size_ += content.size();
  return write_all(fd_, content, target_);
}

Status FileWriter::commit() {
  if (::rename(unfinished_.c_str(), target_.c_str()) != 0)
    return io_error("write", target_);
  forget_unfinished(unfinished_);
  ::close(std::exchange(fd_, -1));
  return {};
}

Status copy_file(const std::filesystem::path& from,
                 const std::filesystem::path& to) {
  HONE_ASSIGN_OR_RETURN(const std::string content, read_file(from));
  HONE_RETURN_IF_ERROR(write_file(to, content));
  std::error_code error;
  const auto status = std::filesystem::status(from, error);
  if (!error) std::filesystem::permissions(to, status.permissions(), error);
  return {};
}

namespace {

bool is_private_folder(const std::filesystem::path& path) {
  struct stat there = {};
  return ::lstat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode) &&
         there.st_uid == ::geteuid() && (there.st_mode & 0077) == 0;
}

// Where nobody else could put a folder of theirs, or a link to one. A name that
// is taken, by the user of equal number in another container perhaps, is left
// for the next.
Result<std::filesystem::path> own_temporary_folder() {
  constexpr int kMostNames = 10;
  std::error_code error;
  std::filesystem::path base = std::filesystem::temp_directory_path(error);
  if (error) base = "/tmp";
  base /= fmt::format("hone-{}", ::geteuid());
  std::filesystem::path path = base;
  for (int i = 1; i <= kMostNames; ++i) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
      return io_error("create", path);
    if (is_private_folder(path)) return path;
    path = fmt::format("{}.{}", base.string(), i);
  }
  return Error(ErrorKind::Io,
               fmt::format("'{}' is no private folder of this user; remove "
                           "it or set TMPDIR",
                           base.string()));
}

int open_folder(const std::filesystem::path& path) {
  return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

// Owners share their locks with those who only look, so that it is enough to
// open a folder for reading (NFS); who removes one has it alone.
void remove_ownerless(const std::filesystem::path& base) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(base, ignored)) {
    if (!entry.path().filename().string().starts_with("hone")) continue;
    const Descriptor folder(open_folder(entry.path()));
    if (folder.get() >= 0 && ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0)
      std::filesystem::remove_all(entry.path(), ignored);
  }
}

// -1 where somebody who removes what has no owner has been there before us. A
// file system without locks has none for them either.
int lock_new_folder(const std::filesystem::path& path) {
  const int fd = open_folder(path);
  if (fd < 0) return -1;
  const bool is_locked = ::flock(fd, LOCK_SH | LOCK_NB) == 0;
  if ((is_locked || errno != EWOULDBLOCK) && ::access(path.c_str(), F_OK) == 0)
    return fd;
  ::close(fd);
  errno = ENOENT;
  return -1;
}

}  // namespace

Result<TempDir> TempDir::make(std::string_view prefix) {
  constexpr int kMostAttempts = 100;
  HONE_ASSIGN_OR_RETURN(const std::filesystem::path base,
                        own_temporary_folder());
  remove_ownerless(base);
  std::string name;
  for (int i = 0; i < kMostAttempts; ++i) {
    name = (base / fmt::format("{}.XXXXXX", prefix)).string();
    if (::mkdtemp(name.data()) == nullptr) return io_error("create", name);
    const int lock = lock_new_folder(name);
    if (lock < 0 && errno != ENOENT) break;
    if (lock < 0) continue;
    add_unfinished(name);
    return TempDir(name, lock);
  }
  const Error error = io_error("lock", name);
  ::rmdir(name.c_str());
  return error;
}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}

TempDir::~TempDir() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  ::close(lock_);
  forget_unfinished(path_);
}

}  // namespace hone
