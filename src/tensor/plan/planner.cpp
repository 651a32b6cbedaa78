// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/planner.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "tensor/plan/lower.h"
#include "tensor/plan/place_buffers.h"

namespace hone::tensor {

namespace {

// Below this a step costs less than waking a thread.
constexpr double kParallelFlops = 400e3;
constexpr double kParallelBytes = 256e3;
// runtime/model/program.h.
constexpr size_t kMostPlaces = 16, kMostSizes = 46, kMostTensors = 60;

constexpr int64_t kAlign = 64;

}  // namespace

std::optional<Element> element_of(ElementType type) {
  switch (type) {
    case ElementType::F32:
      return Element::F32;
    case ElementType::I32:
      return Element::I32;
    case ElementType::I64:
      return Element::I64;
    case ElementType::U8:
    case ElementType::Bool:
      return Element::U8;
    default:
      return {};
  }
}

Planner::Planner(const Graph& graph, const PlanTarget& target)
    : graph_(graph), target_(target), done_(graph.nodes.size()) {}

// --- Facts about values ------------------------------------------------------

const std::vector<int64_t>& Planner::dims(ValueId id) const {
  return dims_[index(id)];
}

int64_t Planner::elements(ValueId id) const {
  int64_t count = 1;
  for (const int64_t dim : dims(id)) count *= dim;
  return count;
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
}

// --- Where values stand ------------------------------------------------------

bool Planner::is_stored(ValueId id) const {
  return stored_.contains(id) || constant(id) != nullptr;
}

bool Planner::is_blocked(ValueId id) const {
  const auto found = stored_.find(id);
  if (found == stored_.end()) return false;
  return std::ranges::any_of(found->second, [](const Stored& s) {
    return s.layout.kind == Layout::Kind::Blocked;
  });
}

int Planner::new_buffer(int64_t bytes) {
  buffers_.push_back({.bytes = bytes});
  return static_cast<int>(buffers_.size() - 1);
}

Stored Planner::new_plain(ValueId id) {
  const Element element =
      element_of(graph_[id].type.element.value_or(ElementType::F32))
          .value_or(Element::F32);
  const int64_t bytes = elements(id) * element_bytes(element);
  const Stored stored = {.buffer = new_buffer(bytes),
                         .layout = {.width = elements(id)},
                         .element = element};
  for (size_t i = 0; i < graph_.outputs.size(); ++i)
    if (graph_.outputs[i] == id) {
      buffers_[stored.buffer].space = PlanPlace::Space::Output;
      buffers_[stored.buffer].index = static_cast<int>(i);
      break;
    }
  return stored;
}

Stored Planner::new_blocked(ValueId id) {
  const auto home = homes_.find(id);
  if (home != homes_.end() && !is_blocked(id)) {
    const Stored part = part_of_whole(home->second, id);
    if (covers(part.layout.halo, wanted_[index(id)])) return part;
  }
  const std::vector<int64_t>& d = dims(id);
  const Layout layout = {.kind = Layout::Kind::Blocked,
                         .images = d[0],
                         .channels = d[1],
                         .height = d[2],
                         .width = d[3],
                         .halo = wanted_[index(id)]};
  const Stored stored = {.buffer = new_buffer(layout.size() * 4),
                         .layout = layout};
  clear_halo(stored, node_name_);
  return stored;
}

void Planner::define(ValueId id, const Stored& stored) {
  stored_[id].push_back(stored);
  plan_.probes.push_back({.value = id,
                          .step = static_cast<int>(plan_.steps.size()) - 1,
                          .layout = stored.layout});
  probe_buffers_.push_back(stored.buffer);
}

void Planner::alias(ValueId id, const Stored& stored) {
  stored_[id].push_back(stored);
}

View Planner::view(const Stored& stored, std::span<const int64_t> dims) const {
  View view = {.buffer = stored.buffer,
               .dims = {dims.begin(), dims.end()},
               .strides = std::vector<int64_t>(dims.size(), 1)};
  int64_t stride = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    view.strides[i] = stride;
    stride *= dims[i];
  }
  return view;
}

Stored Planner::store_plain_constant(ValueId id) {
  const Literal& literal = *constant(id);
  const auto bytes = literal.bytes();
  const Stored stored = {
      .buffer = add_weight_bytes(std::string(
          reinterpret_cast<const char*>(bytes.data()), bytes.size())),
      .layout = {.width = elements(id)},
      .element = element_of(literal.type()).value_or(Element::F32)};
  stored_[id].push_back(stored);
  return stored;
}

// --- Steps -------------------------------------------------------------------

int Planner::add_kernel(VectorKernel kernel) {
  const std::string hash = kernel_hash(kernel).hex();
  const auto [found, is_new] =
      kernels_.try_emplace(hash, static_cast<int>(plan_.kernels.size()));
  if (is_new) plan_.kernels.push_back(std::move(kernel));
  return found->second;
}

bool Planner::has_kernel(const std::string& hash) const {
  return kernels_.contains(hash);
}

bool Planner::is_rejected(const std::string& hash) const {
  return std::ranges::find(target_.rejected, hash) != target_.rejected.end();
}

