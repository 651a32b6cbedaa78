// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An expression over every element of strided arrays: fused element-wise
// operations with broadcasting and, with the expression that is its input,
// every copy that is only about indices (transposed, sliced, padded, joined).
//
// The arrays are `rank` outer dimensions around one dimension of lanes. An
// outer dimension has a stride for each array, 0 where it is repeated. Along
// the lanes an array is consecutive, the same number, or any stride.
#pragma once

#include <vector>

#include "tensor/kernel/expression.h"

namespace hone::tensor {

enum class Access { Consecutive, Same, Strided };

struct ElementwiseTile {
  Expression expression;
  std::vector<Access> inputs;  // as many as the expression has
  Access output = Access::Consecutive;
  int rank = 1;  // at least 1: the first dimension is that of the tasks
  // The lanes are exactly one vector: nothing is left over, nothing masked.
  bool whole = false;
  int lanes = 16;
  Element element = Element::F32;  // of a plain copy, any
  // Arrays of bytes that stand for numbers, y first; of f32 where it is empty.
  // x is (byte - zero) * scale, y round(value / scale) + zero, from 0 to 255.
  std::vector<bool> bytes = {};
};

// Pointers: y, x0, x1, … and for each array of bytes its scale and zero.
// Sizes: begin, end; extents of the outer dimensions from the second on; the
// lanes' extent unless `whole`; then for y and each x its outer strides, and
// its lane stride where that is Strided. A task is one index of dimension 0.
VectorKernel build_elementwise(const ElementwiseTile& tile);

}  // namespace hone::tensor
