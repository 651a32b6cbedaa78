// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bit fields of floats of at most 16 bits. Sources: IEEE 754 (binary16);
// "FP8 Formats for Deep Learning" (arXiv 2209.05433) for e4m3 and e5m2; arXiv
// 2206.02915 for the fnuz variants; OCP Microscaling 1.0 for 6 and 4 bits.
#pragma once

#include <cstdint>

#include "tensor/element_type.h"

namespace hone::tensor {

// A sign, then exponent_bits, then mantissa_bits.
struct FloatFormat {
  enum class Specials {
    Ieee,     // the highest exponent: infinities and NaN
    NanOnly,  // only the pattern of all ones is NaN
    Fnuz,     // only the sign bit alone is NaN; no negative zero
    None,
  };
  int exponent_bits, mantissa_bits, bias;
  Specials specials;

  // Bits below the sign.
  int low() const { return exponent_bits + mantissa_bits; }
  // The highest exponent field, and a mantissa of ones.
  int64_t top() const { return (int64_t{1} << exponent_bits) - 1; }
  int64_t ones() const { return (int64_t{1} << mantissa_bits) - 1; }
  // The largest finite number.
  double largest() const;
  // A positive, quiet NaN where it has a sign; else the only one. -0 where the
  // type has none, as ml_dtypes and ONNX's tests have it.
  int64_t nan() const;
};

// Of BF16, F16 and the types of 8, 6 and 4 bits but F8E8M0, which has no
// mantissa.
FloatFormat float_format(ElementType type);

}  // namespace hone::tensor
