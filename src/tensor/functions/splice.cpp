// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/functions/splice.h"

#include <fmt/format.h>

namespace hone::tensor {

void splice(Graph& graph, const Graph& body, std::span<const ValueId> inputs,
            std::span<const ValueId> outputs, std::string_view prefix,
            std::string_view node_name, std::vector<Node>& nodes) {
  std::vector<ValueId> ids(body.values.size(), kNone);
  std::vector<bool> known(body.values.size(), false);
  const auto set = [&](ValueId inner, ValueId outer) {
    ids[index(inner)] = outer;
    known[index(inner)] = true;
  };
  for (size_t i = 0; i < body.inputs.size(); ++i)
    set(body.inputs[i], i < inputs.size() ? inputs[i] : kNone);
  for (const Capture& capture : body.captures)
    set(capture.inner, capture.outer);
  // Outputs that no node of the body makes, or that are given twice, are
  // copied.
  std::vector<std::pair<ValueId, ValueId>> copies;
  for (size_t i = 0; i < std::min(outputs.size(), body.outputs.size()); ++i) {
    if (outputs[i] == kNone) continue;
    const ValueId inner = body.outputs[i];
    if (known[index(inner)] || body[inner].literal)
      copies.emplace_back(inner, outputs[i]);
    else
      set(inner, outputs[i]);
  }
  for (size_t i = 0; i < body.values.size(); ++i) {
    if (known[i]) continue;
    ids[i] = graph.add_value(fmt::format("{}/{}", prefix, body.values[i].name),
                             body.values[i].type);
    graph[ids[i]].literal = body.values[i].literal;
  }
  for (Node inner : body.nodes) {
    inner.name = node_name;
    for (auto* list : {&inner.inputs, &inner.outputs})
      for (ValueId& id : *list)
        if (id != kNone) id = ids[index(id)];
    while (!inner.inputs.empty() && inner.inputs.back() == kNone)
      inner.inputs.pop_back();
    nodes.push_back(std::move(inner));
  }
  for (const auto& [from, to] : copies)
    nodes.push_back({.op = Op::Identity,
                     .name = std::string(node_name),
                     .inputs = {ids[index(from)]},
                     .outputs = {to}});
}

}  // namespace hone::tensor
