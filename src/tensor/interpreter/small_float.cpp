// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/small_float.h"

#include <bit>
#include <cmath>
#include <limits>

#include "tensor/float_format.h"

namespace hone::tensor {

namespace {

using Specials = FloatFormat::Specials;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

uint64_t nan_bits(const FloatFormat& f, uint64_t sign) {
  const bool has_sign =
      f.specials == Specials::Ieee || f.specials == Specials::NanOnly;
  return static_cast<uint64_t>(f.nan()) | (has_sign ? sign : 0);
}

double decode(const FloatFormat& f, uint64_t bits) {
  const int low = f.exponent_bits + f.mantissa_bits;
  const bool negative = bits >> low & 1;
  const uint64_t mantissa = bits & ((uint64_t{1} << f.mantissa_bits) - 1);
  const auto exponent = static_cast<int>(
      bits >> f.mantissa_bits & ((uint64_t{1} << f.exponent_bits) - 1));
  const int top = (1 << f.exponent_bits) - 1;
  const bool ones = mantissa == (uint64_t{1} << f.mantissa_bits) - 1;
  double value = 0;
  if (f.specials == Specials::Fnuz && bits == uint64_t{1} << low) return kNan;
  if (f.specials == Specials::NanOnly && exponent == top && ones) return kNan;
  if (f.specials == Specials::Ieee && exponent == top) {
    if (mantissa != 0) return kNan;
    value = std::numeric_limits<double>::infinity();
  } else if (exponent == 0) {
    value = std::ldexp(mantissa, 1 - f.bias - f.mantissa_bits);
  } else {
    value = std::ldexp(mantissa + (uint64_t{1} << f.mantissa_bits),
                       exponent - f.bias - f.mantissa_bits);
  }
  return negative ? -value : value;
}

uint64_t encode(const FloatFormat& f, double value, Overflow overflow) {
  const int low = f.exponent_bits + f.mantissa_bits;
  const uint64_t sign = std::signbit(value) ? uint64_t{1} << low : 0;
  if (std::isnan(value)) return nan_bits(f, sign);
  const double most = f.largest();
  double size = std::fabs(value);
  const int least = 1 - f.bias;  // exponent of the smallest normal number
  if (size != 0 && std::isfinite(size)) {
    const int exponent = std::max(std::ilogb(size), least);
    // Exact scaling, one rounding: to the nearest, ties to even.
    size =
        std::ldexp(std::nearbyint(std::ldexp(size, f.mantissa_bits - exponent)),
                   exponent - f.mantissa_bits);
  }
  if (size > most) {
    if (overflow == Overflow::Special && f.specials != Specials::None) {
      if (f.specials != Specials::Ieee) return nan_bits(f, sign);
      return sign | ((uint64_t{1} << f.exponent_bits) - 1) << f.mantissa_bits;
    }
    size = most;
  }
  if (size == 0) return f.specials == Specials::Fnuz ? 0 : sign;
  const int exponent = std::max(std::ilogb(size), least);
  const auto mantissa =
      static_cast<uint64_t>(std::ldexp(size, f.mantissa_bits - exponent));
  const bool normal = mantissa >> f.mantissa_bits & 1;
  const uint64_t field = normal ? exponent + f.bias : 0;
  return sign | field << f.mantissa_bits |
         (mantissa & ((uint64_t{1} << f.mantissa_bits) - 1));
}

// Powers of two, 2^-127 to 2^127, and NaN (255).
uint64_t encode_power(double value, Overflow overflow, PowerRounding rounding) {
  if (std::isnan(value) || std::signbit(value)) return 255;
  if (value == 0) return overflow == Overflow::Saturate ? 0 : 255;
  if (std::isinf(value)) return overflow == Overflow::Saturate ? 254 : 255;
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);  // [0.5, 1)
  --exponent;
  const bool exact = fraction == 0.5;
  if (rounding == PowerRounding::Up && !exact) ++exponent;
  if (rounding == PowerRounding::Nearest && fraction >= 0.75) ++exponent;
  if (exponent > 127) return overflow == Overflow::Saturate ? 254 : 255;
  if (exponent < -127) return overflow == Overflow::Saturate ? 0 : 255;
  return exponent + 127;
}

}  // namespace

double decode_float(ElementType type, uint64_t bits) {
  if (type == ElementType::F64) return std::bit_cast<double>(bits);
  if (type == ElementType::F32)
    return std::bit_cast<float>(static_cast<uint32_t>(bits));
  if (type == ElementType::F8E8M0)
    return bits == 255 ? kNan : std::ldexp(1.0, static_cast<int>(bits) - 127);
  return decode(float_format(type), bits);
}

uint64_t encode_float(ElementType type, double value, Overflow overflow,
                      PowerRounding rounding) {
  if (type == ElementType::F64) return std::bit_cast<uint64_t>(value);
  if (type == ElementType::F32)
    return std::bit_cast<uint32_t>(static_cast<float>(value));
  if (type == ElementType::F8E8M0)
    return encode_power(value, overflow, rounding);
  return encode(float_format(type), value, overflow);
}

double round_to(ElementType type, double value) {
  if (type == ElementType::F64) return value;
  if (type == ElementType::F32) return static_cast<float>(value);
  return decode_float(type, encode_float(type, value));
}

}  // namespace hone::tensor
