// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pooling over windows of channel blocks [C / lanes][H][W][lanes]. Taps outside
// of the input do not count, so that no halo is needed.
#pragma once

#include "tensor/kernel/convolution.h"

namespace hone::tensor {

struct PoolingTile {
  enum class Kind {
    Max,
    Average,       // divided by the taps inside of the input
    AverageWhole,  // divided by those inside of the padded input
  };
  Kind kind = Kind::Max;
  Window window;
  int lanes = 16;
  bool bytes = false;  // natural numbers of 8 bits; Max only
};

// Pointers: y, x. Sizes: begin, end, height, width of the output, in_height,
// in_width, top, left: the padding before, padded_height, padded_width: where
// the padding behind ends, counted from the first element of the input;
// y_block, y_row, x_block, x_row. A task is one block.
VectorKernel build_pooling(const PoolingTile& tile);

// The mean of whole planes: pointers y [C / lanes][lanes], x. Sizes: begin,
// end, height, width, y_block, x_block, x_row. A task is one block.
VectorKernel build_global_average(int lanes);

}  // namespace hone::tensor
