// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// exp, log, tanh, erf and sigmoid as instructions of the vector-kernel IR, so
// that every back end computes the same function and models need no libm.
//
// The error of each is stated in vector_functions.def in units in the last
// place of the correctly rounded result, and measured over all float32 values
// by bench/tensor/math_bench. NaN gives NaN; subnormal results and arguments
// are honoured.
#pragma once

#include <string_view>

#include "tensor/kernel/kernel_builder.h"

namespace hone::tensor {

enum class VectorFunction {
#define HONE_VECTOR_FUNCTION(identifier, name, ulp, sentence) identifier,
#include "tensor/kernel/vector_functions.def"
#undef HONE_VECTOR_FUNCTION
};

struct VectorFunctionInfo {
  VectorFunction function;
  std::string_view name;
  double ulp;
};

std::span<const VectorFunctionInfo> vector_functions();

Reg write_function(KernelBuilder& b, VectorFunction function, Reg x);

}  // namespace hone::tensor
