// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes that are known only when the model runs. Each has a slot, a number that
// steps write and kernels get as an argument. Symbols of the inputs are slots
// that the caller fills; others are written by the node whose result they
// belong to (size_rules.cpp); expressions of both are computed by a step of
// their own as soon as all that they read is known.
#include <fmt/format.h>

#include <algorithm>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

namespace {

// An expression's operations; nothing for symbols, which may be called
// anything.
std::optional<std::vector<DimStep>> operations_of(const Dim& dim) {
  auto steps = steps_of(dim);
  if (!steps || steps->size() < 2) return {};
  return steps;
}

SizeOp size_op(DimStep::Kind kind) {
  using Kind = DimStep::Kind;
  switch (kind) {
    case Kind::Sub:
      return SizeOp::Sub;
    case Kind::Mul:
      return SizeOp::Mul;
    case Kind::FloorDiv:
      return SizeOp::FloorDiv;
    case Kind::Min:
      return SizeOp::Min;
    case Kind::Max:
      return SizeOp::Max;
    default:
      return SizeOp::Add;
  }
}

// What a symbol of unknown size is taken for where costs are weighed.
constexpr int64_t kTypicalSize = 128;

}  // namespace

int64_t Planner::size_of(const Dim& dim) {
  if (dim.is_constant()) return dim.value();
  const auto [found, is_new] =
      slot_numbers_.try_emplace(to_text(dim), static_cast<int>(slots_.size()));
  if (is_new) slots_.push_back({.dim = dim, .is_symbol = !operations_of(dim)});
  return slot_size(found->second);
}

void Planner::find_sizes() {
  slots_buffer_ = static_cast<int>(buffers_.size());
  buffers_.push_back({.space = PlanPlace::Space::Slots});
  for (const Value& value : graph_.values) {
    std::vector<int64_t> sizes = {-1};
    if (value.type.is_tensor() && value.type.shape) {
      sizes.clear();
      for (const Dim& dim : *value.type.shape) sizes.push_back(size_of(dim));
    }
    dims_.push_back(std::move(sizes));
  }
}

std::vector<bool> Planner::known_slots() const {
  std::vector<bool> known;
  for (const Slot& slot : slots_) known.push_back(slot.is_known);
  return known;
}

void Planner::restore_slots(const std::vector<bool>& known) {
  for (size_t i = 0; i < slots_.size(); ++i)
    slots_[i].is_known = i < known.size() && known[i];
}

Dim Planner::size(int64_t number_or_slot) const {
  return is_slot(number_or_slot) ? slots_[slot_of(number_or_slot)].dim
                                 : Dim(number_or_slot);
}

bool Planner::can_know(const Dim& size) const {
  const auto is_known = [&](const std::string& text) {
    const auto found = slot_numbers_.find(text);
    return found != slot_numbers_.end() && slots_[found->second].is_known;
  };
  if (size.is_constant()) return true;
  const auto steps = operations_of(size);
  if (!steps) return is_known(to_text(size));
  return std::ranges::all_of(*steps, [&](const DimStep& step) {
    return step.kind != DimStep::Kind::Symbol || is_known(step.symbol);
  });
}

bool Planner::can_know(const Node& node) const {
  const auto all = [&](const std::vector<ValueId>& ids) {
    return std::ranges::all_of(ids, [&](ValueId id) {
      return id == kNone ||
             std::ranges::all_of(
                 sizes(id), [&](const Dim& size) { return can_know(size); });
    });
  };
  return !is_dynamic(node) || (all(node.inputs) && all(node.outputs));
}

void Planner::add_compute(SizeOp op, int slot, int64_t a, int64_t b) {
  plan_.steps.push_back({.kernel = PlanStep::kCompute,
                         .target = slot,
                         .places = {},
                         .sizes = {static_cast<int64_t>(op), a, b},
                         .node = "sizes"});
  step_buffers_.push_back({});
  slots_[slot].is_known = true;
}

int64_t Planner::compute(SizeOp op, int64_t a, int64_t b) {
  const auto [found, is_new] =
      computed_slots_.try_emplace({op, a, b}, static_cast<int>(slots_.size()));
  if (is_new) slots_.push_back({.is_symbol = true});
  if (!slots_[found->second].is_known) add_compute(op, found->second, a, b);
  return slot_size(found->second);
}

int64_t Planner::compute(const Dim& size) {
  std::vector<int64_t> values;
  const auto steps = operations_of(size);
  for (const DimStep& step : *steps) {
    if (step.kind == DimStep::Kind::Number)
      values.push_back(step.number);
    else if (step.kind == DimStep::Kind::Symbol)
      values.push_back(slot_size(slot_numbers_.at(step.symbol)));
    else
      values.push_back(
          compute(size_op(step.kind), values[step.a], values[step.b]));
  }
  return values.back();
}

