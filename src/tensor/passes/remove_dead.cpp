// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Marks what the outputs need, from the last node to the first, and drops the
// rest; values that remain get new, dense ids. Captures that a body does not
// read are dropped too, so what they kept alive can go.
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

// Drops captures of a body that nothing in it reads.
void drop_captures(Graph& graph) {
  const std::vector<int32_t> uses = count_uses(graph);
  std::erase_if(graph.captures, [&](const Capture& capture) {
    return uses[index(capture.inner)] == 0;
  });
}

// Gives the values that are marked new ids in the old order.
Graph compacted(const Graph& graph, const std::vector<bool>& live) {
  Graph result;
  result.name = graph.name;
  std::vector<ValueId> fresh(graph.values.size(), kNone);
  for (size_t i = 0; i < graph.values.size(); ++i) {
    if (!live[i]) continue;
    fresh[i] = static_cast<ValueId>(result.values.size());
    result.values.push_back(graph.values[i]);
  }
  const auto renamed = [&](std::vector<ValueId> ids) {
    for (ValueId& id : ids)
      if (id != kNone) id = fresh[index(id)];
    return ids;
  };
  result.inputs = renamed(graph.inputs);
  result.outputs = renamed(graph.outputs);
  for (const Capture& capture : graph.captures)
    result.captures.push_back({capture.outer, fresh[index(capture.inner)]});
  for (const Node& node : graph.nodes) {
    Node copy = node;
    copy.inputs = renamed(node.inputs);
    copy.outputs = renamed(node.outputs);
    while (copy.outputs.size() >
               static_cast<size_t>(info(node.op).least_outputs) &&
           copy.outputs.back() == kNone)
      copy.outputs.pop_back();
    for (auto& [name, value] : copy.attributes)
      if (const Graph* body = copy.graph(name)) {
        auto changed = std::make_shared<Graph>(*body);
        for (Capture& capture : changed->captures)
          capture.outer = fresh[index(capture.outer)];
        value = std::shared_ptr<const Graph>(std::move(changed));
      }
    result.nodes.push_back(std::move(copy));
  }
  return result;
}

}  // namespace

Result<Graph> remove_dead(Graph graph) {
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, remove_dead));
  std::vector<bool> live(graph.values.size(), false);
  for (const ValueId id : graph.inputs) live[index(id)] = true;
  for (const ValueId id : graph.outputs) live[index(id)] = true;
  std::vector<Node> kept;
  for (size_t i = graph.nodes.size(); i > 0; --i) {
    Node& node = graph.nodes[i - 1];
    bool needed = false;
    for (const ValueId id : node.outputs)
      needed |= id != kNone && live[index(id)];
    if (!needed) continue;
    // Bodies give their outputs by position, so those of control flow stay.
    const bool by_position = info(node.op).family == "control";
    for (ValueId& id : node.outputs) {
      if (id == kNone) continue;
      if (by_position)
        live[index(id)] = true;
      else if (!live[index(id)])
        id = kNone;
    }
    for (const ValueId id : node.inputs)
      if (id != kNone) live[index(id)] = true;
    for (const auto& [name, value] : node.attributes)
      if (const Graph* body = node.graph(name))
        for (const Capture& capture : body->captures)
          live[index(capture.outer)] = true;
    kept.push_back(std::move(node));
  }
  graph.nodes.assign(std::make_move_iterator(kept.rbegin()),
                     std::make_move_iterator(kept.rend()));
  drop_captures(graph);
  for (const Capture& capture : graph.captures)
    live[index(capture.inner)] = true;
  return compacted(graph, live);
}

}  // namespace hone::tensor
