// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which elements of a tensor statements touch.
#pragma once

#include "tensor/loop/dependence.h"

namespace hone::tensor {

// A box: along each dimension `extent` elements from `base`. Bases are made of
// sizes and of loops outside, extents of sizes only.
struct Region {
  std::vector<Index> base;
  std::vector<Index> extent;
};

// The box that holds every access to the tensor below `loop`, for one of its
// iterations. Unsupported where it is not known.
Result<Region> touched_region(const LoopTree& loop, const IndexFacts& facts,
                              std::string_view tensor, IndexOracle& oracle);

// Whether one access fills the box: each element of it, and nothing else.
bool fills(const TensorAccess& access, const Region& region,
           const LoopTensor& tensor);

// InvalidArgument names a place that may lie outside of its tensor. Guards and
// conditions around a place count. What is read through a tensor of integers
// must be bounded by min and max.
Status check_places(const LoopProgram& program, IndexOracle& oracle);

}  // namespace hone::tensor
