// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/steps_range.h"

#include <algorithm>

namespace hone::verify {

using term::Op;

namespace {

using End = std::optional<Integer>;

StepRange opposite(const StepRange& range) {
  return {range.high ? End(-*range.high) : std::nullopt,
          range.low ? End(-*range.low) : std::nullopt};
}

End sum(const End& a, const End& b) {
  return a && b ? End(*a + *b) : std::nullopt;
}

StepRange sum(const StepRange& a, const StepRange& b) {
  return {sum(a.low, b.low), sum(a.high, b.high)};
}

StepAlignment sum(const StepAlignment& a, const StepAlignment& b) {
  return reduced(gcd(a.modulus, b.modulus), a.remainder + b.remainder);
}

StepValue opposite(const StepValue& value) {
  return {opposite(value.range),
          reduced(value.alignment.modulus, -value.alignment.remainder)};
}

// Where an end is missing on one side, it is missing in the hull.
StepRange hull(const StepRange& a, const StepRange& b) {
  return {a.low && b.low ? End(std::min(*a.low, *b.low)) : std::nullopt,
          a.high && b.high ? End(std::max(*a.high, *b.high)) : std::nullopt};
}

StepValue least(const StepValue& a, const StepValue& b) {
  StepRange range = hull(a.range, b.range);
  // One end is enough from above.
  for (const End& end : {a.range.high, b.range.high})
    if (end && (!range.high || *end < *range.high)) range.high = end;
  return {range, joined(a.alignment, b.alignment)};
}

std::optional<Integer> number(const StepValue& value) {
  if (!value.range.low || !value.range.high ||
      *value.range.low != *value.range.high)
    return std::nullopt;
  return value.range.low;
}

// By a positive number.
StepValue divided(const StepValue& a, const Integer& divisor) {
  StepValue result;
  if (a.range.low) result.range.low = euclidean_div(*a.range.low, divisor);
  if (a.range.high) result.range.high = euclidean_div(*a.range.high, divisor);
  const Integer& modulus = a.alignment.modulus;
  // m·k + r over a divisor of m is (m / d)·k + floor(r / d).
  if (modulus.sign() != 0 && euclidean_mod(modulus, divisor).sign() == 0)
    result.alignment = reduced(euclidean_div(modulus, divisor),
                               euclidean_div(a.alignment.remainder, divisor));
  return result;
}

StepValue quotient(const StepValue& a, const StepValue& b) {
  const auto divisor = number(b);
  if (!divisor) return {quotient(a.range, b.range), {}};
  if (divisor->sign() == 0) return {{Integer(), Integer()}, {}};
  if (divisor->sign() > 0) return divided(a, *divisor);
  return opposite(divided(a, -*divisor));
}

StepValue remainder(const StepValue& a, const StepValue& b) {
  const auto given = number(b);
  StepValue result{{Integer(), {}}, {}};
  if (!given) {
    // Less than |b|, and 0 where b is 0.
    if (b.range.low && b.range.high)
      result.range.high = std::max(
          std::max(*b.range.high, -*b.range.low) - Integer(1), Integer());
    return result;
  }
  const Integer divisor = given->sign() < 0 ? -*given : *given;
  if (divisor.sign() == 0) return {{Integer(), Integer()}, {}};
  result.range.high = divisor - Integer(1);
  result.alignment =
      reduced(gcd(a.alignment.modulus, divisor), a.alignment.remainder);
  // Within one period the remainder is a shift.
  if (a.range.low && a.range.high &&
      euclidean_div(*a.range.low, divisor) ==
          euclidean_div(*a.range.high, divisor))
    result.range = {euclidean_mod(*a.range.low, divisor),
                    euclidean_mod(*a.range.high, divisor)};
  return result;
}

}  // namespace

Integer gcd(Integer a, Integer b) {
  if (a.sign() < 0) a = -a;
  if (b.sign() < 0) b = -b;
  while (b.sign() != 0) {
    Integer rest = euclidean_mod(a, b);
    a = std::move(b);
    b = std::move(rest);
  }
  return a;
}

StepAlignment reduced(const Integer& modulus, const Integer& remainder) {
  return {modulus,
          modulus.sign() == 0 ? remainder : euclidean_mod(remainder, modulus)};
}

StepAlignment joined(const StepAlignment& a, const StepAlignment& b) {
  return reduced(gcd(gcd(a.modulus, b.modulus), a.remainder - b.remainder),
                 a.remainder);
}

StepAlignment product(const StepAlignment& a, const StepAlignment& b) {
  return reduced(gcd(gcd(a.modulus * b.modulus, a.modulus * b.remainder),
                     a.remainder * b.modulus),
                 a.remainder * b.remainder);
}

StepRange product(const StepRange& a, const StepRange& b) {
  if (a.low && a.high && b.low && b.high) {
    const Integer ends[] = {*a.low * *b.low, *a.low * *b.high, *a.high * *b.low,
                            *a.high * *b.high};
    return {*std::ranges::min_element(ends), *std::ranges::max_element(ends)};
  }
  const auto above = [](const StepRange& r) {
    return r.low && r.low->sign() >= 0;
  };
  const auto below = [](const StepRange& r) {
    return r.high && r.high->sign() <= 0;
  };
  if (above(a) && above(b)) return {*a.low * *b.low, {}};
  if (below(a) && below(b)) return {*a.high * *b.high, {}};
  if (above(a) && below(b)) return {{}, *a.low * *b.high};
  if (below(a) && above(b)) return {{}, *a.high * *b.low};
  return {};
}

StepRange quotient(const StepRange& a, const StepRange& b) {
  const bool positive = b.low && b.low->sign() >= 0;
  const bool up = a.low && a.low->sign() >= 0;
  const bool down = a.high && a.high->sign() <= 0;
  if (positive && up) return {Integer(), a.high};
  if (positive && down) return {a.low, Integer()};
  if (positive) return a;
  if (b.high && b.high->sign() <= 0) return opposite(quotient(a, opposite(b)));
  if (!a.low || !a.high) return {};
  const Integer size = std::max(-*a.low, *a.high);
  return {-size, size};
}

StepRange tightened(const StepRange& range, const StepAlignment& alignment) {
  const Integer& modulus = alignment.modulus;
  if (modulus.sign() == 0) return {alignment.remainder, alignment.remainder};
  StepRange result = range;
  if (range.low)
    result.low =
        *range.low + euclidean_mod(alignment.remainder - *range.low, modulus);
  if (range.high)
    result.high =
        *range.high - euclidean_mod(*range.high - alignment.remainder, modulus);
  return result;
}

StepValue value_of(Op op, std::span<const StepValue> args) {
  switch (op) {
    case Op::Add:
      return {sum(args[0].range, args[1].range),
              sum(args[0].alignment, args[1].alignment)};
    case Op::Sub: {
      const StepValue b = opposite(args[1]);
      return {sum(args[0].range, b.range), sum(args[0].alignment, b.alignment)};
    }
    case Op::Mul:
      return {product(args[0].range, args[1].range),
              product(args[0].alignment, args[1].alignment)};
    case Op::Div:
      return quotient(args[0], args[1]);
    case Op::Mod:
      return remainder(args[0], args[1]);
    case Op::Min:
      return least(args[0], args[1]);
    case Op::Max:
      return opposite(least(opposite(args[0]), opposite(args[1])));
    case Op::Select:
      return {hull(args[0].range, args[1].range),
              joined(args[0].alignment, args[1].alignment)};
    default:
      return {};
  }
}

}  // namespace hone::verify