int64_t Planner::number(const Dim& size) {
  if (size.is_constant()) return size.value();
  const auto own = slot_numbers_.find(to_text(size));
  if (own != slot_numbers_.end() && slots_[own->second].is_known)
    return slot_size(own->second);
  HONE_CHECK(can_know(size));
  return compute(size);
}

double Planner::estimate(const Dim& size) const {
  const auto value = evaluate(
      size, [](std::string_view) { return std::optional(kTypicalSize); });
  return static_cast<double>(value.value_or(kTypicalSize));
}

// A slot of an expression that nobody has written is computed; with what
// operations of its own are found again, they are computed once.
Status Planner::compute_sizes() {
  for (size_t i = 0; i < slots_.size(); ++i)
    if (!slots_[i].is_symbol && !slots_[i].is_known &&
        can_know(slots_[i].dim)) {
      const Dim dim = slots_[i].dim;
      add_compute(SizeOp::Add, static_cast<int>(i), compute(dim), 0);
    }
  return {};
}

// Where an input's size is an expression, the caller's number must be its
// value; 2*N + 1 says what N is, if no other input does.
void Planner::check_given_sizes() {
  std::set<int64_t> given;
  for (const ValueId id : graph_.inputs)
    for (const int64_t size : dims(id))
      if (is_slot(size) && !slots_[slot_of(size)].is_symbol) given.insert(size);
  for (const int64_t size : given) {
    const Dim dim = slots_[slot_of(size)].dim;
    if (can_know(dim) || dim.terms().size() != 1) continue;
    const Dim::Term& term = dim.terms().front();
    const Dim symbol = Dim::symbol(term.atoms.front());
    if (term.atoms.size() != 1 || operations_of(symbol)) continue;
    add_compute(SizeOp::FloorDiv, slot_of(size_of(symbol)),
                compute(SizeOp::Sub, size, dim.constant()), term.coefficient);
  }
  for (const int64_t size : given)
    if (const Dim dim = slots_[slot_of(size)].dim; can_know(dim))
      compute(SizeOp::Equal, size, compute(dim));
}

Stored Planner::new_region(ValueId id) {
  const ElementType type = graph_[id].type.element.value_or(ElementType::F32);
  buffers_.push_back({.space = PlanPlace::Space::Region});
  const Stored stored = {
      .buffer = static_cast<int>(buffers_.size()) - 1,
      .element = memory_element(type).value_or(Element::F32)};
  for (size_t i = 0; i < graph_.outputs.size(); ++i)
    if (graph_.outputs[i] == id && !is_passed_as_value(id)) {
      buffers_[stored.buffer].space = PlanPlace::Space::Output;
      buffers_[stored.buffer].index = static_cast<int>(i);
      break;
    }
  return stored;
}

void Planner::reserve(const Stored& stored, ValueId id) {
  const PlanPlace::Space space = buffers_[stored.buffer].space;
  if (space != PlanPlace::Space::Region &&
      !(space == PlanPlace::Space::Output && is_dynamic(id)))
    return;
  const ElementType type = graph_[id].type.element.value_or(ElementType::F32);
  add_reserve(stored.buffer, stored_bits(type), dims(id));
}

int Planner::new_region(int64_t bits, const std::vector<int64_t>& dims) {
  buffers_.push_back({.space = PlanPlace::Space::Region});
  const int buffer = static_cast<int>(buffers_.size()) - 1;
  add_reserve(buffer, bits, dims);
  return buffer;
}

void Planner::add_reserve(int buffer, int64_t bits,
                          const std::vector<int64_t>& dims) {
  PlanStep step = {.kernel = PlanStep::kReserve,
                   .places = {{}},
                   .sizes = {bits},
                   .node = node_name_};
  step.sizes.insert(step.sizes.end(), dims.begin(), dims.end());
  plan_.steps.push_back(std::move(step));
  step_buffers_.push_back({buffer});
  Dim count = 1;
  for (const int64_t dim : dims) count = count * size(dim);
  buffers_[buffer].bytes =
      static_cast<int64_t>(estimate(count) * static_cast<double>(bits) / 8);
}

Status Planner::copy_output(ValueId id, const Stored& from, const Stored& to) {
  if (!is_dynamic(id)) {
    // As bytes: they are moved whatever their type is.
    const std::vector<int64_t> bytes = {stored_bytes(
        graph_[id].type.element.value_or(ElementType::F32), elements(id))};
    add_copy(graph_[id].name, Element::U8, view(to, bytes), view(from, bytes));
    return {};
  }
  static const Node node = {.op = Op::Identity, .name = "outputs"};
  reserve(to, id);
  ElementKernel k(*this, node);
  HONE_RETURN_IF_ERROR(k.open_into({id}, id, to));
  k.loop(0, k.out(0).count,
         [&](Ix i) { copy_element(k, k.out(0), i, k.in(0), i); });
  return k.emit_only();
}

}  // namespace hone::tensor
