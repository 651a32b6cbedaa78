// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that are functions: a node becomes the nodes of its body, so that
// lowering need not know the operator. Who calls says which nodes: the
// interpreter has code of its own for every operator of ONNX and expands none,
// unless it is asked to judge bodies (all); the compiler expands what has no
// lowering of its own; import, the operators of com.microsoft.
#pragma once

#include <functional>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

// Whether the operator has a body, for some nodes.
bool has_body(Op op);

// The nodes of bodies in place of all nodes that have one and that `chosen`
// names (empty: all), bodies of control flow included, and again in the bodies.
// Types are those of inference. Unsupported where the body of a chosen node
// depends on what is not known of its inputs.
using ChooseNode = std::function<bool(const Node& node)>;
Result<Graph> expand_functions(Graph graph, const ChooseNode& chosen = {});

// Those of com.microsoft only.
Result<Graph> expand_contrib(Graph graph);

}  // namespace hone::tensor
