// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When each value that a plan stores can be compared, and when nobody asks for
// it any more. So a check keeps those of a few steps and not of all.
#pragma once

#include <vector>

#include "tensor/graph.h"
#include "tensor/plan/plan.h"

namespace hone::toolkit {

// Of the position of a stored value in the order in which a run makes them.
struct CheckTurn {
  std::vector<tensor::ValueId> compare;  // all that they are made of is there
  std::vector<tensor::ValueId> forget;
};

// One turn for each value of plan.probes, its first probe counting; the inputs
// of the graph are there before. Empty where the plan has jumps: a run of it
// makes values in another order.
std::vector<CheckTurn> order_checks(const tensor::Graph& graph,
                                    const tensor::Plan& plan);

}  // namespace hone::toolkit
