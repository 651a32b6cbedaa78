// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/functions/expand.h"

#include <fmt/format.h>

#include <utility>

#include "tensor/functions/flex_attention.h"
#include "tensor/functions/sequence_map.h"
#include "tensor/functions/splice.h"
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

// The body's nodes, reading and making values of `graph`; nothing where the
// node has no body.
Result<bool> add_body(Graph& graph, const Node& node,
                      std::vector<Node>& nodes) {
  if (node.op == Op::FlexAttention || node.op == Op::SequenceMap) {
    HONE_ASSIGN_OR_RETURN(std::vector<Node> inner,
                          node.op == Op::SequenceMap
                              ? sequence_map_nodes(graph, node)
                              : flex_attention_nodes(graph, node));
    nodes.insert(nodes.end(), std::make_move_iterator(inner.begin()),
                 std::make_move_iterator(inner.end()));
    return true;
  }
  const FunctionBody* const function = find_body(node);
  if (function == nullptr) return false;
  HONE_ASSIGN_OR_RETURN(const Graph body,
                        parse_graph(with_attributes(node, function->text)));
  splice(graph, body, node.inputs, node.outputs, name_of(node.op), node.name,
         nodes);
  return true;
}

}  // namespace

const FunctionBody* find_body(const Node& node) {
  for (const FunctionBody& body : function_bodies())
    if (body.op == node.op && (!body.holds || body.holds(node))) return &body;
  return nullptr;
}

bool has_body(Op op) {
  if (op == Op::FlexAttention || op == Op::SequenceMap) return true;
  for (const FunctionBody& body : function_bodies())
    if (body.op == op) return true;
  return false;
}

Result<Graph> expand_functions(Graph graph,
                               const std::function<bool(const Node&)>& chosen) {
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, [&](Graph body) {
    return expand_functions(std::move(body), chosen);
  }));
  // Bodies may use functions of their own; none uses itself.
  for (bool changed = true; changed;) {
    changed = false;
    std::vector<Node> nodes;
    for (const Node& node : std::exchange(graph.nodes, {})) {
      if (!chosen || chosen(node)) {
        HONE_ASSIGN_OR_RETURN(const bool expanded,
                              add_body(graph, node, nodes));
        changed |= expanded;
        if (expanded) continue;
      }
      nodes.push_back(node);
    }
    graph.nodes = std::move(nodes);
    if (changed) HONE_RETURN_IF_ERROR(infer_types(graph));
  }
  HONE_RETURN_IF_ERROR(infer_types(graph));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
