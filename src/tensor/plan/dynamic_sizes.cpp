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

// Pointers and sizes of one step that computes sizes.
constexpr size_t kMostResults = 24, kMostSymbols = 96;

// An expression's operations; nothing for symbols, which may be called
// anything.
std::optional<std::vector<DimStep>> operations_of(const Dim& dim) {
  auto steps = steps_of(dim);
  if (!steps || steps->size() < 2) return {};
  return steps;
}

// Its value in a kernel; `symbols` are those of its steps.
Ix value_of(ElementKernel& k, const std::vector<DimStep>& steps,
            const std::map<std::string, Ix>& symbols) {
  std::vector<Ix> values;
  const auto value = [&](const DimStep& step) -> Ix {
    using Kind = DimStep::Kind;
    switch (step.kind) {
      case Kind::Number:
        return step.number;
      case Kind::Symbol:
        return symbols.at(step.symbol);
      case Kind::Add:
        return values[step.a] + values[step.b];
      case Kind::Sub:
        return values[step.a] - values[step.b];
      case Kind::Mul:
        return values[step.a] * values[step.b];
      case Kind::FloorDiv:
        return k.floor_div(values[step.a], values[step.b]);
      case Kind::Min:
        return min(values[step.a], values[step.b]);
      case Kind::Max:
        return max(values[step.a], values[step.b]);
    }
    return 0;
  };
  for (const DimStep& step : steps) values.push_back(value(step));
  return values.back();
}

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
  for (size_t i = 0; i < slots_.size(); ++i) slots_[i].is_known = known[i];
}

Status Planner::compute_sizes() {
  struct Ready {
    int slot;
    std::vector<DimStep> steps;
  };
  static const Node node = {.op = Op::Size, .name = "sizes"};
  while (true) {
    std::vector<Ready> ready;
    std::map<std::string, int> symbols;
    for (size_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].is_symbol || slots_[i].is_known) continue;
      const auto steps = operations_of(slots_[i].dim);
      std::map<std::string, int> read = symbols;
      const bool is_ready =
          std::ranges::all_of(*steps, [&](const DimStep& step) {
            if (step.kind != DimStep::Kind::Symbol) return true;
            const auto found = slot_numbers_.find(step.symbol);
            if (found == slot_numbers_.end() || !slots_[found->second].is_known)
              return false;
            read.insert(*found);
            return true;
          });
      if (!is_ready || read.size() > kMostSymbols) continue;
      symbols = std::move(read);
      ready.push_back({static_cast<int>(i), *steps});
      if (ready.size() == kMostResults) break;
    }
    if (ready.empty()) return {};
    const std::string around = std::exchange(node_name_, "sizes");
    ElementKernel k(*this, node);
    HONE_RETURN_IF_ERROR(k.open({}, {}));
    std::map<std::string, Ix> values;
    for (const auto& [name, number] : symbols)
      values.emplace(name, k.extra_size(slot_size(number)));
    std::vector<Operand> places;
    for (const Ready& r : ready)
      places.push_back(k.size_place(slot_size(r.slot)));
    for (size_t i = 0; i < ready.size(); ++i)
      k.store(places[i], 0, k.of(value_of(k, ready[i].steps, values)));
    HONE_RETURN_IF_ERROR(k.emit_only());
    for (const Ready& r : ready) slots_[r.slot].is_known = true;
    node_name_ = around;
  }
}

Stored Planner::new_region(ValueId id) {
  const ElementType type = graph_[id].type.element.value_or(ElementType::F32);
  buffers_.push_back(
      {.space = PlanPlace::Space::Region, .index = plan_.regions++});
  const Stored stored = {
      .buffer = static_cast<int>(buffers_.size()) - 1,
      .element = memory_element(type).value_or(Element::F32)};
  for (size_t i = 0; i < graph_.outputs.size(); ++i)
    if (graph_.outputs[i] == id && !is_passed_as_value(id)) {
      buffers_[stored.buffer].space = PlanPlace::Space::Output;
      buffers_[stored.buffer].index = static_cast<int>(i);
      --plan_.regions;
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
  PlanStep step = {.kernel = PlanStep::kReserve,
                   .places = {{}},
                   .sizes = {stored_bits(type)},
                   .node = node_name_};
  step.sizes.insert(step.sizes.end(), dims(id).begin(), dims(id).end());
  plan_.steps.push_back(std::move(step));
  step_buffers_.push_back({stored.buffer});
}

int Planner::new_region(int64_t bits, const std::vector<int64_t>& dims) {
  buffers_.push_back(
      {.space = PlanPlace::Space::Region, .index = plan_.regions++});
  const int buffer = static_cast<int>(buffers_.size()) - 1;
  PlanStep step = {.kernel = PlanStep::kReserve,
                   .places = {{}},
                   .sizes = {bits},
                   .node = node_name_};
  step.sizes.insert(step.sizes.end(), dims.begin(), dims.end());
  plan_.steps.push_back(std::move(step));
  step_buffers_.push_back({buffer});
  return buffer;
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
