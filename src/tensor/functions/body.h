// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table of functions: for every operator that ONNX defines by a body, what
// the body is. Most depend on a node's attributes only and are text; others
// are written for the types at hand; two hold graphs that the model brings and
// are made as nodes.
#pragma once

#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "tensor/functions/call.h"
#include "tensor/graph.h"

namespace hone::tensor {

// "(%inputs…) -> (%outputs…) { … }"; inputs that a node leaves out are absent
// wherever the body reads them.
using BodyWriter = std::string (*)(FunctionCall& call);
// What computes the node's outputs; new values are added to `graph`.
using BodyMaker = Result<std::vector<Node>> (*)(Graph& graph, const Node& node);

struct FunctionBody {
  Op op;
  // Whether this body is the node's; null: any node's. The first row counts.
  bool (*holds)(const Node& node);
  // Text is "graph … (%inputs…) -> (%outputs…) { … }" with ${name} where an
  // attribute stands.
  std::variant<std::string_view, BodyWriter, BodyMaker> body;
};

// Sorted by operator.
std::span<const FunctionBody> function_bodies();

// Null where the operator is no function.
const FunctionBody* find_body(const Node& node);

// Appends to `nodes` what the body makes of `node`, whose inputs have types.
// Unsupported where the body cannot be written for what is known of them.
Status add_body(Graph& graph, const Node& node, std::vector<Node>& nodes);

}  // namespace hone::tensor
