// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes of older ONNX versions in the meaning of the newest: attributes that
// became inputs, defaults that changed, operators that were replaced.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

// A node as the file has it.
struct OldNode {
  std::string op;
  int64_t version;  // of the opset it was written for
  Node node;        // node.op is not set yet
};

// Where rewriting may put constants and further nodes, before the node itself.
class UpgradeSink {
 public:
  UpgradeSink(Graph& graph, std::string_view name)
      : graph_(graph), name_(name) {}

  ValueId constant(Literal literal) {
    return graph_.add_constant(name_ + "/const", std::move(literal));
  }
  ValueId add(Op op, std::vector<ValueId> inputs,
              std::map<std::string, Attribute, std::less<>> attributes = {}) {
    const ValueId out = graph_.add_value(name_ + "/old");
    graph_.nodes.push_back(
        {op, name_, std::move(inputs), {out}, std::move(attributes)});
    return out;
  }
  // A node that takes the original's place, to be added after it.
  Graph& graph() { return graph_; }

 private:
  Graph& graph_;
  std::string name_;
};

// Rewrites `old` in place; `after` are nodes to be added behind it. Unsupported
// names what an old version did that no newer one can say.
Status upgrade_node(OldNode& old, UpgradeSink& sink, std::vector<Node>& after);

// Whether nodes of this operator and an opset below 7 mean what they mean
// today, if their attributes and inputs have places there.
bool means_the_same(std::string_view op, int64_t opset);

// Operators that early opsets had without promising them.
bool was_experimental(std::string_view op);

}  // namespace hone::tensor
