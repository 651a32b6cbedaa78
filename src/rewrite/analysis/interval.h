// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Intervals of integers: what a value lies between.
//
// The ends are machine words; the two extreme words mean no end. A bound that
// does not fit becomes no bound, so every operation is sound over unbounded
// integers and none can overflow. No interval is empty.
#pragma once

#include <algorithm>
#include <cstdint>

#include "term/integer.h"

namespace hone::rewrite {

struct Interval {
  static constexpr int64_t kNoLow = INT64_MIN;
  static constexpr int64_t kNoHigh = INT64_MAX;

  int64_t low = kNoLow;
  int64_t high = kNoHigh;

  static constexpr Interval of(int64_t value) { return {value, value}; }

  constexpr bool has_low() const { return low != kNoLow; }
  constexpr bool has_high() const { return high != kNoHigh; }
  constexpr bool is_point() const {
    return low == high && has_low() && has_high();
  }
  constexpr bool contains(int64_t value) const {
    return low <= value && value <= high;
  }
  bool operator==(const Interval&) const = default;
};

namespace detail {

// The word nearest to the number; the extreme words, and so "no end", beyond.
constexpr int64_t clamp_word(__int128 value) {
  if (value > INT64_MAX) return INT64_MAX;
  if (value < INT64_MIN) return INT64_MIN;
  return static_cast<int64_t>(value);
}

}  // namespace detail

// The low end of a sum that does not fit above would have to be rounded down;
// it becomes no end instead.
constexpr int64_t as_low(__int128 value) {
  return value >= INT64_MAX ? INT64_MAX - 1 : detail::clamp_word(value);
}
constexpr int64_t as_high(__int128 value) {
  return value <= INT64_MIN ? INT64_MIN + 1 : detail::clamp_word(value);
}

constexpr Interval operator+(const Interval& a, const Interval& b) {
  Interval sum;
  if (a.has_low() && b.has_low())
    sum.low = as_low(static_cast<__int128>(a.low) + b.low);
  if (a.has_high() && b.has_high())
    sum.high = as_high(static_cast<__int128>(a.high) + b.high);
  return sum;
}

constexpr Interval operator*(const Interval& a, int64_t factor) {
  if (factor == 0) return Interval::of(0);
  Interval product;
  const bool up = factor > 0;
  const auto scaled = [&](int64_t end) {
    return static_cast<__int128>(end) * factor;
  };
  if (up ? a.has_low() : a.has_high())
    product.low = as_low(scaled(up ? a.low : a.high));
  if (up ? a.has_high() : a.has_low())
    product.high = as_high(scaled(up ? a.high : a.low));
  return product;
}

constexpr Interval hull(const Interval& a, const Interval& b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

constexpr Interval min(const Interval& a, const Interval& b) {
  return {std::min(a.low, b.low), std::min(a.high, b.high)};
}

// Both hold. Where that is impossible (assumptions that contradict each other),
// the first.
constexpr Interval meet(const Interval& a, const Interval& b) {
  const Interval both{std::max(a.low, b.low), std::min(a.high, b.high)};
  return both.low <= both.high ? both : a;
}

// Of a quotient by a positive number: division rounds down, hence monotone.
constexpr Interval divided(const Interval& a, int64_t divisor) {
  Interval quotient;
  if (a.has_low()) quotient.low = term::euclidean_div(a.low, divisor);
  if (a.has_high()) quotient.high = term::euclidean_div(a.high, divisor);
  return quotient;
}

constexpr Interval operator*(const Interval& a, const Interval& b) {
  if (a.is_point()) return b * a.low;
  if (b.is_point()) return a * b.low;
  if (a.has_low() && a.has_high() && b.has_low() && b.has_high())
    return hull(hull(b * a.low, b * a.high), b * a.low);
  Interval product;
  if (a.low >= 0 && b.low >= 0) {
    product.low = as_low(static_cast<__int128>(a.low) * b.low);
  } else if (a.high <= 0 && b.high <= 0) {
    product.low = as_low(static_cast<__int128>(a.high) * b.high);
  } else if ((a.low >= 0 && b.high <= 0) || (a.high <= 0 && b.low >= 0)) {
    product.high = as_high(a.low >= 0 ? static_cast<__int128>(a.low) * b.high
                                      : static_cast<__int128>(a.high) * b.low);
  }
  return product;
}

}  // namespace hone::rewrite
