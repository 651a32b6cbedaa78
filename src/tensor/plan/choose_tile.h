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

// Sets rows, columns, vectors. The tile is no larger than the extents; of a
// product whose rows, or image whose columns, are an open size it takes any
// number of them.
ConvolutionTile choose_tile(Planner& planner, ConvolutionTile tile,
                            const Dim& height, const Dim& width,
                            int64_t out_blocks);
DepthwiseTile choose_tile(Planner& planner, DepthwiseTile tile,
                          const Dim& height, const Dim& width);
GemmTile choose_tile(Planner& planner, GemmTile tile, const Dim& m,
                     const Dim& n, const Dim& k);

}  // namespace hone::tensor
