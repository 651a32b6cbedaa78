// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "tensor/plan/lower.h"
#include "tensor/plan/place_buffers.h"
#include "tensor/plan/text_casts.h"
#include "tensor/plan/value_steps.h"

namespace hone::tensor {

namespace {

constexpr size_t kMostTensors = 126;  // runtime/model/program.h

}  // namespace

Planner::Planner(const Graph& graph, const std::vector<ControlMark>& marks,
                 const PlanTarget& target)
    : graph_(graph),
      marks_(marks),
      target_(target),
      done_(graph.nodes.size()) {}

std::span<const std::string_view> plan_choices() {
  static constexpr std::string_view kChoices[] = {
      "element-fusion", "frames", "parts-in-place", "shared-memory"};
  return kChoices;
}

bool Planner::leaves_out(std::string_view choice) const {
  return std::ranges::find(target_.without, choice) != target_.without.end();
}

// --- Facts about values ------------------------------------------------------

const std::vector<int64_t>& Planner::dims(ValueId id) const {
  return dims_[index(id)];
}

int64_t Planner::elements(ValueId id) const {
  int64_t count = 1;
  for (const int64_t dim : dims(id)) count *= is_slot(dim) ? 1 : dim;
  return count;
}

bool Planner::is_dynamic(const Node& node) const {
  const auto any = [&](const std::vector<ValueId>& ids) {
    return std::ranges::any_of(
        ids, [&](ValueId id) { return id != kNone && is_dynamic(id); });
  };
  return any(node.inputs) || any(node.outputs);
}

std::vector<Dim> Planner::sizes(ValueId id) const {
  std::vector<Dim> sizes;
  for (const int64_t dim : dims(id)) sizes.push_back(size(dim));
  return sizes;
}

std::vector<Dim> Planner::image_dims(ValueId id) const {
  std::vector<Dim> d = sizes(id);
  if (d.size() == 3) d.insert(d.begin() + 2, 1);
  HONE_CHECK(d.size() == 4);
  return d;
}

const Literal* Planner::constant(ValueId id) const {
  const auto found = folded_.find(id);
  return found != folded_.end() ? &found->second : graph_.literal_of(id);
}

void Planner::set_constant(ValueId id, Literal literal) {
  folded_.insert_or_assign(id, std::move(literal));
}

std::optional<std::vector<float>> Planner::floats(ValueId id) const {
  const Literal* const literal = constant(id);
  if (literal == nullptr || literal->type() != ElementType::F32) return {};
  std::vector<float> numbers(literal->size());
  std::memcpy(numbers.data(), literal->bytes().data(),
              numbers.size() * sizeof(float));
  return numbers;
}

std::optional<std::vector<int64_t>> Planner::integers(ValueId id) const {
  const Literal* const literal = constant(id);
  if (literal == nullptr) return {};
  return literal->to_integers();
}

int Planner::only_reader(ValueId id) const {
  const std::vector<int>& readers = readers_[index(id)];
  return readers.size() == 1 && !is_output(id) ? readers[0] : -1;
}

bool Planner::is_output(ValueId id) const { return returned_[index(id)]; }

Error Planner::unsupported(const Node& node, std::string_view what) const {
  return Error(ErrorKind::Unsupported,
               fmt::format("{}: {}", describe(node), what));
}

void Planner::find_readers() {
  readers_.resize(graph_.values.size());
  returned_.resize(graph_.values.size());
  makers_.assign(graph_.values.size(), -1);
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    for (const ValueId input : graph_.nodes[i].inputs)
      if (input != kNone) readers_[index(input)].push_back(static_cast<int>(i));
    for (const ValueId output : graph_.nodes[i].outputs)
      if (output != kNone) makers_[index(output)] = static_cast<int>(i);
  }
  for (const ValueId output : graph_.outputs) returned_[index(output)] = true;
  // What marks read is nobody's to swallow; nor is what another part reads.
  const auto keep = [&](ValueId id) {
    if (id != kNone) returned_[index(id)] = true;
  };
  std::vector<int> part(graph_.nodes.size() + 1, 0);
  for (const ControlMark& mark : marks_) {
    for (int i = mark.node; i < static_cast<int>(part.size()); ++i) ++part[i];
    for (const ValueId id : {mark.condition, mark.turn, mark.goes_on,
                             mark.trips, mark.condition_in, mark.condition_out})
      keep(id);
    for (const ValueId id : mark.values) keep(id);
    for (const CarriedState& state : mark.states)
      for (const ValueId id :
           {state.first, state.inside, state.next, state.result})
        keep(id);
    for (const auto* slices : {&mark.reads, &mark.writes})
      for (const ScannedSlice& slice : *slices) {
        keep(slice.whole);
        keep(slice.slice);
      }
    for (const ValueId id : mark.control.outputs) keep(id);
  }
  for (size_t i = 0; i < graph_.nodes.size(); ++i)
    for (const ValueId output : graph_.nodes[i].outputs)
      if (output != kNone)
        for (const int reader : readers_[index(output)])
          if (part[reader] != part[i]) keep(output);
}

