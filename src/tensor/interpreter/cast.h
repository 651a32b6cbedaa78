// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conversions between types of elements, by the tables of ONNX's Cast.
#pragma once

#include "tensor/interpreter/kernel.h"

namespace hone::tensor {

struct CastOptions {
  Overflow overflow = Overflow::Saturate;  // of f8 types
  PowerRounding rounding = PowerRounding::Up;
};

// Integers out of a float's range wrap around as by a conversion through i64;
// text that is no number is Malformed.
Result<Tensor> cast(const Call& call, const Tensor& x, ElementType to,
                    const CastOptions& options = {});

}  // namespace hone::tensor
