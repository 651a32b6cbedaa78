// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/onnx/mapped_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hone::tensor {

Result<std::shared_ptr<const MappedFile>> MappedFile::open(
    const std::filesystem::path& path) {
  const auto fail = [&](int code) {
    return Error(code == ENOENT ? ErrorKind::NotFound : ErrorKind::Io,
                 fmt::format("cannot read '{}': {}", path.string(),
                             std::strerror(code)));
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(errno);
  struct stat facts = {};
  if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    close(file);
    return Error(ErrorKind::Io,
                 fmt::format("'{}' is no regular file", path.string()));
  }
  const auto size = static_cast<size_t>(facts.st_size);
  void* data = nullptr;
  if (size > 0) data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  const int code = errno;
  close(file);
  if (data == MAP_FAILED) return fail(code);
  return std::shared_ptr<const MappedFile>(
      new MappedFile(static_cast<const char*>(data), size));
}

MappedFile::~MappedFile() {
  if (size_ > 0) munmap(const_cast<char*>(data_), size_);
}

}  // namespace hone::tensor
