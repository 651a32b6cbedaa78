// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Types of values from the types of inputs and constants: element types, ranks,
// and sizes that keep the symbols of the model's inputs.
//
//   Conv(%x: f32[N, 3, H, W], %w: f32[8, 3, 3, 3]) {strides = [2, 2], …}
//     is f32[N, 8, floor((H + 1) / (2)), floor((W + 1) / (2))]
//
// Small integer tensors are followed by their contents, so that shapes that are
// computed (Shape, Gather, Concat, Reshape, …) stay symbolic and are not lost.
// What nothing is known about gets a symbol of its own ("?7"). What the model
// declares is kept where inference knows less.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

struct InferOptions {
  // Types of inputs of the graph, by name, in place of those it declares: how
  // symbols become numbers.
  std::map<std::string, Type> inputs;
  // Asked for each node, bodies' included, when the types of what it reads are
  // written: whether `instead` is to take its place. Those nodes, which may
  // make new values of `graph`, are asked for too. A body that is looked at
  // again begins as it was.
  std::function<bool(Graph& graph, const Node& node,
                     std::vector<Node>& instead)>
      replace;
};

// Writes the types of all values, bodies included. Malformed where an input
// that is given contradicts the one declared.
Status infer_types(Graph& graph, const InferOptions& options = {});

// Whether the graph (a branch, say) holds a node that can only fail, because an
// input has a rank that the operator does not take. Types have been inferred.
bool can_only_fail(const Graph& graph);

}  // namespace hone::tensor
