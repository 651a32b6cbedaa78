// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The one function whose body depends on more than attributes: on the heads of
// its inputs, and on graphs that the model brings.
#pragma once

#include <vector>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

// What computes the node's output; new values are added to `graph`, whose types
// have been inferred. Unsupported where the number of heads is not known.
Result<std::vector<Node>> flex_attention_nodes(Graph& graph, const Node& node);

}  // namespace hone::tensor
