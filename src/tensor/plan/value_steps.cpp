// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/value_steps.h"

#include <algorithm>
#include <cstring>

namespace hone::tensor {

namespace {

// The sizes of hone_values_box and the like (HONE_FORM_* of the runtime).
std::vector<int64_t> numbers_of(ElementType type, bool grows,
                                const std::vector<int64_t>& dims,
                                const std::vector<int64_t>& writes) {
  std::vector<int64_t> numbers = {runtime_type(type), grows ? 1 : 0,
                                  static_cast<int64_t>(dims.size())};
  numbers.insert(numbers.end(), writes.begin(), writes.end());
  numbers.insert(numbers.end(), dims.begin(), dims.end());
  return numbers;
}

ElementType element_type(const Planner& planner, ValueId id) {
  return planner.graph()[id].type.element.value_or(ElementType::F32);
}

// A type as hone_values_take() reads it: hone_kinds from the outermost in, then
// the elements' hone_type.
std::vector<int64_t> kinds_of(const Type& type) {
  constexpr int64_t kTensor = 0, kSequence = 1, kNothing = 2, kAny = -1;
  std::vector<int64_t> kinds;
  for (const Wrap wrap : type.wraps)
    kinds.push_back(wrap == Wrap::Sequence ? kSequence : kNothing);
  kinds.push_back(kTensor);
  kinds.push_back(type.element ? runtime_type(*type.element) : kAny);
  return kinds;
}

// Of values that somebody makes or reads: passes leave others behind.
bool has_text(const Graph& graph) {
  const auto is_text = [&graph](ValueId id) {
    if (id == kNone) return false;
    const Type& type = graph[id].type;
    return type.element == ElementType::Str || !type.is_tensor() || !type.shape;
  };
  return std::ranges::any_of(graph.inputs, is_text) ||
         std::ranges::any_of(graph.outputs, is_text) ||
         std::ranges::any_of(graph.nodes, [&](const Node& node) {
           return std::ranges::any_of(node.inputs, is_text) ||
                  std::ranges::any_of(node.outputs, is_text);
         });
}

}  // namespace

int64_t runtime_type(ElementType type) {
  switch (type) {
    case ElementType::F32:
      return 0;
    case ElementType::I32:
      return 1;
    case ElementType::I64:
      return 2;
    case ElementType::Bool:
    case ElementType::U8:
      return 3;
    case ElementType::F64:
      return 4;
    case ElementType::I8:
      return 5;
    case ElementType::I16:
      return 6;
    case ElementType::U16:
      return 7;
    case ElementType::U32:
      return 8;
    case ElementType::U64:
      return 9;
    case ElementType::F16:
      return 10;
    case ElementType::BF16:
      return 11;
    case ElementType::I4:
    case ElementType::U4:
    case ElementType::F4E2M1:
      return 13;
    case ElementType::I2:
    case ElementType::U2:
      return 14;
    case ElementType::Str:
      return 15;
    default:
      return 12;
  }
}

// --- Of the planner ----------------------------------------------------------

bool Planner::is_boxed(ValueId id) const {
  const Type& type = graph_[id].type;
  return !type.is_tensor() || !type.shape;
}

bool Planner::is_passed_as_value(ValueId id) const {
  return is_boxed(id) || graph_[id].type.element == ElementType::Str;
}

Stored Planner::new_value() {
  buffers_.push_back(
      {.space = PlanPlace::Space::Value, .index = plan_.values++});
  return {.buffer = static_cast<int>(buffers_.size()) - 1};
}

int Planner::new_passed_value(PlanPlace::Space space, int index) {
  buffers_.push_back({.space = space, .index = index});
  return static_cast<int>(buffers_.size()) - 1;
}

void Planner::add_value_step(std::string symbol, std::vector<int> buffers,
                             std::vector<int64_t> sizes, bool is_call) {
  PlanStep step = {.kernel = is_call ? PlanStep::kCall : PlanStep::kValue,
                   .symbol = std::move(symbol),
                   .sizes = std::move(sizes),
                   .node = node_name_};
  for (int& buffer : buffers) {
    if (buffer < 0) {  // known at the end
      step.places.push_back({});
      continue;
    }
    const auto [whole, within] = whole_of(buffer);
    step.places.push_back({.offset = number(within)});
    buffer = whole;
  }
  if (is_call) plan_.called.push_back(node_name_);
  plan_.steps.push_back(std::move(step));
  step_buffers_.push_back(std::move(buffers));
}

int64_t Planner::text_number(const std::string& text) {
  if (text.empty()) return 0;
  return texts_.emplace(text, static_cast<int64_t>(texts_.size()) + 1)
      .first->second;
}

// The first step forgets what the run before left; what it reads is known at
// the end only.
void Planner::begin_values() {
  const bool calls = std::ranges::any_of(graph_.nodes, [&](const Node& node) {
    return can_be_called(node.op, false) || works_on_values(*this, node);
  });
  if (!calls && !has_text(graph_)) return;
  begin_step_ = static_cast<int>(plan_.steps.size());
  node_name_ = "values";
  add_value_step("hone_values_begin", {-1}, {0});
}

void Planner::end_values() {
  if (begin_step_ < 0) return;
  std::vector<std::string_view> texts(texts_.size());
  for (const auto& [text, number] : texts_) texts[number - 1] = text;
  std::vector<int64_t> lengths = {static_cast<int64_t>(texts.size())};
  for (const std::string_view text : texts)
    lengths.push_back(static_cast<int64_t>(text.size()));
  std::string bytes(reinterpret_cast<const char*>(lengths.data()),
                    lengths.size() * sizeof(int64_t));
  for (const std::string_view text : texts) bytes += text;
  plan_.steps[begin_step_].sizes = {plan_.values};
  const int buffer = add_weight_bytes(std::move(bytes));
  plan_.steps[begin_step_].places[0].offset = number(whole_of(buffer).second);
  step_buffers_[begin_step_] = {buffer};
}

Status Planner::take_input(int number) {
  const ValueId id = graph_.inputs[number];
  node_name_ = graph_[id].name;
  const Stored value = new_value();
  add_value_step(
      "hone_values_take",
      {new_passed_value(PlanPlace::Space::Input, number), value.buffer},
      kinds_of(graph_[id].type));
  if (!is_boxed(id)) return define_from_value(*this, id, value.buffer);
  define(id, value);
  return {};
}

Status Planner::give_value(int number) {
  HONE_ASSIGN_OR_RETURN(const int buffer, boxed(*this, graph_.outputs[number]));
  add_value_step("hone_values_give",
                 {buffer, new_passed_value(PlanPlace::Space::Output, number)},
                 {});
  return {};
}

// --- Between tensors and values
// ------------------------------------------------

Result<TensorForm> form_of_input(Planner& planner, ValueId id) {
  TensorForm form;
  HONE_ASSIGN_OR_RETURN(form.stored, planner.plain(id));
  const std::vector<int64_t>& dims = planner.dims(id);
  form.numbers = numbers_of(element_type(planner, id), false, dims,
                            std::vector<int64_t>(dims.size(), 0));
  return form;
}

std::vector<int64_t> written_form(const Planner& planner, ValueId id) {
  const std::vector<int64_t>& dims = planner.dims(id);
  std::vector<int64_t> writes;
  for (size_t d = 0; d < dims.size(); ++d)
    writes.push_back(is_slot(dims[d]) && !planner.is_slot_known(dims[d]) &&
                     std::find(dims.begin(), dims.begin() + d, dims[d]) ==
                         dims.begin() + d);
  return numbers_of(element_type(planner, id), has_slot(dims), dims, writes);
}

TensorForm form_of_output(Planner& planner, ValueId id) {
  return {.stored = planner.is_dynamic(id) ? planner.new_region(id)
                                           : planner.new_plain(id),
          .numbers = written_form(planner, id)};
}

Status define_written(Planner& planner, ValueId id, const TensorForm& form) {
  for (const int64_t size : planner.dims(id))
    if (is_slot(size)) planner.set_slot_known(size);
  planner.define(id, form.stored);
  return planner.compute_sizes();
}

Result<int> boxed(Planner& planner, ValueId id) {
  if (planner.is_boxed(id)) {
    HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(id));
    return stored.buffer;
  }
  HONE_ASSIGN_OR_RETURN(const TensorForm form, form_of_input(planner, id));
  const Stored value = planner.new_value();
  planner.add_value_step("hone_values_box", {form.stored.buffer, value.buffer},
                         form.numbers);
  return value.buffer;
}

