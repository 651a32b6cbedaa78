// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Integers without bounds: 128 bits with overflow checks, and GMP beyond.
//
// Almost every number of an index expression fits a machine word; the ones that
// do not must still be right. A value that fits 128 bits is never held as a big
// number, so that equality is equality of the parts.
//
// Division is Euclidean (Boute, TOPLAS 1992; Halide's): a = b * div(a, b) +
// mod(a, b) with 0 <= mod(a, b) < |b|, and div(a, 0) = mod(a, 0) = 0.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hone::term {

class Integer {
 public:
  Integer() = default;
  Integer(int64_t value) : small_(value) {}
  static Integer from_int128(__int128 value);
  static std::optional<Integer> parse(std::string_view text);

  Integer(const Integer& other);
  Integer(Integer&& other) noexcept = default;
  Integer& operator=(const Integer& other);
  Integer& operator=(Integer&& other) noexcept = default;
  ~Integer() = default;

  friend Integer operator+(const Integer& a, const Integer& b);
  friend Integer operator-(const Integer& a, const Integer& b);
  friend Integer operator*(const Integer& a, const Integer& b);
  Integer operator-() const;
  friend Integer euclidean_div(const Integer& a, const Integer& b);
  friend Integer euclidean_mod(const Integer& a, const Integer& b);

  friend std::strong_ordering operator<=>(const Integer& a, const Integer& b);
  friend bool operator==(const Integer& a, const Integer& b) {
    return (a <=> b) == 0;
  }

  int sign() const;
  // Bits of the magnitude; 0 for 0.
  uint64_t bit_length() const;
  std::optional<int64_t> to_int64() const;
  uint64_t hash() const;
  std::string text() const;

 private:
  struct Big;
  struct Free {
    void operator()(Big* big) const;
  };
  using Owned = std::unique_ptr<Big, Free>;
  static Owned make_big();
  explicit Integer(Owned big);
  static Integer normal(Owned big);

  __int128 small_ = 0;  // where big_ is null
  Owned big_;           // of at least 128 bits of magnitude
};

Integer euclidean_div(const Integer& a, const Integer& b);
Integer euclidean_mod(const Integer& a, const Integer& b);

// The same on machine words; the one quotient that does not fit a word,
// INT64_MIN / -1, is left to the caller.
constexpr int64_t euclidean_mod(int64_t a, int64_t b) {
  if (b == 0 || b == -1) return 0;
  const int64_t r = a % b;
  return r >= 0 ? r : (b < 0 ? r - b : r + b);
}
constexpr int64_t euclidean_div(int64_t a, int64_t b) {
  if (b == 0) return 0;
  const int64_t q = a / b;
  return a - q * b >= 0 ? q : (b < 0 ? q + 1 : q - 1);
}

}  // namespace hone::term
