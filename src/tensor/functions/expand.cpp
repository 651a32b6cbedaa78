// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/functions/expand.h"

#include <fmt/format.h>

#include <map>

#include "tensor/functions/body.h"
#include "tensor/functions/contrib.h"
#include "tensor/functions/splice.h"
#include "tensor/graph_text.h"
#include "tensor/infer/infer.h"
#include "tensor/passes/pass.h"

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

Status splice_text(Graph& graph, const Node& node, std::string_view text,
                   std::vector<Node>& nodes) {
  HONE_ASSIGN_OR_RETURN(const Graph body, parse_graph(text));
  splice(graph, body, node.inputs, node.outputs, name_of(node.op), node.name,
         nodes);
  return {};
}

// The node that must have become its body and has not.
const Node* find_left(const Graph& graph, const ChooseNode& wanted) {
  for (const Node& node : graph.nodes) {
    if (wanted(node)) return &node;
    for (const auto& [name, value] : node.attributes)
      if (const Graph* const body = node.graph(name))
        if (const Node* const left = find_left(*body, wanted)) return left;
  }
  return nullptr;
}

}  // namespace

const FunctionBody* find_body(const Node& node) {
  for (const FunctionBody& body : function_bodies())
    if (body.op == node.op && (!body.holds || body.holds(node))) return &body;
  return nullptr;
}

bool has_body(Op op) {
  for (const FunctionBody& body : function_bodies())
    if (body.op == op) return true;
  return false;
}

Status add_body(Graph& graph, const Node& node, std::vector<Node>& nodes) {
  const FunctionBody& function = *find_body(node);
  if (const auto* const text = std::get_if<std::string_view>(&function.body))
    return splice_text(graph, node, with_attributes(node, *text), nodes);
  if (const auto* const write = std::get_if<BodyWriter>(&function.body)) {
    FunctionCall call(graph, node);
    const std::string text =
        fmt::format("graph \"{}\" {}", name_of(node.op), (*write)(call));
    HONE_RETURN_IF_ERROR(call.verdict(describe(node), false));
    return splice_text(graph, node, text, nodes);
  }
  HONE_ASSIGN_OR_RETURN(nodes, std::get<BodyMaker>(function.body)(graph, node));
  return {};
}

Result<Graph> expand_functions(Graph graph, const ChooseNode& chosen) {
  const ChooseNode wanted = [&](const Node& node) {
    return (is_contrib_node(node) || find_body(node) != nullptr) &&
           (!chosen || chosen(node));
  };
  // Why bodies were not made, by the nodes' descriptions.
  std::map<std::string, Error> refused;
  InferOptions options;
  options.replace = [&](Graph& in, const Node& node, std::vector<Node>& nodes) {
    if (!wanted(node)) return false;
    Status status = is_contrib_node(node) ? add_contrib(in, node, nodes)
                                          : add_body(in, node, nodes);
    if (status.ok()) return true;
    refused.insert_or_assign(describe(node), std::move(status).error());
    return false;
  };
  HONE_RETURN_IF_ERROR(infer_types(graph, options));
  HONE_ASSIGN_OR_RETURN(graph, remove_dead(std::move(graph)));
  if (const Node* const left = find_left(graph, wanted)) {
    const auto why = refused.find(describe(*left));
    if (why != refused.end()) return why->second;
    return Error(
        ErrorKind::Unsupported,
        describe(*left) + ": it stands in a body whose inputs are not known");
  }
  return graph;
}

Result<Graph> expand_contrib(Graph graph) {
  return expand_functions(std::move(graph), is_contrib_node);
}

}  // namespace hone::tensor
