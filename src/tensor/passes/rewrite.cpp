// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/passes/rewrite.h"

#include <algorithm>

#include "tensor/interpreter/tensor.h"

namespace hone::tensor {

std::vector<int32_t> count_uses(const Graph& graph) {
  std::vector<int32_t> uses(graph.values.size(), 0);
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.inputs)
      if (id != kNone) ++uses[index(id)];
    for (const auto& [name, value] : node.attributes)
      if (const Graph* body = node.graph(name))
        for (const Capture& capture : body->captures)
          ++uses[index(capture.outer)];
  }
  for (const ValueId id : graph.outputs) ++uses[index(id)];
  return uses;
}

std::vector<int32_t> find_makers(const Graph& graph) {
  std::vector<int32_t> makers(graph.values.size(), -1);
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    for (const ValueId id : graph.nodes[i].outputs)
      if (id != kNone) makers[index(id)] = static_cast<int32_t>(i);
  return makers;
}

void replace_uses(Graph& graph, ValueId from, ValueId to) {
  for (Node& node : graph.nodes) {
    for (ValueId& id : node.inputs)
      if (id == from) id = to;
    for (auto& [name, value] : node.attributes) {
      const Graph* body = node.graph(name);
      if (!body) continue;
      bool reads = false;
      for (const Capture& capture : body->captures)
        reads |= capture.outer == from;
      if (!reads) continue;
      auto copy = std::make_shared<Graph>(*body);
      for (Capture& capture : copy->captures)
        if (capture.outer == from) capture.outer = to;
      value = std::shared_ptr<const Graph>(std::move(copy));
    }
  }
  for (ValueId& id : graph.outputs)
    if (id == from) id = to;
}

bool is_output(const Graph& graph, ValueId id) {
  return std::find(graph.outputs.begin(), graph.outputs.end(), id) !=
         graph.outputs.end();
}

std::optional<double> scalar_of(const Graph& graph, ValueId id) {
  const Literal* literal = graph.literal_of(id);
  if (!literal || literal->size() != 1 || literal->type() == ElementType::Str ||
      is_complex(literal->type()))
    return std::nullopt;
  return Tensor::from(*literal).number(0);
}

Status pass_over_bodies(Graph& graph,
                        const std::function<Result<Graph>(Graph)>& pass) {
  for (Node& node : graph.nodes)
    for (auto& [name, value] : node.attributes) {
      const Graph* body = node.graph(name);
      if (!body) continue;
      HONE_ASSIGN_OR_RETURN(Graph changed, pass(*body));
      value = std::shared_ptr<const Graph>(
          std::make_shared<Graph>(std::move(changed)));
    }
  return {};
}

}  // namespace hone::tensor