// --- Where values stand ------------------------------------------------------

bool Planner::is_stored(ValueId id) const {
  return stored_.contains(id) || constant(id) != nullptr ||
         dequantized_.contains(id);
}

bool Planner::is_blocked(ValueId id) const {
  const auto found = stored_.find(id);
  if (found == stored_.end()) return false;
  return std::ranges::any_of(found->second, [](const Stored& s) {
    return s.layout.kind == Layout::Kind::Blocked;
  });
}

int Planner::new_buffer(const Dim& bytes) {
  if (!bytes.is_constant()) return new_region(8, {number(bytes)});
  buffers_.push_back({.bytes = bytes.value()});
  return static_cast<int>(buffers_.size() - 1);
}

std::pair<int, Dim> Planner::whole_of(int buffer) const {
  const PlanBuffer& part = buffers_[buffer];
  if (part.space == PlanPlace::Space::Weights) return {buffer, part.offset};
  if (part.whole < 0) return {buffer, 0};
  const auto [whole, offset] = whole_of(part.whole);
  return {whole, offset + part.within};
}

Stored Planner::new_plain(ValueId id) {
  if (is_boxed(id)) return new_value();
  if (is_dynamic(id)) {
    const Stored stored = new_region(id);
    reserve(stored, id);
    return stored;
  }
  const ElementType type = graph_[id].type.element.value_or(ElementType::F32);
  const Element element = memory_element(type).value_or(Element::F32);
  const Stored stored = {.buffer = new_buffer(stored_bytes(type, elements(id))),
                         .layout = {.width = elements(id)},
                         .element = element};
  if (const int output = output_of(id); output >= 0) {
    given_[output] = id;
    buffers_[stored.buffer].space = PlanPlace::Space::Output;
    buffers_[stored.buffer].index = output;
  }
  return stored;
}

Stored Planner::new_blocked(ValueId id) {
  const auto home = homes_.find(id);
  if (home != homes_.end() && !is_blocked(id)) {
    const Stored part = part_of_whole(home->second, id);
    if (covers(part.layout.halo, wanted_[index(id)])) return part;
  }
  const std::vector<Dim> d = image_dims(id);
  const Layout layout = {.kind = Layout::Kind::Blocked,
                         .images = d[0],
                         .channels = d[1].value(),
                         .height = d[2],
                         .width = d[3],
                         .halo = wanted_[index(id)]};
  const Stored stored = {.buffer = new_buffer(layout.size() * 4),
                         .layout = layout};
  clear_halo(stored, node_name_);
  return stored;
}

PlanLayout Planner::numbers_of(const Layout& l) {
  return {.kind = l.kind,
          .images = number(l.images),
          .channels = l.channels,
          .height = number(l.height),
          .width = number(l.width),
          .halo = l.halo,
          .joined = l.joined};
}

