// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/functions/expand.h"

#include <fmt/format.h>

#include "tensor/graph_text.h"
#include "tensor/infer/infer.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

// An attribute as the text form writes it.
std::string attribute_text(const Node& node, const AttributeInfo& info) {
  switch (info.kind) {
    case AttributeKind::Int:
      return fmt::format("{}", node.integer(info.name));
    case AttributeKind::Float:
      return fmt::format("{}", node.number(info.name));
    case AttributeKind::Ints:
      return fmt::format("[{}]", fmt::join(node.integers(info.name), ", "));
    default:
      return node.text(info.name);
  }
}

std::string with_attributes(const Node& node, std::string_view text) {
  std::string result;
  while (true) {
    const size_t at = text.find("${");
    result += text.substr(0, at);
    if (at == std::string_view::npos) return result;
    const size_t end = text.find('}', at);
    std::string_view name = text.substr(at + 2, end - at - 2);
    // ${axes.size} is how many numbers a list has.
    const bool counts = name.ends_with(".size");
    if (counts) name.remove_suffix(5);
    const auto info = find_attribute(node.op, name);
    HONE_CHECK(info.has_value());  // a defect of the table
    result += counts ? fmt::format("{}", node.integers(name).size())
                     : attribute_text(node, *info);
    text.remove_prefix(end + 1);
  }
}

// The body's nodes, reading and making values of `graph`.
Result<std::vector<Node>> nodes_of(Graph& graph, const Node& node,
                                   const FunctionBody& function) {
  HONE_ASSIGN_OR_RETURN(const Graph body,
                        parse_graph(with_attributes(node, function.text)));
  std::vector<ValueId> ids(body.values.size(), kNone);
  std::vector<bool> known(body.values.size(), false);
  for (size_t i = 0; i < body.inputs.size(); ++i) {
    ids[index(body.inputs[i])] =
        i < node.inputs.size() ? node.inputs[i] : kNone;
    known[index(body.inputs[i])] = true;
  }
  for (size_t i = 0; i < body.outputs.size(); ++i)
    if (node.has_output(i) && !known[index(body.outputs[i])]) {
      ids[index(body.outputs[i])] = node.outputs[i];
      known[index(body.outputs[i])] = true;
    }
  for (size_t i = 0; i < body.values.size(); ++i) {
    if (known[i]) continue;
    ids[i] = graph.add_value(
        fmt::format("{}/{}", name_of(node.op), body.values[i].name),
        body.values[i].type);
    graph[ids[i]].literal = body.values[i].literal;
  }
  std::vector<Node> nodes;
  for (Node inner : body.nodes) {
    inner.name = node.name;
    for (auto* list : {&inner.inputs, &inner.outputs})
      for (ValueId& id : *list)
        if (id != kNone) id = ids[index(id)];
    while (!inner.inputs.empty() && inner.inputs.back() == kNone)
      inner.inputs.pop_back();
    nodes.push_back(std::move(inner));
  }
  return nodes;
}

}  // namespace

const FunctionBody* find_body(const Node& node) {
  for (const FunctionBody& body : function_bodies())
    if (body.op == node.op && (!body.holds || body.holds(node))) return &body;
  return nullptr;
}

Result<Graph> expand_functions(Graph graph) {
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, expand_functions));
  // Bodies may use functions of their own; none uses itself.
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<Node> nodes;
    for (Node& node : graph.nodes) {
      const FunctionBody* body = find_body(node);
      if (!body) {
        nodes.push_back(std::move(node));
        continue;
      }
      changed = true;
      HONE_ASSIGN_OR_RETURN(std::vector<Node> inner,
                            nodes_of(graph, node, *body));
      nodes.insert(nodes.end(), std::make_move_iterator(inner.begin()),
                   std::make_move_iterator(inner.end()));
    }
    graph.nodes = std::move(nodes);
  }
  HONE_RETURN_IF_ERROR(infer_types(graph));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
