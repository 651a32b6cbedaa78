// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whether a graph is well formed: run after import and after every pass.
#pragma once

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

// Checks, for the graph and the bodies in it:
//   - ids are in range; each value has one definition, before its uses;
//   - names of values are unique and not empty;
//   - operators have as many inputs and outputs as their row says, none of the
//     required ones absent;
//   - attributes are those of the row, of its kind; required ones are there;
//   - a constant's type is its literal's.
// Internal names the first thing that is wrong.
Status verify_graph(const Graph& graph);

// The checks of one node by itself: arity and attributes. Malformed.
Status check_node(const Node& node);

}  // namespace hone::tensor