void Planner::define(ValueId id, const Stored& stored) {
  stored_[id].push_back(stored);
  if (is_passed_as_value(id)) return;
  plan_.probes.push_back({.value = id,
                          .step = static_cast<int>(plan_.steps.size()) - 1,
                          .place = {},
                          .layout = numbers_of(stored.layout),
                          .dims = dims(id),
                          .element = stored.element});
  const auto [whole, within] = whole_of(stored.buffer);
  plan_.probes.back().place.offset = number(within);
  probe_buffers_.push_back(whole);
}

Stored Planner::part(const Stored& whole, const Dim& first, const Dim& count) {
  const PlanBuffer from = buffers_[whole.buffer];
  const int64_t bytes = element_bytes(whole.element);
  PlanBuffer part = {.space = from.space,
                     .index = from.index,
                     .whole = from.whole < 0 ? whole.buffer : from.whole,
                     .within = from.within + first * bytes};
  buffers_.push_back(part);
  return {.buffer = static_cast<int>(buffers_.size() - 1),
          .layout = {.width = count},
          .element = whole.element};
}

void Planner::alias(ValueId id, const Stored& stored) {
  stored_[id].push_back(stored);
}

std::vector<Dim> as_sizes(const std::vector<int64_t>& numbers) {
  return {numbers.begin(), numbers.end()};
}

View Planner::view(const Stored& stored,
                   const std::vector<int64_t>& dims) const {
  std::vector<Dim> sizes;
  for (const int64_t dim : dims) sizes.push_back(size(dim));
  return view(stored, std::move(sizes));
}

View Planner::view(const Stored& stored, std::vector<Dim> dims) const {
  View view = {.buffer = stored.buffer,
               .strides = std::vector<Dim>(dims.size(), 1)};
  Dim stride = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    view.strides[i] = stride;
    stride *= dims[i];
  }
  view.dims = std::move(dims);
  return view;
}

Stored Planner::store_plain_constant(ValueId id) {
  const Literal& literal = *constant(id);
  std::string_view bytes(reinterpret_cast<const char*>(literal.bytes().data()),
                         literal.bytes().size());
  std::vector<int64_t> numbers;
  if (literal.type() == ElementType::Str) {
    for (const std::string& text : literal.texts())
      numbers.push_back(text_number(text));
    bytes = {reinterpret_cast<const char*>(numbers.data()),
             numbers.size() * sizeof(int64_t)};
  }
  const Stored stored = {
      .buffer = add_weight_bytes(bytes),
      .layout = {.width = elements(id)},
      .element = memory_element(literal.type()).value_or(Element::F32)};
  stored_[id].push_back(stored);
  return stored;
}

// --- All of it ---------------------------------------------------------------

Status Planner::lower(int node) {
  const Node& n = graph_.nodes[node];
  node_name_ = n.name;
  for (const ValueId output : n.outputs)
    if (node_name_.empty() && output != kNone)
      node_name_ = fmt::format("{} {}", name_of(n.op), graph_[output].name);
  Status status = lower_node(*this, node);
  // What was packed is not read again, but by a check.
  for (const ValueId input : n.inputs)
    if (input != kNone)
      if (const Literal* const literal = graph_.literal_of(input))
        literal->release_pages();
  return status;
}

void Planner::place_buffers() {
  std::vector<std::vector<int>> lives = step_buffers_;
  for (const auto& [step, more] : step_lives_)
    lives[step].insert(lives[step].end(), more.begin(), more.end());
  plan_.memory =
      tensor::place_buffers(buffers_, lives, !leaves_out("shared-memory"));
  plan_.regions = tensor::share_regions(buffers_, lives);
  const auto place = [&](int id, PlanPlace& place) {
    const PlanBuffer& buffer = buffers_[id];
    place.space = buffer.space;
    place.index = buffer.index;
    if (buffer.space != PlanPlace::Space::Arena) return;
    HONE_CHECK(!is_slot(place.offset));
    place.offset += buffer.offset;
  };
  for (size_t i = 0; i < plan_.steps.size(); ++i)
    for (size_t k = 0; k < step_buffers_[i].size(); ++k)
      place(step_buffers_[i][k], plan_.steps[i].places[k]);
  for (size_t i = 0; i < plan_.probes.size(); ++i)
    place(probe_buffers_[i], plan_.probes[i].place);
}

