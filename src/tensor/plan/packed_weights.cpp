// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/packed_weights.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

namespace hone::tensor {

namespace {

// Fewer are kept in memory: a file would cost more than it saves.
constexpr int64_t kMostInMemory = int64_t{4} << 20;
// What is copied at a time.
constexpr size_t kPart = size_t{1} << 20;

}  // namespace

struct PackedWeights::State {
  std::string memory;  // all of them where there is no file
  int file = -1;
  int64_t size = 0;
  void* mapped = nullptr;
  int64_t mapped_size = 0;
  Status status;

  ~State() {
    unmap();
    if (file >= 0) ::close(file);
  }

  void unmap() {
    if (mapped != nullptr) ::munmap(mapped, static_cast<size_t>(mapped_size));
    mapped = nullptr;
  }

  void fail(std::string_view what) {
    if (status.ok())
      status = Error(ErrorKind::Io, fmt::format("cannot {} a file for packed "
                                                "weights: {}",
                                                what, std::strerror(errno)));
  }

  void make_file() {
    std::error_code error;
    std::filesystem::path folder = std::filesystem::temp_directory_path(error);
    if (error) folder = "/tmp";
    std::string name = (folder / "hone-weights.XXXXXX").string();
    file = ::mkostemp(name.data(), O_CLOEXEC);
    if (file < 0) return fail("create");
    ::unlink(name.c_str());
    write(memory);
    memory = std::string();
  }

  void write(std::string_view bytes) {
    while (!bytes.empty() && status.ok()) {
      const ssize_t written = ::write(file, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return fail("write");
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }

  void append(std::string_view bytes) {
    size += static_cast<int64_t>(bytes.size());
    if (!status.ok()) return;
    if (file < 0 && size > kMostInMemory) make_file();
    if (file < 0)
      memory += bytes;
    else
      write(bytes);
  }
};

PackedWeights::PackedWeights() : state_(std::make_shared<State>()) {}

int64_t PackedWeights::append(std::string_view bytes) {
  State& s = *state_;
  s.append(std::string(static_cast<size_t>(-s.size & (kAlign - 1)), '\0'));
  const int64_t at = s.size;
  s.append(bytes);
  return at;
}

int64_t PackedWeights::size() const { return state_->size; }

Status PackedWeights::status() const { return state_->status; }

std::string_view PackedWeights::bytes() const {
  State& s = *state_;
  if (!s.status.ok()) return {};
  if (s.file < 0) return s.memory;
  if (s.mapped == nullptr || s.mapped_size != s.size) {
    s.unmap();
    void* const at = ::mmap(nullptr, static_cast<size_t>(s.size), PROT_READ,
                            MAP_SHARED, s.file, 0);
    if (at == MAP_FAILED) {
      s.fail("map");
      return {};
    }
    s.mapped = at;
    s.mapped_size = s.size;
  }
  return {static_cast<const char*>(s.mapped), static_cast<size_t>(s.size)};
}

Status PackedWeights::write(FileWriter& file) const {
  const State& s = *state_;
  HONE_RETURN_IF_ERROR(Status(s.status));
  if (s.file < 0) return file.append(s.memory);
  std::string part(kPart, '\0');
  for (int64_t at = 0; at < s.size;) {
    const ssize_t got = ::pread(s.file, part.data(), part.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      return Error(ErrorKind::Io, "the file of packed weights cannot be read");
    at += got;
    HONE_RETURN_IF_ERROR(file.append(
        std::string_view(part).substr(0, static_cast<size_t>(got))));
  }
  return {};
}

Hash128 PackedWeights::hash() const {
  constexpr size_t kHashed = size_t{16} << 20;
  std::vector<std::string> parts;
  for (std::string_view rest = bytes(); !rest.empty();) {
    const std::string_view part = rest.substr(0, kHashed);
    parts.push_back(hash_bytes(part).hex());
    rest.remove_prefix(part.size());
    release();
  }
  return hash_parts(parts);
}

void PackedWeights::release() const {
  const State& s = *state_;
  if (s.mapped != nullptr)
    ::madvise(s.mapped, static_cast<size_t>(s.mapped_size), MADV_DONTNEED);
}

}  // namespace hone::tensor
