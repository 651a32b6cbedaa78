// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A graph's nodes inside of another graph: how bodies take a node's place.
#pragma once

#include <span>
#include <vector>

#include "tensor/graph.h"

namespace hone::tensor {

// Appends the nodes of `body` to `nodes`, reading `inputs` (kNone: absent) and
// making `outputs` of `graph`; captures are values of `graph`. New values are
// called PREFIX/NAME, new nodes `node_name`. Outputs beyond those that are
// given, or kNone, get values of their own.
void splice(Graph& graph, const Graph& body, std::span<const ValueId> inputs,
            std::span<const ValueId> outputs, std::string_view prefix,
            std::string_view node_name, std::vector<Node>& nodes);

}  // namespace hone::tensor
