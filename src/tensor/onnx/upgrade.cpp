// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/onnx/upgrade.h"

#include <fmt/format.h>

#include <algorithm>

namespace hone::tensor {

namespace {

struct Context {
  OldNode& old;
  Node& node;
  UpgradeSink& sink;
  std::vector<Node>& after;

  Error unsupported(std::string_view what) const {
    return Error(ErrorKind::Unsupported,
                 fmt::format("node '{}' ({} of opset {}): {}", node.name,
                             old.op, old.version, what));
  }

  bool has(std::string_view name) const { return node.has(name); }

  // Takes an attribute out; nothing where it is not there or of another kind.
  template <typename T>
  std::optional<T> take(std::string_view name) {
    const auto place = node.attributes.find(name);
    if (place == node.attributes.end() ||
        !std::holds_alternative<T>(place->second))
      return std::nullopt;
    T value = std::get<T>(std::move(place->second));
    node.attributes.erase(place);
    return value;
  }

  void set(std::string_view name, Attribute value) {
    node.attributes.insert_or_assign(std::string(name), std::move(value));
  }

  void input(size_t i, ValueId id) {
    if (node.inputs.size() <= i) node.inputs.resize(i + 1, kNone);
    node.inputs[i] = id;
  }

  // An attribute that is a list of integers becomes input i.
  void move_integers(std::string_view name, size_t i) {
    if (const auto values = take<std::vector<int64_t>>(name))
      input(i, sink.constant(Literal::integers(*values)));
  }