int Planner::add_weight_bytes(std::string bytes) {
  const std::string hash = hash_bytes(bytes).hex();
  const auto found = weights_.find(hash);
  if (found != weights_.end()) return found->second;
  plan_.weights.resize((plan_.weights.size() + kAlign - 1) / kAlign * kAlign);
  buffers_.push_back({.space = PlanPlace::Space::Weights,
                      .bytes = static_cast<int64_t>(bytes.size()),
                      .offset = static_cast<int64_t>(plan_.weights.size())});
  plan_.weights += bytes;
  const int buffer = static_cast<int>(buffers_.size() - 1);
  weights_.emplace(hash, buffer);
  return buffer;
}

int Planner::add_weights(std::span<const float> numbers) {
  return add_weight_bytes(
      std::string(reinterpret_cast<const char*>(numbers.data()),
                  numbers.size() * sizeof(float)));
}

void Planner::add_step(int kernel, Step step) {
  HONE_CHECK(step.pointers.size() <= kMostPlaces &&
             step.sizes.size() <= kMostSizes);
  const VectorKernel& code = plan_.kernels[kernel];
  HONE_CHECK(code.pointers.size() == step.pointers.size() &&
             code.sizes == static_cast<int>(step.sizes.size()) + 2);
  PlanStep planned = {
      .kernel = kernel,
      .sizes = std::move(step.sizes),
      .tasks = step.tasks,
      .parallel = step.tasks > 1 && (step.flops >= kParallelFlops ||
                                     step.bytes >= kParallelBytes),
      .node = node_name_,
      .flops = step.flops,
      .bytes = step.bytes};
  std::vector<int> buffers;
  for (size_t i = 0; i < step.pointers.size(); ++i) {
    const At& at = step.pointers[i];
    planned.places.push_back(
        {.offset = at.element * element_bytes(code.pointers[i].element)});
    buffers.push_back(at.buffer);
  }
  plan_.steps.push_back(std::move(planned));
  step_buffers_.push_back(std::move(buffers));
}

// --- All of it ---------------------------------------------------------------

Status Planner::lower(int node) {
  const Node& n = graph_.nodes[node];
  node_name_ = n.name;
  for (const ValueId output : n.outputs)
    if (node_name_.empty() && output != kNone)
      node_name_ = fmt::format("{} {}", name_of(n.op), graph_[output].name);
  return lower_node(*this, node);
}

Status Planner::give_outputs() {
  node_name_ = "outputs";
  for (size_t i = 0; i < graph_.outputs.size(); ++i) {
    const ValueId id = graph_.outputs[i];
    HONE_ASSIGN_OR_RETURN(const Stored from, plain(id));
    const PlanBuffer& buffer = buffers_[from.buffer];
    if (buffer.space == PlanPlace::Space::Output &&
        buffer.index == static_cast<int>(i))
      continue;
    Stored to = from;
    to.buffer = new_buffer(buffer.bytes);
    buffers_[to.buffer].space = PlanPlace::Space::Output;
    buffers_[to.buffer].index = static_cast<int>(i);
    add_copy(graph_[id].name, from.element, view(to, dims(id)),
             view(from, dims(id)));
  }
  return {};
}

void Planner::place_buffers() {
  plan_.memory = tensor::place_buffers(buffers_, step_buffers_);
  const auto place = [&](int id, PlanPlace& place) {
    const PlanBuffer& buffer = buffers_[id];
    place.space = buffer.space;
    place.index = buffer.index;
    place.offset += buffer.offset;
  };
  for (size_t i = 0; i < plan_.steps.size(); ++i)
    for (size_t k = 0; k < step_buffers_[i].size(); ++k)
      place(step_buffers_[i][k], plan_.steps[i].places[k]);
  for (size_t i = 0; i < plan_.probes.size(); ++i)
    place(probe_buffers_[i], plan_.probes[i].place);
}

Result<Plan> Planner::run() {
  for (const Value& value : graph_.values) {
    std::optional<std::vector<int64_t>> sizes;
    if (value.type.is_tensor() && value.type.shape)
      sizes = static_dims(*value.type.shape);
    dims_.push_back(sizes.value_or(std::vector<int64_t>{-1}));
  }
  if (graph_.inputs.size() + graph_.outputs.size() > kMostTensors)
    return Error(ErrorKind::Unsupported,
                 fmt::format("the model has more than {} inputs and outputs",
                             kMostTensors));
  const auto describe_tensor = [&](ValueId id) {
    return PlanTensor{graph_[id].name,
                      graph_[id].type.element.value_or(ElementType::F32),
                      dims(id)};
  };
  find_readers();
  want_halos();
  find_homes();
  for (size_t i = 0; i < graph_.inputs.size(); ++i) {
    const ValueId id = graph_.inputs[i];
    const Stored stored = new_plain(id);
    buffers_[stored.buffer].space = PlanPlace::Space::Input;
    buffers_[stored.buffer].index = static_cast<int>(i);
    stored_[id].push_back(stored);
    plan_.inputs.push_back(describe_tensor(id));
  }
  for (const ValueId id : graph_.outputs)
    plan_.outputs.push_back(describe_tensor(id));
  // All that cannot be compiled is named at once.
  std::vector<std::string> refused;
  for (size_t i = 0; i < graph_.nodes.size(); ++i) {
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
  if (!refused.empty())
    return Error(ErrorKind::Unsupported, join(refused, "\n"));
  HONE_RETURN_IF_ERROR(give_outputs());
  place_buffers();
  return std::move(plan_);
}

Result<Plan> make_plan(const Graph& graph, const PlanTarget& target) {
  return Planner(graph, target).run();
}

}  // namespace hone::tensor
