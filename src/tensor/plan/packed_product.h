// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// C = A B + bias with a constant B, as steps: what lowerings of layers that
// contain a product use beside the operators that are one.
#pragma once

#include "tensor/plan/planner.h"

namespace hone::tensor {

struct PackedProduct {
  Dim m = 0;
  int64_t n = 0, k = 0;
  int a = -1;        // dense rows of k
  int weights = -1;  // [n / kBlock][k][kBlock]
  int c = -1;        // dense rows of n
  int bias = -1;     // n numbers
};

void add_packed_product(Planner& planner, const Node& node,
                        const PackedProduct& product);

}  // namespace hone::tensor
