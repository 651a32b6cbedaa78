// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Linear combinations under construction: constant + Σ coefficient * atom.
//
// Sorted by atom, no coefficient is 0. Up to twelve members live in the object
// itself, so that building one allocates nothing. A number that leaves 62 bits
// marks the result as overflown; whoever asked then gives the term up.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

namespace hone::rewrite {

using AtomId = uint32_t;

struct Mono {
  int64_t factor;  // not set by default: a Poly holds a dozen unused ones
  AtomId atom;
  bool operator==(const Mono&) const = default;
};

inline constexpr int64_t kLargest = int64_t{1} << 62;

class Poly {
 public:
  Poly() = default;
  explicit Poly(int64_t constant) : constant_(constant) {}
  Poly(const Poly& other) { *this = other; }
  Poly& operator=(const Poly& other) {
    constant_ = other.constant_;
    overflown_ = other.overflown_;
    count_ = 0;
    reserve(other.count_);
    count_ = other.count_;
    std::memcpy(data(), other.data(), count_ * sizeof(Mono));
    return *this;
  }

  int64_t constant() const { return constant_; }
  std::span<const Mono> monos() const { return {data(), count_}; }
  std::span<Mono> monos() { return {data(), count_}; }
  uint32_t count() const { return count_; }
  bool is_constant() const { return count_ == 0; }
  bool overflown() const { return overflown_; }

  void set_constant(int64_t constant) { constant_ = constant; }

  void add_constant(__int128 value) {
    const __int128 sum = constant_ + value;
    check(sum);
    constant_ = static_cast<int64_t>(sum);
  }

  void add(int64_t factor, AtomId atom) {
    Mono* begin = data();
    uint32_t at = count_;
    while (at > 0 && begin[at - 1].atom > atom) --at;
    if (at > 0 && begin[at - 1].atom == atom) {
      const __int128 sum = static_cast<__int128>(begin[at - 1].factor) + factor;
      check(sum);
      begin[at - 1].factor = static_cast<int64_t>(sum);
      if (sum == 0) {
        std::memmove(begin + at - 1, begin + at, (count_ - at) * sizeof(Mono));
        --count_;
      }
      return;
    }
    if (factor == 0) return;
    reserve(count_ + 1);
    begin = data();
    std::memmove(begin + at + 1, begin + at, (count_ - at) * sizeof(Mono));
    begin[at] = {factor, atom};
    ++count_;
  }

  // this += factor * (constant + Σ monos)
  void add_scaled(int64_t factor, int64_t constant,
                  std::span<const Mono> monos) {
    add_constant(static_cast<__int128>(factor) * constant);
    for (const Mono& mono : monos) {
      const __int128 product = static_cast<__int128>(factor) * mono.factor;
      check(product);
      add(static_cast<int64_t>(product), mono.atom);
    }
  }
  void add_scaled(int64_t factor, const Poly& other) {
    add_scaled(factor, other.constant_, other.monos());
  }

  void scale(int64_t factor) {
    const __int128 product = static_cast<__int128>(constant_) * factor;
    check(product);
    constant_ = static_cast<int64_t>(product);
    if (factor == 0) count_ = 0;
    for (Mono& mono : monos()) {
      const __int128 scaled = static_cast<__int128>(mono.factor) * factor;
      check(scaled);
      mono.factor = static_cast<int64_t>(scaled);
    }
  }

  // The factor of an atom; 0 where it does not occur.
  int64_t factor_of(AtomId atom) const {
    for (const Mono& mono : monos())
      if (mono.atom == atom) return mono.factor;
    return 0;
  }

  // Keeps order; for monos whose factors were set to 0.
  void drop_zeros() {
    Mono* begin = data();
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count_; ++i)
      if (begin[i].factor != 0) begin[kept++] = begin[i];
    count_ = kept;
  }

 private:
  static constexpr uint32_t kInline = 12;

  const Mono* data() const { return spill_ ? spill_.get() : inline_; }
  Mono* data() { return spill_ ? spill_.get() : inline_; }
  void check(__int128 value) {
    if (value >= kLargest || value <= -kLargest) overflown_ = true;
  }
  void reserve(uint32_t count) {
    if (count <= capacity_) return;
    uint32_t capacity = capacity_;
    while (capacity < count) capacity *= 2;
    auto larger = std::make_unique<Mono[]>(capacity);
    std::memcpy(larger.get(), data(), count_ * sizeof(Mono));
    spill_ = std::move(larger);
    capacity_ = capacity;
  }

  int64_t constant_ = 0;
  uint32_t count_ = 0;
  uint32_t capacity_ = kInline;
  bool overflown_ = false;
  Mono inline_[kInline];
  std::unique_ptr<Mono[]> spill_;
};

}  // namespace hone::rewrite
