// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The schedule without measuring: which register tile a product or convolution
// gets. The cost of a tile counts cycles of its inner loop, as often as its
// extents ask for it: multiplications (two a cycle), loads (two a cycle), and
// the latency that too few accumulators leave open. Tiles that overlap pay for
// what they compute twice.
#pragma once

#include "tensor/kernel/convolution.h"
#include "tensor/kernel/gemm.h"
#include "tensor/plan/planner.h"

namespace hone::tensor {

// Sets rows, columns, vectors. The tile is no larger than the extents.
ConvolutionTile choose_tile(Planner& planner, ConvolutionTile tile,
                            int64_t height, int64_t width, int64_t out_blocks);
DepthwiseTile choose_tile(Planner& planner, DepthwiseTile tile,
                          int64_t height, int64_t width);
GemmTile choose_tile(Planner& planner, GemmTile tile, int64_t m,
                     int64_t n, int64_t k);

}  // namespace hone::tensor
