// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of ONNX Runtime's own domain, com.microsoft, as functions of ONNX's
// operators. Import makes a CustomOperator of such a node ("com.microsoft::
// NAME") and, when the types of its inputs are known, puts the body in its
// place, so nothing behind import knows them. A user's operator of the same
// name goes before.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

// Sorted by name.
std::vector<std::string_view> contrib_operators();

bool is_contrib_operator(std::string_view domain, std::string_view name);
bool is_contrib_node(const Node& node);

// Appends what computes the outputs of `node`, a contrib node, to `nodes`.
// Unsupported where an attribute, input or size has no place in the body.
Status add_contrib(Graph& graph, const Node& node, std::vector<Node>& nodes);

}  // namespace hone::tensor
