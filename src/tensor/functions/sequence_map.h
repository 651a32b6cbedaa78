// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SequenceMap as a loop over positions: one turn takes an item of each sequence
// and adds what the body gives to the results.
#pragma once

#include <vector>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

// What computes the node's outputs; new values are added to `graph`, whose
// types have been inferred. Unsupported where an element type is not known.
Result<std::vector<Node>> sequence_map_nodes(Graph& graph, const Node& node);

}  // namespace hone::tensor
