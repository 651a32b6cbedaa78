// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/text_casts.h"

#include <utility>

#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

Node cast_node(const Node& like, ValueId from, ValueId to, ElementType type) {
  return {.op = Op::Cast,
          .name = like.name,
          .inputs = {from},
          .outputs = {to},
          .attributes = {{"to", static_cast<int64_t>(onnx_number(type))}}};
}

ValueId add_like(Graph& graph, ValueId id, ElementType type) {
  Type wide = graph[id].type;
  wide.element = type;
  return graph.add_value(graph[id].name + "/number", wide);
}

// The type whose numbers are written out; nothing where it is the value's own.
std::optional<ElementType> written_type(ElementType type) {
  switch (type) {
    case ElementType::F32:
    case ElementType::F64:
    case ElementType::I64:
    case ElementType::U64:
      return {};
    default:
      return is_float(type) ? ElementType::F32 : ElementType::I64;
  }
}

Result<std::vector<Node>> split_cast(Graph& graph, const Node& node) {
  const ValueId x = node.inputs[0], y = node.outputs[0];
  const auto from = graph[x].type.element, to = graph[y].type.element;
  const auto text = ElementType::Str;
  if (!from || !to || (from != text && to != text) || is_complex(*from) ||
      is_complex(*to))
    return std::vector{node};
  if (from == to)
    return std::vector{Node{
        .op = Op::Identity, .name = node.name, .inputs = {x}, .outputs = {y}}};
  if (from == text) {
    if (to == ElementType::F64 || to == ElementType::I64)
      return std::vector{cast_node(node, x, y, *to)};
    const ValueId wide = add_like(graph, y, ElementType::F64);
    return std::vector{cast_node(node, x, wide, ElementType::F64),
                       cast_node(node, wide, y, *to)};
  }
  if (from == ElementType::Bool) {
    std::vector<ValueId> words = {x};
    for (const char* word : {"True", "False"}) {
      HONE_ASSIGN_OR_RETURN(Literal literal, Literal::texts({}, {word}));
      words.push_back(graph.add_constant(word, std::move(literal)));
    }
    return std::vector{Node{.op = Op::Where,
                            .name = node.name,
                            .inputs = std::move(words),
                            .outputs = {y}}};
  }
  const auto wide_type = written_type(*from);
  if (!wide_type) return std::vector{cast_node(node, x, y, text)};
  const ValueId wide = add_like(graph, x, *wide_type);
  return std::vector{cast_node(node, x, wide, *wide_type),
                     cast_node(node, wide, y, text)};
}

}  // namespace

Result<Graph> split_text_casts(Graph graph) {
  HONE_RETURN_IF_ERROR(pass_over_bodies(
      graph, [](Graph body) { return split_text_casts(std::move(body)); }));
  for (Node& node : std::exchange(graph.nodes, {})) {
    if (node.op != Op::Cast && node.op != Op::CastLike) {
      graph.nodes.push_back(std::move(node));
      continue;
    }
    HONE_ASSIGN_OR_RETURN(std::vector<Node> parts, split_cast(graph, node));
    for (Node& part : parts) graph.nodes.push_back(std::move(part));
  }
  return graph;
}

}  // namespace hone::tensor
