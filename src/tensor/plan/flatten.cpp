// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/flatten.h"

#include <fmt/format.h>

#include "base/result.h"
#include "tensor/infer/infer.h"

namespace hone::tensor {

namespace {

using Kind = ControlMark::Kind;

class Flattener {
 public:
  Result<FlatGraph> flatten(const Graph& graph) {
    flat_.graph = graph;
    flat_.graph.nodes.clear();
    std::vector<ValueId> same;
    for (size_t i = 0; i < graph.values.size(); ++i)
      same.push_back(static_cast<ValueId>(i));
    HONE_RETURN_IF_ERROR(add_nodes(graph, same));
    return std::move(flat_);
  }

 private:
  using Ids = std::vector<ValueId>;  // of a body's values in the flat graph

  static ValueId at(const Ids& ids, ValueId id) {
    return id == kNone ? kNone : ids[index(id)];
  }

  Status add_nodes(const Graph& graph, const Ids& ids) {
    for (const Node& node : graph.nodes) {
      Node copy = node;
      for (auto* list : {&copy.inputs, &copy.outputs})
        for (ValueId& id : *list) id = at(ids, id);
      if (node.op == Op::If)
        HONE_RETURN_IF_ERROR(add_if(std::move(copy), ids));
      else if (node.op == Op::Loop)
        HONE_RETURN_IF_ERROR(add_loop(std::move(copy), ids));
      else if (node.op == Op::Scan)
        HONE_RETURN_IF_ERROR(add_scan(std::move(copy), ids));
      else
        flat_.graph.nodes.push_back(std::move(copy));
    }
    return {};
  }

  // Places for a body's values; its captures are values around it.
  Ids ids_of(const Graph& body, const Ids& around) {
    Ids ids(body.values.size(), kNone);
    for (const Capture& capture : body.captures)
      ids[index(capture.inner)] = at(around, capture.outer);
    for (size_t i = 0; i < body.values.size(); ++i) {
      if (ids[i] != kNone) continue;
      ids[i] = flat_.graph.add_value(body.values[i].name, body.values[i].type);
      flat_.graph[ids[i]].literal = body.values[i].literal;
    }
    return ids;
  }

  Error does_not_fit(const Node& node) const {
    return Error(ErrorKind::Unsupported,
                 describe(node) + ": the body does not fit the node");
  }

  ControlMark& add_mark(Kind kind, int begin = -1) {
    flat_.marks.push_back({.kind = kind,
                           .node = static_cast<int>(flat_.graph.nodes.size()),
                           .begin = begin});
    return flat_.marks.back();
  }

  Status add_if(Node node, const Ids& around) {
    const auto begin = static_cast<int>(flat_.marks.size());
    const size_t results = node.outputs.size();
    const std::shared_ptr<const Graph> branches[] = {
        std::get<std::shared_ptr<const Graph>>(
            node.attributes.at("then_branch")),
        std::get<std::shared_ptr<const Graph>>(
            node.attributes.at("else_branch"))};
    ControlMark& mark = add_mark(Kind::If);
    mark.condition = node.inputs[0];
    mark.control = std::move(node);
    for (const auto& branch : branches) {
      if (branch->outputs.size() < results)
        return does_not_fit(flat_.marks[begin].control);
      const Ids ids = ids_of(*branch, around);
      const bool fails = can_only_fail(*branch);
      if (!fails) HONE_RETURN_IF_ERROR(add_nodes(*branch, ids));
      ControlMark& end = add_mark(
          branch == branches[0] && &branch == &branches[0] ? Kind::Else
                                                           : Kind::EndIf,
          begin);
      end.fails = fails;
      for (size_t i = 0; i < results; ++i)
        end.values.push_back(at(ids, branch->outputs[i]));
    }
    return {};
  }

  ValueId scalar(std::string_view name, ElementType type) {
    return flat_.graph.add_value(name, Type::of(type, Shape()));
  }

  // A value like `state`, with sizes of its own where they are not numbers.
  ValueId like(ValueId state) {
    Type type = flat_.graph[state].type;
    if (type.shape)
      for (Dim& dim : *type.shape)
        if (!dim.is_constant())
          dim = Dim::symbol(fmt::format("?between.{}", symbols_++));
    return flat_.graph.add_value("between", type);
  }

  // Opens a loop, adds the body and closes it.
  Status add_body(ControlMark mark, const Graph& body, const Ids& ids) {
    const auto begin = static_cast<int>(flat_.marks.size());
    mark.goes_on = scalar("goes_on", ElementType::Bool);
    add_mark(Kind::Loop);
    mark.kind = Kind::Loop;
    mark.node = flat_.marks.back().node;
    flat_.marks.back() = std::move(mark);
    HONE_RETURN_IF_ERROR(add_nodes(body, ids));
    add_mark(Kind::EndLoop, begin);
    return {};
  }

