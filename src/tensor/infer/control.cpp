// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies, sequences and optionals.
#include <algorithm>

#include "tensor/infer/infer.h"
#include "tensor/infer/inference.h"

namespace hone::tensor {

namespace {

void run_if(Inference& c) {
  std::vector<Fact> yes = c.run_body("then_branch", {});
  std::vector<Fact> no = c.run_body("else_branch", {});
  // A branch that fails gives nothing: what stands behind the If is what the
  // other one gives. (Known from the second time on: by the bodies' types.)
  const bool yes_fails = can_only_fail(*c.node.graph("then_branch"));
  const bool no_fails = can_only_fail(*c.node.graph("else_branch"));
  if (yes_fails && !no_fails) yes = no;
  if (no_fails && !yes_fails) no = yes;
  for (size_t i = 0; i < c.outputs() && i < yes.size() && i < no.size(); ++i)
    c.set(i, Fact{join_types(yes[i].type, no[i].type, c.unknowns())});
}

// A state may change its sizes from turn to turn: the body runs once on what
// goes in, and again with unknown sizes where they changed.
std::vector<Fact> stable_body(Inference& c, std::vector<Fact> inputs,
                              size_t first_state, size_t states,
                              size_t first_result) {
  std::vector<Fact> outputs = c.run_body("body", inputs);
  bool changed = false;
  for (size_t i = 0; i < states; ++i) {
    Fact& in = inputs[first_state + i];
    in.contents.reset();
    if (first_result + i >= outputs.size()) continue;
    Type& out = outputs[first_result + i].type;
    if (in.type == out) continue;
    changed = true;
    in.type = join_types(in.type, out, c.unknowns());
  }
  if (changed) outputs = c.run_body("body", inputs);
  for (size_t i = 0; i < states && first_result + i < outputs.size(); ++i) {
    Fact& out = outputs[first_result + i];
    out.type = join_types(inputs[first_state + i].type, out.type, c.unknowns());
    out.contents.reset();
  }
  return outputs;
}

Fact stacked(const Fact& slice, const Dim& length, int64_t axis) {
  Fact fact = {slice.type};
  if (!fact.type.is_tensor() || !fact.type.shape) return fact;
  const auto rank = static_cast<int64_t>(fact.type.shape->size()) + 1;
  if (axis < 0) axis += rank;
  fact.type.shape->insert(
      fact.type.shape->begin() + std::clamp<int64_t>(axis, 0, rank - 1),
      length);
  return fact;
}

void loop(Inference& c) {
  std::vector<Fact> inputs = {{Type::of(ElementType::I64, {})},
                              {Type::of(ElementType::Bool, {})}};
  for (size_t i = 2; i < c.inputs(); ++i) {
    inputs.push_back(c.has(i) ? c.fact(i) : Fact());
    inputs.back().contents.reset();
  }
  const size_t states = inputs.size() - 2;
  const std::vector<Fact> outputs = stable_body(c, inputs, 2, states, 1);
  for (size_t i = 0; i < c.outputs() && i + 1 < outputs.size(); ++i)
    c.set(i, i < states ? outputs[i + 1]
                        : stacked(outputs[i + 1], c.unknown(), 0));
}

void scan(Inference& c) {
  const int64_t scans = c.node.integer("num_scan_inputs");
  if (scans < 1 || scans > static_cast<int64_t>(c.inputs())) return;
  const size_t states = c.inputs() - static_cast<size_t>(scans);
  const std::vector<int64_t> in_axes = c.node.integers("scan_input_axes");
  const std::vector<int64_t> out_axes = c.node.integers("scan_output_axes");
  std::vector<Fact> inputs;
  std::optional<Dim> length;
  for (size_t i = 0; i < c.inputs(); ++i) {
    Fact fact = c.has(i) ? c.fact(i) : Fact();
    fact.contents.reset();
    if (i >= states && fact.type.shape) {
      const size_t k = i - states;
      if (const auto axis = c.axis(k < in_axes.size() ? in_axes[k] : 0,
                                   fact.type.shape->size())) {
        const auto at = fact.type.shape->begin() + static_cast<int64_t>(*axis);
        length = *at;
        fact.type.shape->erase(at);
      }
    }
    inputs.push_back(std::move(fact));
  }
  const std::vector<Fact> outputs = stable_body(c, inputs, 0, states, 0);
  for (size_t i = 0; i < c.outputs() && i < outputs.size(); ++i) {
    const size_t k = i - states;
    c.set(i, i < states ? outputs[i]
                        : stacked(outputs[i], length ? *length : c.unknown(),
                                  k < out_axes.size() ? out_axes[k] : 0));
  }
}

void sequence_map(Inference& c) {
  std::vector<Fact> inputs;
  for (size_t i = 0; i < c.inputs(); ++i) {
    if (!c.has(i)) return;
    inputs.push_back(c.fact(i).type.is_sequence() ? Fact{c.fact(i).type.inner()}
                                                  : c.fact(i));
  }
  const std::vector<Fact> outputs = c.run_body("body", inputs);
  for (size_t i = 0; i < c.outputs() && i < outputs.size(); ++i)
    c.set(i, Fact{outputs[i].type.wrapped(Wrap::Sequence)});
}

void construct(Inference& c) {
  Type type = c.fact(0).type;
  for (size_t i = 1; i < c.inputs(); ++i)
    if (c.has(i)) type = join_types(type, c.fact(i).type, c.unknowns());
  c.set(0, Fact{type.wrapped(Wrap::Sequence)});
}

void empty(Inference& c) {
  const auto type = c.node.has("dtype")
                        ? element_from_onnx(c.node.integer("dtype"))
                        : ElementType::F32;
  c.set(0, Fact{Type{.element = type}.wrapped(Wrap::Sequence)});
}

// Items may have different sizes where the sequence's are no numbers.
void item(Inference& c) {
  if (!c.fact(0).type.is_sequence()) return;
  Type type = c.fact(0).type.inner();
  if (type.is_tensor() && type.shape)
    for (Dim& dim : *type.shape)
      if (!dim.is_constant()) dim = c.unknown();
  c.set(0, Fact{std::move(type)});
}

void shorter(Inference& c) { c.set(0, Fact{c.fact(0).type}); }

void insert(Inference& c) {
  const Type& sequence = c.fact(0).type;
  if (!sequence.is_sequence() || !c.has(1)) return;
  // Into an empty sequence of unknown items anything goes.
  const Type joined =
      join_types(sequence.inner(), c.fact(1).type, c.unknowns());
  c.set(0, Fact{joined.wrapped(Wrap::Sequence)});
}

void length(Inference& c) { c.set(0, ElementType::I64, Shape()); }

void concat_from(Inference& c) {
  const Type& type = c.fact(0).type;
  if (type.wraps != std::vector<Wrap>{Wrap::Sequence}) return;
  std::optional<Shape> shape;
  if (type.shape) {
    Fact fact = {Type{.element = type.element, .shape = type.shape}};
    if (c.node.integer("new_axis") != 0) {
      shape = stacked(fact, c.unknown(), c.node.integer("axis")).type.shape;
    } else {
      shape = type.shape;
      if (const auto axis = c.axis(c.node.integer("axis"), shape->size()))
        (*shape)[*axis] = c.unknown();
    }
  }
  c.set(0, type.element, shape);
}

void split_to(Inference& c) {
  Type type = {.element = c.element(0)};
  const Shape* x = c.shape(0);
  if (x)
    if (const auto axis = c.axis(c.node.integer("axis"), x->size())) {
      type.shape = *x;
      if (!c.has(1) && c.node.integer("keepdims") == 0)
        type.shape->erase(type.shape->begin() + static_cast<int64_t>(*axis));
      else
        (*type.shape)[*axis] = c.has(1) ? c.unknown() : Dim(1);
    }
  c.set(0, Fact{type.wrapped(Wrap::Sequence)});
}

void make_optional(Inference& c) {
  Type type;
  if (c.has(0)) {
    type = c.fact(0).type;
  } else if (const auto place = c.node.attributes.find("type");
             place != c.node.attributes.end()) {
    type = std::get<Type>(place->second);
  }
  c.set(0, Fact{type.wrapped(Wrap::Optional)});
}

void get_element(Inference& c) {
  const Type& type = c.fact(0).type;
  c.set(0, Fact{type.is_optional() ? type.inner() : type});
}

void has_element(Inference& c) { c.set(0, ElementType::Bool, Shape()); }

constexpr InferRow kRows[] = {
    {Op::ConcatFromSequence, concat_from},
    {Op::If, run_if},
    {Op::Loop, loop},
    {Op::Optional, make_optional},
    {Op::OptionalGetElement, get_element},
    {Op::OptionalHasElement, has_element},
    {Op::Scan, scan},
    {Op::SequenceAt, item},
    {Op::SequenceConstruct, construct},
    {Op::SequenceEmpty, empty},
    {Op::SequenceErase, shorter},
    {Op::SequenceInsert, insert},
    {Op::SequenceLength, length},
    {Op::SequenceMap, sequence_map},
    {Op::SplitToSequence, split_to},
};

}  // namespace

std::span<const InferRow> control_rules() { return kRows; }

bool can_only_fail(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [&](const Node& node) {
    const bool is_recurrent =
        node.op == Op::LSTM || node.op == Op::GRU || node.op == Op::RNN;
    if (!is_recurrent || !node.has_input(0)) return false;
    const Type& x = graph[node.inputs[0]].type;
    return x.is_tensor() && x.shape && x.shape->size() != 3;
  });
}

}  // namespace hone::tensor