Status define_from_value(Planner& planner, ValueId id, int buffer) {
  const TensorForm form = form_of_output(planner, id);
  planner.add_value_step("hone_values_unbox", {buffer, form.stored.buffer},
                         form.numbers);
  return define_written(planner, id, form);
}

Status copy_boxed(Planner& planner, ValueId from, const Stored& to) {
  HONE_ASSIGN_OR_RETURN(const int buffer, boxed(planner, from));
  planner.add_value_step("hone_values_move", {buffer, to.buffer}, {});
  return {};
}

// --- Attributes
// ----------------------------------------------------------------

CallAttributes::CallAttributes(std::string_view node) {
  add("node", std::vector{std::string(node) + '\0'});
}

void CallAttributes::add_bytes(std::string_view bytes) {
  const size_t at = words_.size();
  words_.resize(at + (bytes.size() + 7) / 8);
  if (!bytes.empty()) std::memcpy(&words_[at], bytes.data(), bytes.size());
}

void CallAttributes::begin(std::string_view name, int64_t kind, size_t count) {
  ++count_;
  // The name with a zero behind it.
  words_.insert(words_.end(), {kind, static_cast<int64_t>(count),
                               static_cast<int64_t>(name.size() / 8 + 1)});
  add_bytes(std::string(name) + '\0');
}

void CallAttributes::add(std::string_view name,
                         const std::vector<int64_t>& ints) {
  begin(name, 0, ints.size());
  words_.insert(words_.end(), ints.begin(), ints.end());
}

void CallAttributes::add(std::string_view name,
                         const std::vector<float>& floats) {
  begin(name, 1, floats.size());
  add_bytes({reinterpret_cast<const char*>(floats.data()),
             floats.size() * sizeof(float)});
}

void CallAttributes::add(std::string_view name,
                         const std::vector<std::string>& texts) {
  begin(name, 2, texts.size());
  for (const std::string& text : texts) {
    words_.push_back(static_cast<int64_t>(text.size()));
    add_bytes(text);
  }
}

void CallAttributes::add(std::string_view name, const Literal& constant) {
  begin(name, 3, 1);
  words_.insert(words_.end(), {runtime_type(constant.type()),
                               static_cast<int64_t>(constant.dims().size())});
  words_.insert(words_.end(), constant.dims().begin(), constant.dims().end());
  add_bytes({reinterpret_cast<const char*>(constant.bytes().data()),
             constant.bytes().size()});
}

std::string CallAttributes::bytes() const {
  std::string bytes(reinterpret_cast<const char*>(&count_), sizeof count_);
  bytes.append(reinterpret_cast<const char*>(words_.data()),
               words_.size() * sizeof(int64_t));
  return bytes;
}

}  // namespace hone::tensor
