// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether two values are the same but for rounding.
#pragma once

#include <optional>
#include <string>

#include "tensor/interpreter/kernel.h"

namespace hone::tensor {

// An element fits where |given - expected| <= absolute + relative * |expected|.
// Infinities and NaN fit themselves; integers, Booleans and text are exact.
struct Tolerance {
  double relative = 1e-3;
  double absolute = 1e-7;
};

struct Difference {
  std::string text;  // where, what was given, what was expected
  int64_t elements = 0;
};

// The first difference, and how many elements differ in that tensor. Types,
// sizes and kinds of values must be the same.
std::optional<Difference> find_difference(const RunValue& given,
                                          const RunValue& expected,
                                          const Tolerance& tolerance = {});

}  // namespace hone::tensor
