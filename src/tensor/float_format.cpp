// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/float_format.h"

#include <cmath>

namespace hone::tensor {

double FloatFormat::largest() const {
  const bool ieee = specials == Specials::Ieee;
  const auto exponent = static_cast<int>(top()) - (ieee ? 1 : 0) - bias;
  // All ones is NaN in NanOnly, so its largest ends in a zero.
  const int missing = specials == Specials::NanOnly ? 2 : 1;
  return std::ldexp((2 << mantissa_bits) - missing, exponent - mantissa_bits);
}

int64_t FloatFormat::nan() const {
  switch (specials) {
    case Specials::Ieee:
      return top() << mantissa_bits | int64_t{1} << (mantissa_bits - 1);
    case Specials::NanOnly:
      return (int64_t{1} << low()) - 1;
    case Specials::Fnuz:
    case Specials::None:
      break;
  }
  return int64_t{1} << low();
}

FloatFormat float_format(ElementType type) {
  using enum FloatFormat::Specials;
  switch (type) {
    case ElementType::BF16:
      return {8, 7, 127, Ieee};
    case ElementType::F16:
      return {5, 10, 15, Ieee};
    case ElementType::F8E4M3FN:
      return {4, 3, 7, NanOnly};
    case ElementType::F8E4M3FNUZ:
      return {4, 3, 8, Fnuz};
    case ElementType::F8E5M2:
      return {5, 2, 15, Ieee};
    case ElementType::F8E5M2FNUZ:
      return {5, 2, 16, Fnuz};
    case ElementType::F6E2M3:
      return {2, 3, 1, None};
    case ElementType::F6E3M2:
      return {3, 2, 3, None};
    default:  // F4E2M1
      return {2, 1, 1, None};
  }
}

}  // namespace hone::tensor
