// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of ONNX Runtime's own domain, com.microsoft, as functions of ONNX's
// operators. Import puts the body in the node's place, so nothing behind it
// knows them.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

// Sorted by name.
std::vector<std::string_view> contrib_operators();

bool is_contrib_operator(std::string_view domain, std::string_view name);

// Appends what computes the outputs of `node` (whose `op` is not looked at) to
// `nodes`. Unsupported where an attribute or input has no place in the body.
Status add_contrib(Graph& graph, std::string_view name, const Node& node,
                   std::vector<Node>& nodes);

}  // namespace hone::tensor
