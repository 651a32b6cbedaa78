// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A short list of ids without allocation.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

namespace hone::rewrite {

class Ids {
 public:
  Ids() = default;
  explicit Ids(std::span<const uint32_t> ids) {
    for (const uint32_t id : ids) push(id);
  }
  Ids(const Ids&) = delete;
  Ids& operator=(const Ids&) = delete;
  Ids(Ids&& other) noexcept
      : count_(other.count_),
        capacity_(other.capacity_),
        spill_(std::move(other.spill_)) {
    std::copy(other.inline_, other.inline_ + kInline, inline_);
    other.count_ = 0;
    other.capacity_ = kInline;
  }

  void push(uint32_t id) {
    if (count_ == capacity_) {
      auto larger = std::make_unique<uint32_t[]>(size_t{capacity_} * 2);
      std::copy(begin(), end(), larger.get());
      spill_ = std::move(larger);
      capacity_ *= 2;
    }
    begin()[count_++] = id;
  }
  void erase(uint32_t at) {
    std::copy(begin() + at + 1, end(), begin() + at);
    --count_;
  }
  void sort_unique() {
    std::sort(begin(), end());
    count_ = static_cast<uint32_t>(std::unique(begin(), end()) - begin());
  }

  uint32_t* begin() { return spill_ ? spill_.get() : inline_; }
  uint32_t* end() { return begin() + count_; }
  uint32_t& operator[](uint32_t at) { return begin()[at]; }
  uint32_t size() const { return count_; }
  std::span<const uint32_t> span() { return {begin(), count_}; }

 private:
  static constexpr uint32_t kInline = 8;
  uint32_t count_ = 0;
  uint32_t capacity_ = kInline;
  uint32_t inline_[kInline];
  std::unique_ptr<uint32_t[]> spill_;
};

}  // namespace hone::rewrite