  Status add_loop(Node node, const Ids& around) {
    const Graph& body = *node.graph("body");
    const size_t states = node.inputs.size() < 2 ? 0 : node.inputs.size() - 2;
    if (body.inputs.size() != states + 2 || body.outputs.size() < states + 1)
      return does_not_fit(node);
    const Ids ids = ids_of(body, around);
    const auto result = [&](size_t i) {
      return i < node.outputs.size() ? node.outputs[i] : kNone;
    };
    ControlMark mark;
    if (node.has_input(0)) mark.trips = node.inputs[0];
    if (node.has_input(1)) mark.condition = node.inputs[1];
    mark.turn = at(ids, body.inputs[0]);
    mark.condition_in = at(ids, body.inputs[1]);
    mark.condition_out = at(ids, body.outputs[0]);
    for (size_t i = 0; i < states; ++i)
      mark.states.push_back({.first = node.inputs[i + 2],
                             .inside = at(ids, body.inputs[i + 2]),
                             .next = at(ids, body.outputs[i + 1]),
                             .result = result(i),
                             .between = like(at(ids, body.inputs[i + 2]))});
    for (size_t i = states; i + 1 < body.outputs.size(); ++i)
      if (result(i) != kNone)
        mark.writes.push_back(
            {.whole = result(i), .slice = at(ids, body.outputs[i + 1])});
    const std::shared_ptr<const Graph> kept =
        std::get<std::shared_ptr<const Graph>>(node.attributes.at("body"));
    mark.control = std::move(node);
    return add_body(std::move(mark), *kept, ids);
  }

  Status add_scan(Node node, const Ids& around) {
    const std::shared_ptr<const Graph> kept =
        std::get<std::shared_ptr<const Graph>>(node.attributes.at("body"));
    const Graph& body = *kept;
    const auto scans = static_cast<size_t>(node.integer("num_scan_inputs"));
    if (scans < 1 || scans > node.inputs.size()) return does_not_fit(node);
    const size_t states = node.inputs.size() - scans;
    if (body.inputs.size() != node.inputs.size() ||
        body.outputs.size() < states ||
        node.outputs.size() > body.outputs.size())
      return does_not_fit(node);
    const Ids ids = ids_of(body, around);
    const auto list = [&](std::string_view name, size_t count) {
      std::vector<int64_t> numbers = node.integers(name);
      numbers.resize(count);
      return numbers;
    };
    const size_t results =
        node.outputs.size() - std::min(states, node.outputs.size());
    const auto in_axes = list("scan_input_axes", scans);
    const auto in_back = list("scan_input_directions", scans);
    const auto out_axes = list("scan_output_axes", results);
    const auto out_back = list("scan_output_directions", results);
    ControlMark mark;
    mark.turn = scalar("turn", ElementType::I64);
    for (size_t i = 0; i < states; ++i)
      mark.states.push_back(
          {.first = node.inputs[i],
           .inside = at(ids, body.inputs[i]),
           .next = at(ids, body.outputs[i]),
           .result = i < node.outputs.size() ? node.outputs[i] : kNone,
           .between = like(at(ids, body.inputs[i]))});
    for (size_t i = 0; i < scans; ++i)
      mark.reads.push_back({.whole = node.inputs[states + i],
                            .slice = at(ids, body.inputs[states + i]),
                            .axis = in_axes[i],
                            .backward = in_back[i] != 0});
    for (size_t i = 0; i < results; ++i)
      if (node.outputs[states + i] != kNone)
        mark.writes.push_back({.whole = node.outputs[states + i],
                               .slice = at(ids, body.outputs[states + i]),
                               .axis = out_axes[i],
                               .backward = out_back[i] != 0});
    if (const auto length = length_of(mark.reads[0])) {
      mark.trips = flat_.graph.add_constant("trips", Literal::integer(*length));
    } else {
      HONE_ASSIGN_OR_RETURN(mark.trips, add_length(node, mark.reads[0]));
    }
    mark.control = std::move(node);
    return add_body(std::move(mark), body, ids);
  }

  std::optional<int64_t> length_of(const ScannedSlice& read) const {
    const Type& type = flat_.graph[read.whole].type;
    if (!type.shape) return {};
    const auto rank = static_cast<int64_t>(type.shape->size());
    const int64_t axis = read.axis < 0 ? read.axis + rank : read.axis;
    if (axis < 0 || axis >= rank || !(*type.shape)[axis].is_constant())
      return {};
    return (*type.shape)[axis].value();
  }

  // A node that says the length when the model runs.
  Result<ValueId> add_length(const Node& node, const ScannedSlice& read) {
    const Type& type = flat_.graph[read.whole].type;
    if (!type.shape)
      return Error(ErrorKind::Unsupported,
                   describe(node) + ": a length that is not known");
    const auto rank = static_cast<int64_t>(type.shape->size());
    const int64_t axis = read.axis < 0 ? read.axis + rank : read.axis;
    const ValueId length = flat_.graph.add_value(
        "length", Type::of(ElementType::I64, Shape{Dim(1)}));
    flat_.graph.nodes.push_back(
        {.op = Op::Shape,
         .name = node.name,
         .inputs = {read.whole},
         .outputs = {length},
         .attributes = {{"start", axis}, {"end", axis + 1}}});
    return length;
  }

  FlatGraph flat_;
  int symbols_ = 0;
};

}  // namespace

Result<FlatGraph> flatten_control(const Graph& graph) {
  return Flattener().flatten(graph);
}

}  // namespace hone::tensor
