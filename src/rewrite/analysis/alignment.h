// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a value is congruent to: x ≡ remainder (mod modulus).
//
// Modulus 1 says nothing; modulus 0 says that the value is the remainder. The
// lattice is that of Granger, "Static analysis of arithmetical congruences"
// (1989).
#pragma once

#include <cstdint>
#include <numeric>

#include "term/integer.h"

namespace hone::rewrite {

struct Alignment {
  int64_t modulus = 1;
  int64_t remainder = 0;

  static constexpr Alignment of(int64_t value) { return {0, value}; }

  constexpr bool is_constant() const { return modulus == 0; }
  // False where the value cannot be this one.
  constexpr bool allows(int64_t value) const {
    if (modulus == 0) return value == remainder;
    return term::euclidean_mod(value, modulus) == remainder;
  }
  bool operator==(const Alignment&) const = default;
};

namespace detail {

constexpr Alignment align(int64_t modulus, int64_t remainder) {
  if (modulus == 0) return {0, remainder};
  return {modulus, term::euclidean_mod(remainder, modulus)};
}

// gcd(0, x) = x. INT64_MIN has no positive counterpart: it says nothing.
constexpr int64_t gcd(int64_t a, int64_t b) {
  if (a == INT64_MIN || b == INT64_MIN) return 1;
  return std::gcd(a, b);
}

}  // namespace detail

constexpr Alignment operator+(const Alignment& a, const Alignment& b) {
  int64_t sum;
  if (__builtin_add_overflow(a.remainder, b.remainder, &sum)) return {};
  return detail::align(detail::gcd(a.modulus, b.modulus), sum);
}

constexpr Alignment operator*(const Alignment& a, int64_t factor) {
  int64_t modulus, remainder;
  if (factor == INT64_MIN ||
      __builtin_mul_overflow(a.modulus, factor < 0 ? -factor : factor,
                             &modulus) ||
      __builtin_mul_overflow(a.remainder, factor, &remainder))
    return {};
  return detail::align(modulus, remainder);
}

// Either of the two.
constexpr Alignment hull(const Alignment& a, const Alignment& b) {
  int64_t apart;
  if (__builtin_sub_overflow(a.remainder, b.remainder, &apart)) return {};
  return detail::align(detail::gcd(detail::gcd(a.modulus, b.modulus), apart),
                       a.remainder);
}

}  // namespace hone::rewrite
