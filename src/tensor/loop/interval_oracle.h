// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The oracle that needs nothing else: loops are replaced by their ends, from
// the innermost outwards, then sizes and what is not linear by intervals.
//
// It sees i < N below `for i < N`, and 16*i + j < 64 below i < 4, j < 16. Of
// facts it uses those that compare a size with a number, so it does not see
// that 16*i + j < N where N is a multiple of 16 and i < ceil(N / 16).
#pragma once

#include "tensor/loop/oracle.h"

namespace hone::tensor {

class IntervalOracle : public IndexOracle {
 public:
  bool always(const IndexFacts& facts, const Condition& claim) override;
  IndexBounds bounds(const IndexFacts& facts, const Index& index) override;
};

// The largest (or smallest) value of `index`, where it is linear in them, over
// the given loops; what is left is made of sizes and other loops. Nothing
// where it is not linear.
std::optional<Index> eliminate(const Index& index,
                               const std::vector<LoopRange>& loops, bool high);

}  // namespace hone::tensor
