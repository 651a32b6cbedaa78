// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory that ends at a page which nobody may touch, for tests: an access
// behind it ends the process.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <span>
#include <utility>

namespace hone::toolkit {

class GuardedMemory {
 public:
  // At least 8 bytes, so that a tensor of no elements is still a place.
  explicit GuardedMemory(size_t bytes) : bytes_(bytes) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    const size_t wanted = bytes < 8 ? 8 : bytes;
    const size_t inside = (wanted + page - 1) / page * page;
    mapped_ = inside + page;
    start_ = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(start_, MAP_FAILED);
    EXPECT_EQ(mprotect(static_cast<char*>(start_) + inside, page, PROT_NONE),
              0);
    data_ = static_cast<std::byte*>(start_) + inside - wanted;
  }
  explicit GuardedMemory(std::span<const std::byte> bytes)
      : GuardedMemory(bytes.size()) {
    if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
  }
  GuardedMemory(GuardedMemory&& other) noexcept
      : start_(std::exchange(other.start_, MAP_FAILED)),
        mapped_(other.mapped_),
        data_(other.data_),
        bytes_(other.bytes_) {}
  GuardedMemory& operator=(GuardedMemory&&) = delete;
  ~GuardedMemory() {
    if (start_ != MAP_FAILED) munmap(start_, mapped_);
  }

  std::byte* data() const { return data_; }
  std::span<const std::byte> bytes() const { return {data_, bytes_}; }

 private:
  void* start_ = MAP_FAILED;
  size_t mapped_ = 0;
  std::byte* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace hone::toolkit
