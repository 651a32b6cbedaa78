// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Floating-point types by their bit fields: what the bits say, and which bits
// are nearest to a number (ties to even). Formats: IEEE 754 for binary16 and
// binary32; "FP8 Formats for Deep Learning" (arXiv 2209.05433) for e4m3 and
// e5m2; arXiv 2206.02915 for the fnuz variants; OCP Microscaling 1.0 for the
// 6-, 4-bit and e8m0 formats.
#pragma once

#include <cstdint>

#include "tensor/element_type.h"

namespace hone::tensor {

// What becomes of numbers beyond the largest finite one.
enum class Overflow {
  Special,   // infinity, or NaN where the type has none
  Saturate,  // the largest finite number; infinities too
};

// How a number between two powers of two becomes an f8e8m0.
enum class PowerRounding { Up, Down, Nearest };

// Bits of any float type, right-aligned.
double decode_float(ElementType type, uint64_t bits);
// 6- and 4-bit types have neither infinity nor NaN: they saturate whatever
// `overflow` says, and NaN becomes -0.
uint64_t encode_float(ElementType type, double value,
                      Overflow overflow = Overflow::Special,
                      PowerRounding rounding = PowerRounding::Up);

// The nearest number that the type has.
double round_to(ElementType type, double value);

}  // namespace hone::tensor