Result<Plan> Planner::run() {
  find_sizes();
  if (graph_.inputs.size() + graph_.outputs.size() > kMostTensors)
    return Error(ErrorKind::Unsupported,
                 fmt::format("the model has more than {} inputs and outputs",
                             kMostTensors));
  const auto describe_tensor = [&](ValueId id) {
    PlanTensor tensor = {graph_[id].name,
                         graph_[id].type.element.value_or(ElementType::F32),
                         dims(id)};
    if (is_passed_as_value(id)) {
      tensor.value = graph_[id].type;
      tensor.dims.clear();
    }
    return tensor;
  };
  find_readers();
  given_.assign(graph_.outputs.size(), kNone);
  want_halos();
  find_homes();
  begin_values();
  for (size_t i = 0; i < graph_.inputs.size(); ++i) {
    const ValueId id = graph_.inputs[i];
    plan_.inputs.push_back(describe_tensor(id));
    if (is_passed_as_value(id)) continue;
    const Stored stored = is_dynamic(id) ? new_region(id) : new_plain(id);
    buffers_[stored.buffer].space = PlanPlace::Space::Input;
    buffers_[stored.buffer].index = static_cast<int>(i);
    stored_[id].push_back(stored);
    for (const int64_t size : dims(id))
      if (is_slot(size)) set_slot_known(size);
  }
  check_given_sizes();
  HONE_RETURN_IF_ERROR(compute_sizes());
  for (size_t i = 0; i < graph_.inputs.size(); ++i)
    if (is_passed_as_value(graph_.inputs[i]))
      HONE_RETURN_IF_ERROR(take_input(static_cast<int>(i)));
  for (const ValueId id : graph_.outputs)
    plan_.outputs.push_back(describe_tensor(id));
  // All that cannot be compiled is named at once.
  std::vector<std::string> refused;
  size_t next_mark = 0;
  const auto pass_marks = [&](size_t node) -> Status {
    for (; refused.empty() && next_mark < marks_.size() &&
           marks_[next_mark].node <= static_cast<int>(node);
         ++next_mark) {
      const Status status = lower_mark(static_cast<int>(next_mark));
      if (status.ok()) continue;
      if (status.error().kind != ErrorKind::Unsupported) return status;
      refused.push_back(status.error().message);
    }
    return {};
  };
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
    HONE_RETURN_IF_ERROR(pass_marks(i));
    if (done_[i]) continue;
    // Behind a node that was refused nothing can be said.
    if (!refused.empty() &&
        !std::ranges::all_of(graph_.nodes[i].inputs, [&](ValueId input) {
          return input == kNone || is_stored(input);
        }))
      continue;
    const Status status = lower(static_cast<int>(i));
    if (status.ok()) continue;
    if (status.error().kind != ErrorKind::Unsupported) return status.error();
    refused.push_back(status.error().message);
  }
  HONE_RETURN_IF_ERROR(pass_marks(graph_.nodes.size()));
  if (!refused.empty())
    return Error(ErrorKind::Unsupported, join(refused, "\n"));
  HONE_RETURN_IF_ERROR(give_outputs());
  end_values();
  place_buffers();
  HONE_RETURN_IF_ERROR(plan_.weights.status());
  plan_.slots = static_cast<int>(slots_.size());
  return std::move(plan_);
}

Result<Plan> make_plan(const Graph& graph, const PlanTarget& target) {
  HONE_ASSIGN_OR_RETURN(const Graph split, split_text_casts(graph));
  HONE_ASSIGN_OR_RETURN(const FlatGraph flat, flatten_control(split));
  HONE_ASSIGN_OR_RETURN(Plan plan,
                        Planner(flat.graph, flat.marks, target).run());
  // What stands in bodies has no id in the caller's graph.
  std::erase_if(plan.probes, [&](const PlanProbe& probe) {
    return index(probe.value) >= graph.values.size();
  });
  return plan;
}

}  // namespace hone::tensor
