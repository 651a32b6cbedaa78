// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What passes share: who reads a value, and putting one value in place of
// another.
#pragma once

#include <functional>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

// How often each value is read: by nodes, by bodies that capture it, and as an
// output of the graph.
std::vector<int32_t> count_uses(const Graph& graph);

// For each value the node that makes it, or -1.
std::vector<int32_t> find_makers(const Graph& graph);

// Reads `to` wherever `from` was read, also where it was an output of the
// graph.
void replace_uses(Graph& graph, ValueId from, ValueId to);

// Outputs keep their names, so passes leave them where they are.
bool is_output(const Graph& graph, ValueId id);

// The constant's only element as a number; nothing where it is no float or
// integer constant of one element.
std::optional<double> scalar_of(const Graph& graph, ValueId id);

// Runs a pass on each body in the nodes' attributes.
Status pass_over_bodies(Graph& graph,
                        const std::function<Result<Graph>(Graph)>& pass);

}  // namespace hone::tensor
