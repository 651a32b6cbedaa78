// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An array of plain values for the engine's large, append-only data.
//
// Differs from std::vector in three ways that the engine's memory and time rest
// on: a large block lies in a range of addresses that is reserved for it, so
// that growth copies nothing, moves nothing and never holds two copies; new
// elements of resize_for_overwrite() are not written, so that memory which is
// never used is never resident; and large blocks ask for huge pages, because
// hash probes into 64 MB miss the TLB as often as the cache, and because the
// system hands out 2 MB at a time for the price of a few pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

namespace hone::rewrite::egraph {

// The block with room for more, of which the first `old_bytes` are kept. Aborts
// where no memory is left; never returns null.
void* grow_block(void* block, size_t old_bytes, size_t bytes);
void free_block(void* block, size_t bytes);

template <typename T>
class GrowArray {
  static_assert(std::is_trivially_copy_constructible_v<T> &&
                std::is_trivially_destructible_v<T>);

 public:
  GrowArray() = default;
  GrowArray(const GrowArray&) = delete;
  GrowArray& operator=(const GrowArray&) = delete;
  GrowArray(GrowArray&& other) noexcept { swap(other); }
  GrowArray& operator=(GrowArray&& other) noexcept {
    swap(other);
    return *this;
  }
  ~GrowArray() { free_block(data_, capacity_ * sizeof(T)); }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* data() { return data_; }
  const T* data() const { return data_; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T& back() { return data_[size_ - 1]; }

  // Room for `extra` more elements; after it push_unchecked() may be called so
  // often.
  void reserve_extra(size_t extra) {
    if (size_ + extra > capacity_) grow(size_ + extra);
  }
  void push_unchecked(T value) { data_[size_++] = value; }
  void push_back(T value) {
    if (size_ == capacity_) grow(size_ + 1);
    data_[size_++] = value;
  }
  // New elements hold whatever was there.
  void resize_for_overwrite(size_t size) {
    if (size > capacity_) grow(size);
    size_ = size;
  }
  void resize(size_t size, T value) {
    const size_t before = size_;
    resize_for_overwrite(size);
    for (size_t i = before; i < size; ++i) data_[i] = value;
  }
  void assign_zero(size_t size) {
    resize_for_overwrite(size);
    if (size > 0) std::memset(data_, 0, size * sizeof(T));
  }
  void shrink_to(size_t size) { size_ = size; }
  void clear() { size_ = 0; }
  void swap(GrowArray& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  size_t bytes() const { return capacity_ * sizeof(T); }

 private:
  void grow(size_t least) {
    size_t capacity = capacity_ + capacity_ / 2 + 16;
    if (capacity < least) capacity = least;
    data_ = static_cast<T*>(
        grow_block(data_, capacity_ * sizeof(T), capacity * sizeof(T)));
    capacity_ = capacity;
  }

  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace hone::rewrite::egraph