  // An attribute that is a number becomes input i, of the type of input 0.
  void move_number(std::string_view name, size_t i) {
    if (const auto value = take<float>(name))
      input(i, sink.add(Op::CastLike, {sink.constant(Literal::number(*value)),
                                       node.inputs[0]}));
  }
};

using Rule = Status (*)(Context&);

// Before 13 they worked on the matrix that Flatten makes.
Status flatten_around(Context& c) {
  const int64_t axis = c.take<int64_t>("axis").value_or(1);
  if (c.node.inputs.size() != 1 || c.node.outputs.size() != 1) return {};
  const ValueId x = c.node.inputs[0];
  const ValueId y = c.node.outputs[0];
  const ValueId shape = c.sink.add(Op::Shape, {x});
  c.node.inputs[0] = c.sink.add(Op::Flatten, {x}, {{"axis", axis}});
  c.set("axis", int64_t{-1});
  const ValueId flat = c.sink.graph().add_value(c.node.name + "/flat");
  c.node.outputs[0] = flat;
  c.after.push_back({Op::Reshape, c.node.name, {flat, shape}, {y}, {}});
  return {};
}

Status axes_to_input(Context& c) {
  c.move_integers("axes", 1);
  return {};
}

Status split_to_input(Context& c) {
  if (c.old.version < 13) c.move_integers("split", 1);
  if (!c.node.has_input(1) && !c.has("num_outputs"))
    c.set("num_outputs", static_cast<int64_t>(c.node.outputs.size()));
  return {};
}

Status slice_to_inputs(Context& c) {
  c.move_integers("starts", 1);
  c.move_integers("ends", 2);
  c.move_integers("axes", 3);
  return {};
}

Status pad_to_inputs(Context& c) {
  c.move_integers("pads", 1);
  c.move_number("value", 2);
  return {};
}

Status clip_to_inputs(Context& c) {
  if (c.node.inputs.empty()) return {};
  c.move_number("min", 1);
  c.move_number("max", 2);
  return {};
}

Status top_k_to_input(Context& c) {
  if (const auto k = c.take<int64_t>("k"))
    c.input(1, c.sink.constant(Literal::integers(std::span(&*k, 1))));
  return {};
}

// Inputs were data and scales; sampling was at the corner of a pixel.
Status old_resize(Context& c) {
  c.old.op = "Resize";
  if (const auto scales = c.take<std::vector<float>>("scales")) {
    std::vector<std::byte> bytes(scales->size() * 4);
    std::copy_n(reinterpret_cast<const std::byte*>(scales->data()),
                bytes.size(), bytes.begin());
    HONE_ASSIGN_OR_RETURN(
        Literal literal,
        Literal::own(ElementType::F32, {static_cast<int64_t>(scales->size())},
                     std::move(bytes)));
    c.input(1, c.sink.constant(std::move(literal)));
  }
  if (c.node.inputs.size() == 2)
    c.node.inputs = {c.node.inputs[0], kNone, c.node.inputs[1]};
  if (const auto mode = c.take<std::string>("mode"))
    c.set("mode", *mode == "bilinear" ? std::string("linear") : *mode);
  c.set("coordinate_transformation_mode", std::string("asymmetric"));
  c.set("nearest_mode", std::string("floor"));
  return {};
}

Status drop_ratio(Context& c) {
  c.take<float>("ratio");  // of training; these versions are inference only
  return {};
}

Status batch_normalization(Context& c) {
  if (c.take<int64_t>("spatial").value_or(1) != 1)
    return c.unsupported("spatial = 0: statistics for every place");
  if (c.node.outputs.size() > 1) return c.unsupported("outputs for training");
  return {};
}

Status scatter(Context& c) {
  c.old.op = "ScatterElements";
  return {};
}

// Scale and bias had one number a group: repeat it for the group's channels.
Status group_normalization(Context& c) {
  if (c.node.inputs.size() != 3) return {};
  const int64_t groups = c.node.integer("num_groups");
  const ValueId count =
      c.sink.constant(Literal::integers(std::span(&groups, 1)));
  const ValueId channels =
      c.sink.add(Op::Shape, {c.node.inputs[0]},
                 {{"start", int64_t{1}}, {"end", int64_t{2}}});
  const ValueId each = c.sink.add(Op::Div, {channels, count});
  const ValueId wide =
      c.sink.add(Op::Concat, {count, each}, {{"axis", int64_t{0}}});
  const int64_t one = 1, all = -1;
  const ValueId axis = c.sink.constant(Literal::integers(std::span(&one, 1)));
  const ValueId flat = c.sink.constant(Literal::integers(std::span(&all, 1)));
  for (size_t i = 1; i < 3; ++i) {
    const ValueId column = c.sink.add(Op::Unsqueeze, {c.node.inputs[i], axis});
    const ValueId matrix = c.sink.add(Op::Expand, {column, wide});
    c.node.inputs[i] = c.sink.add(Op::Reshape, {matrix, flat});
  }
  return {};
}

Status dft_axis(Context& c) {
  const int64_t axis = c.take<int64_t>("axis").value_or(1);
  c.input(2, c.sink.constant(Literal::integer(axis)));
  return {};
}

Status grid_modes(Context& c) {
  const auto mode = c.take<std::string>("mode");
  if (mode)
    c.set("mode", *mode == "bilinear"  ? std::string("linear")
                  : *mode == "bicubic" ? std::string("cubic")
                                       : *mode);
  return {};
}

Status roi_coordinates(Context& c) {
  c.set("coordinate_transformation_mode", std::string("output_half_pixel"));
  return {};
}

// Scan had a batch in front of everything: a Scan over the batch around a Scan
// over the sequence.
Status scan_over_batch(Context& c) {
  Node& node = c.node;
  if (node.inputs.empty() || node.inputs[0] != kNone)
    return c.unsupported("sequence_lens as input 0");
  const Graph* body = node.graph("body");
  const int64_t scans = node.integer("num_scan_inputs");
  node.inputs.erase(node.inputs.begin());
  if (!body || scans < 1 || scans > static_cast<int64_t>(node.inputs.size()))
    return {};  // the check of the node complains
  auto outer = std::make_shared<Graph>();
  outer->name = "batch";
  Node inner = {Op::Scan, node.name, {}, {}, {}};
  for (size_t i = 0; i < node.inputs.size(); ++i)
    inner.inputs.push_back(outer->add_value("in"));
  outer->inputs = inner.inputs;
  for (size_t i = 0; i < node.outputs.size(); ++i)
    inner.outputs.push_back(outer->add_value("out"));
  outer->outputs = inner.outputs;
  Graph copy = *body;
  for (Capture& capture : copy.captures) {
    const ValueId through = outer->add_value("through");
    outer->captures.push_back({capture.outer, through});
    capture.outer = through;
  }
  inner.attributes = {{"num_scan_inputs", scans},
                      {"body", std::make_shared<const Graph>(std::move(copy))}};
  if (auto directions = c.take<std::vector<int64_t>>("directions"))
    inner.attributes["scan_input_directions"] = std::move(*directions);
  outer->nodes.push_back(std::move(inner));
  c.set("body", std::shared_ptr<const Graph>(std::move(outer)));
  c.set("num_scan_inputs", static_cast<int64_t>(node.inputs.size()));
  return {};
}

// DynamicSlice(data, starts, ends, axes) became Slice.
Status slice_with_inputs(Context& c) {
  c.old.op = "Slice";
  return {};
}

// A rule holds for versions below `below`. Of several rules all apply.
struct RuleRow {
  std::string_view op;
  int64_t below;
  Rule rule;
};

constexpr RuleRow kRules[] = {
    {"BatchNormalization", 14, batch_normalization},
    {"Clip", 11, clip_to_inputs},
    {"DFT", 20, dft_axis},
    {"Dropout", 12, drop_ratio},
    {"DynamicSlice", 10, slice_with_inputs},
    {"GridSample", 20, grid_modes},
    {"GroupNormalization", 21, group_normalization},
    {"Hardmax", 13, flatten_around},
    {"LogSoftmax", 13, flatten_around},
    {"Pad", 11, pad_to_inputs},
    {"ReduceL1", 18, axes_to_input},
    {"ReduceL2", 18, axes_to_input},
    {"ReduceLogSum", 18, axes_to_input},
    {"ReduceLogSumExp", 18, axes_to_input},
    {"ReduceMax", 18, axes_to_input},
    {"ReduceMean", 18, axes_to_input},
    {"ReduceMin", 18, axes_to_input},
    {"ReduceProd", 18, axes_to_input},
    {"ReduceSum", 13, axes_to_input},
    {"ReduceSumSquare", 18, axes_to_input},
    {"Resize", 11, old_resize},
    {"RoiAlign", 16, roi_coordinates},
    {"Scan", 9, scan_over_batch},
    {"Scatter", 99, scatter},
    {"Slice", 10, slice_to_inputs},
    {"Softmax", 13, flatten_around},
    {"Split", 18, split_to_input},
    {"Squeeze", 13, axes_to_input},
    {"TopK", 10, top_k_to_input},
    {"Unsqueeze", 13, axes_to_input},
    {"Upsample", 99, old_resize},
};

// What changed before opset 7 without a trace in attributes or inputs, and
// since when it is what it is.
struct EarlyRow {
  std::string_view op;
  int64_t since;
};

constexpr EarlyRow kEarly[] = {{"BatchNormalization", 7},
                               {"Cast", 6},
                               {"Concat", 4},
                               {"Dropout", 7},
                               {"GRU", 7},
                               {"LSTM", 7},
                               {"RNN", 7},
                               {"Reshape", 5},
                               {"Tile", 6},
                               {"Pad", 2},
                               {"Upsample", 7}};

}  // namespace

bool means_the_same(std::string_view op, int64_t opset) {
  const auto* const found = std::ranges::find(kEarly, op, &EarlyRow::op);
  return found == std::end(kEarly) || opset >= found->since;
}

bool was_experimental(std::string_view op) {
  // The latter by ONNX Runtime's optimizer, whatever opset a model imports.
  return op == "ThresholdedRelu" || op == "LayerNormalization";
}

Status upgrade_node(OldNode& old, UpgradeSink& sink, std::vector<Node>& after) {
  Context context{old, old.node, sink, after};
  const std::string op = old.op;
  for (const RuleRow& row : kRules)
    if (row.op == op && old.version < row.below)
      HONE_RETURN_IF_ERROR(row.rule(context));
  return {};
}

}  // namespace hone::tensor
