// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/functions/sequence_map.h"

#include "tensor/functions/splice.h"

namespace hone::tensor {

namespace {

// The loop's body; what it reads of `graph` is captured.
class BodyMaker {
 public:
  BodyMaker(const Graph& graph, const Node& node) : graph_(graph), node_(node) {
    body_.name = node.name.empty() ? "sequence_map" : node.name;
  }

  Graph make(const std::vector<ValueId>& results) {
    const auto scalar = [&](std::string_view name, ElementType type) {
      body_.inputs.push_back(body_.add_value(name, Type::of(type, Shape())));
      return body_.inputs.back();
    };
    const ValueId turn = scalar("turn", ElementType::I64);
    const ValueId goes_on = scalar("goes_on", ElementType::Bool);
    for (const ValueId result : results)
      body_.inputs.push_back(body_.add_value("done", graph_[result].type));
    std::vector<ValueId> items;
    Graph inner = *node_.graph("body");
    for (size_t i = 0; i < node_.inputs.size(); ++i)
      items.push_back(
          item(node_.inputs[i], turn,
               i < inner.inputs.size() ? inner[inner.inputs[i]].type : Type()));
    for (Capture& capture : inner.captures)
      capture.outer = captured(capture.outer);
    std::vector<ValueId> given;
    for (size_t i = 0; i < results.size(); ++i)
      given.push_back(body_.add_value("given"));
    splice(body_, inner, items, given, "body", node_.name, body_.nodes);
    const ValueId again = body_.add_value("again");
    body_.nodes.push_back(
        {.op = Op::Identity, .inputs = {goes_on}, .outputs = {again}});
    body_.outputs.push_back(again);
    for (size_t i = 0; i < results.size(); ++i) {
      body_.outputs.push_back(body_.add_value("more"));
      body_.nodes.push_back({.op = Op::SequenceInsert,
                             .name = node_.name,
                             .inputs = {body_.inputs[2 + i], given[i]},
                             .outputs = {body_.outputs.back()}});
    }
    return std::move(body_);
  }

 private:
  ValueId captured(ValueId outer) {
    for (const Capture& capture : body_.captures)
      if (capture.outer == outer) return capture.inner;
    body_.captures.push_back(
        {outer, body_.add_value(graph_[outer].name, graph_[outer].type)});
    return body_.captures.back().inner;
  }

  // `declared` by the body.
  ValueId item(ValueId input, ValueId turn, Type declared) {
    const ValueId inner = captured(input);
    if (!graph_[input].type.is_sequence()) return inner;
    const ValueId one = body_.add_value("item", std::move(declared));
    body_.nodes.push_back({.op = Op::SequenceAt,
                           .name = node_.name,
                           .inputs = {inner, turn},
                           .outputs = {one}});
    return one;
  }

  const Graph& graph_;
  const Node& node_;
  Graph body_;
};

}  // namespace

Result<std::vector<Node>> sequence_map_nodes(Graph& graph, const Node& node) {
  std::vector<Node> nodes;
  const ValueId length =
      graph.add_value("length", Type::of(ElementType::I64, Shape()));
  nodes.push_back({.op = Op::SequenceLength,
                   .name = node.name,
                   .inputs = {node.inputs[0]},
                   .outputs = {length}});
  Node loop = {.op = Op::Loop, .name = node.name, .inputs = {length, kNone}};
  for (ValueId output : node.outputs) {
    if (output == kNone) output = graph.add_value("unused");
    const auto element = graph[output].type.element;
    if (!element)
      return Error(
          ErrorKind::Unsupported,
          describe(node) + ": items of an element type that is not known");
    const ValueId empty = graph.add_value("empty");
    nodes.push_back({.op = Op::SequenceEmpty,
                     .name = node.name,
                     .outputs = {empty},
                     .attributes = {{"dtype", static_cast<int64_t>(
                                                  onnx_number(*element))}}});
    loop.inputs.push_back(empty);
    loop.outputs.push_back(output);
  }
  loop.attributes["body"] =
      std::make_shared<const Graph>(BodyMaker(graph, node).make(loop.outputs));
  nodes.push_back(std::move(loop));
  return nodes;
}

}  // namespace hone::tensor
