// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions and softmax over one dimension of [outer][n][inner]. Where inner
// is 1 the lanes run along the reduced dimension, else along the inner one.
#pragma once

#include "tensor/kernel/kernel_builder.h"

namespace hone::tensor {

enum class Reduction { Sum, Mean, Max, Min, SumSquare };

// Pointers: y [outer][inner], x [outer][n][inner]. Sizes: begin, end, n and,
// unless `along`, inner. A task is one index of outer. `along`: inner is 1.
VectorKernel build_reduction(Reduction reduction, bool along, int lanes);

// Pointers: y, x, both [outer][n][inner]. Sizes as above.
// exp(x - max) / sum; log_softmax is x - max - log(sum).
VectorKernel build_softmax(bool log, bool along, int lanes);

}  // namespace hone::tensor
