// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Machine integers with overflow checks, and intervals of them.
//
// The engine computes in 64 bits (128 inside a pivot). Whatever does not fit is
// reported to the caller, who answers "open"; nothing wraps silently.
#pragma once

#include <cstdint>
#include <limits>

namespace hone::rewrite::linear {

constexpr int64_t kMinusInfinity = std::numeric_limits<int64_t>::min();
constexpr int64_t kPlusInfinity = std::numeric_limits<int64_t>::max();
// Bounds of larger magnitude are taken as infinite, so that sums of a few
// finite ones fit a word.
constexpr int64_t kLargest = int64_t{1} << 61;

constexpr bool is_finite(int64_t bound) {
  return bound != kMinusInfinity && bound != kPlusInfinity;
}

constexpr int64_t magnitude(int64_t a) { return a < 0 ? -a : a; }

constexpr int64_t gcd(int64_t a, int64_t b) {
  uint64_t x = a < 0 ? -static_cast<uint64_t>(a) : static_cast<uint64_t>(a);
  uint64_t y = b < 0 ? -static_cast<uint64_t>(b) : static_cast<uint64_t>(b);
  while (y != 0) {
    const uint64_t r = x % y;
    x = y;
    y = r;
  }
  return static_cast<int64_t>(x);
}

// b > 0.
constexpr int64_t floor_div(int64_t a, int64_t b) {
  const int64_t q = a / b;
  return q * b > a ? q - 1 : q;
}
constexpr int64_t ceil_div(int64_t a, int64_t b) {
  const int64_t q = a / b;
  return q * b < a ? q + 1 : q;
}

// False where the result does not fit (kLargest).
inline bool add_to(int64_t& sum, int64_t a) {
  return !__builtin_add_overflow(sum, a, &sum) && sum < kLargest &&
         sum > -kLargest;
}
inline bool multiply(int64_t a, int64_t b, int64_t& product) {
  return !__builtin_mul_overflow(a, b, &product) && product < kLargest &&
         product > -kLargest;
}

struct Interval {
  int64_t low = kMinusInfinity;
  int64_t high = kPlusInfinity;

  bool is_point() const { return low == high && is_finite(low); }
  bool contains(int64_t value) const { return low <= value && value <= high; }
};

// factor · bound, for a bound of an interval; overflow is infinity.
constexpr int64_t scale_bound(int64_t bound, int64_t factor) {
  if (factor == 0) return 0;
  int64_t product = 0;
  if (is_finite(bound)) {
    if (!__builtin_mul_overflow(bound, factor, &product) &&
        product < kLargest && product > -kLargest)
      return product;
  }
  return (bound < 0) == (factor < 0) ? kPlusInfinity : kMinusInfinity;
}

constexpr Interval scale(Interval a, int64_t factor) {
  if (factor >= 0)
    return {scale_bound(a.low, factor), scale_bound(a.high, factor)};
  return {scale_bound(a.high, factor), scale_bound(a.low, factor)};
}

constexpr Interval operator+(Interval a, Interval b) {
  Interval sum;
  if (is_finite(a.low) && is_finite(b.low)) {
    sum.low = a.low + b.low;
    if (sum.low <= -kLargest) sum.low = kMinusInfinity;
  }
  if (is_finite(a.high) && is_finite(b.high)) {
    sum.high = a.high + b.high;
    if (sum.high >= kLargest) sum.high = kPlusInfinity;
  }
  return sum;
}

}  // namespace hone::rewrite::linear
