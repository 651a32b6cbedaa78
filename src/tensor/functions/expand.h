// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that are functions: a node becomes the nodes of its body, so that
// lowering need not know the operator. The bodies are graphs in text form
// (bodies.cpp), with the node's attributes put in where ${name} stands.
#pragma once

#include <functional>
#include <span>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

struct FunctionBody {
  Op op;
  // Whether this body is the node's; null: any node's. The first row counts.
  bool (*holds)(const Node& node);
  // "graph … (%inputs…) -> (%outputs…) { … }"; inputs that a node leaves out
  // are absent wherever the body reads them.
  std::string_view text;
};

std::span<const FunctionBody> function_bodies();

// Null where the operator, or the node with its attributes, has no body here.
const FunctionBody* find_body(const Node& node);

// Whether the operator has a body, for some attributes.
bool has_body(Op op);

// The nodes of bodies in place of all nodes that have one and that `chosen`
// names (empty: all), bodies of control flow included. Types are those of
// inference.
Result<Graph> expand_functions(
    Graph graph, const std::function<bool(const Node&)>& chosen = {});

}  // namespace hone::tensor
