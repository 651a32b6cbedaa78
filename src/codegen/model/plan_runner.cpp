// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/model/plan_runner.h"

#include <algorithm>
#include <cstring>

#include "runtime/model/program.h"
#include "runtime/runtime_files.h"
#include "tensor/custom_operators.h"

namespace hone::codegen {

using runtime::object_of;
using runtime::Part;
using tensor::LayoutKind;
using tensor::Plan;
using tensor::PlanLayout;
using tensor::PlanPlace;
using tensor::PlanProbe;
using tensor::PlanStep;
using tensor::SizeOp;

namespace {

// So that vectors of the arena never straddle lines of the cache.
constexpr size_t kAlign = 64;

// What a symbol really is: the JIT knows one type of functions.
template <typename F>
F as(KernelFunction function) {
  return reinterpret_cast<F>(reinterpret_cast<void (*)()>(function));
}

Result<std::vector<std::string>> compile_kernels_of(const PlanFor& plan,
                                                    const CpuTarget& target) {
  std::vector<NamedKernel> kernels;
  for (const tensor::VectorKernel& kernel : plan.plan.kernels)
    kernels.push_back({kernel_symbol(plan.level, kernel), kernel});
  HONE_ASSIGN_OR_RETURN(MachineCode code, compile_kernels(kernels, target));
  return std::vector<std::string>{std::move(code.object)};
}

}  // namespace

PlanRunner::PlanRunner(const Plan& plan, const tensor::PackedWeights& packed,
                       Jit jit, std::vector<KernelFunction> kernels,
                       Weights weights)
    : plan_(&plan),
      packed_(&packed),
      jit_(std::move(jit)),
      kernels_(std::move(kernels)),
      is_shared_(weights == Weights::Shared),
      memory_(plan.memory + (is_shared_ ? 0 : packed.bytes().size()) +
              2 * kAlign),
      slots_(plan.slots + 1),
      regions_(plan.regions + plan.outputs.size()),
      values_(nullptr, nullptr) {
  if (!is_shared_)
    std::memcpy(address({.space = PlanPlace::Space::Weights}),
                packed_->bytes().data(), packed_->bytes().size());
}

Result<PlanRunner> PlanRunner::make(const BuiltModel& model, Weights weights) {
  HONE_ASSIGN_OR_RETURN(const CpuTarget native, find_target("native"));
  const auto found = std::ranges::find_if(
      model.plans,
      [&](const PlanFor& plan) { return runs_on(plan.target, native); });
  const bool runs_here = found != model.plans.end();
  const PlanFor& plan = runs_here ? *found : model.plans[0];
  std::vector<std::string> objects = model.kernels;
  if (!runs_here) {
    HONE_ASSIGN_OR_RETURN(objects, compile_kernels_of(plan, native));
  }
  std::map<std::string, const void*> known;
  if (plan.plan.has_values()) objects.emplace_back(object_of(Part::Values));
  if (!plan.plan.called.empty()) objects.emplace_back(object_of(Part::Text));
  for (const PlanStep& step : plan.plan.steps)
    if (const auto* custom = tensor::find_custom_symbol(step.symbol))
      known.emplace(step.symbol, custom->address);
  HONE_ASSIGN_OR_RETURN(Jit jit, Jit::load(objects, known));
  std::vector<KernelFunction> kernels;
  for (const tensor::VectorKernel& kernel : plan.plan.kernels) {
    HONE_ASSIGN_OR_RETURN(const KernelFunction function,
                          jit.find(kernel_symbol(plan.level, kernel)));
    kernels.push_back(function);
  }
  PlanRunner runner(plan.plan, model.plans[0].plan.weights, std::move(jit),
                    std::move(kernels), weights);
  runner.runs_own_code_ = runs_here;
  HONE_RETURN_IF_ERROR(runner.find_functions(plan.plan));
  return runner;
}

Status PlanRunner::find_functions(const Plan& plan) {
  if (!plan.has_values()) return {};
  std::vector<std::string> names = {"hone_call_operator", "hone_values_free"};
  for (const PlanStep& step : plan.steps)
    if (step.kernel <= PlanStep::kValue) names.push_back(step.symbol);
  for (const std::string& name : names) {
    if (functions_.contains(name)) continue;
    HONE_ASSIGN_OR_RETURN(functions_[name], jit_.find(name));
  }
  values_ = {nullptr,
             as<void (*)(hone_values*)>(functions_.at("hone_values_free"))};
  return {};
}

namespace {

// The runner as C sees it, and what its memory that grows is.
struct ValueFrame : hone_frame {
  std::function<bool(int64_t space, size_t bytes)> grow;
};

hone_status reserve_space(hone_frame* frame, int64_t space, size_t bytes) {
  return static_cast<ValueFrame*>(frame)->grow(space, bytes) ? HONE_OK
                                                             : HONE_NO_MEMORY;
}

}  // namespace

Status PlanRunner::do_values(const PlanStep& step) {
  constexpr size_t kMost = size_t{1} << 37;
  std::map<int64_t, PlanPlace> spaces;  // of this step, by number
  std::vector<hone_place> places;
  int64_t last =
      space_number({.space = PlanPlace::Space::Slots}, *plan_) + plan_->regions;
  std::vector<unsigned char*> starts(last + 1);
  for (PlanPlace place : step.places) {
    const int64_t number = space_number(place, *plan_);
    places.push_back({number, place.space == PlanPlace::Space::Value
                                  ? place.index
                                  : place.offset});
    if (number < 0) continue;
    place.offset = 0;
    spaces[number] = place;
    starts[number] = reinterpret_cast<unsigned char*>(address(place));
  }
  ValueFrame frame;
  hone_values* values = values_.get();
  frame.spaces = starts.data();
  frame.slots = slots_.data();
  frame.values = &values;
  frame.reserve = reserve_space;
  frame.message[0] = 0;
  frame.memory = nullptr;
  frame.grow = [&](int64_t space, size_t bytes) {
    if (bytes > kMost) return false;
    std::vector<std::byte>& memory = room(spaces.at(space));
    if (memory.size() < bytes + kAlign) memory.resize(bytes + kAlign);
    starts[space] = reinterpret_cast<unsigned char*>(memory.data());
    return true;
  };
  const KernelFunction function = functions_.at(step.symbol);
  hone_status status;
  if (step.kernel == PlanStep::kCall)
    status =
        as<decltype(hone_program::call)>(functions_.at("hone_call_operator"))(
            &frame, function, places.data(), step.sizes.data());
  else
    status =
        as<hone_value_step>(function)(&frame, places.data(), step.sizes.data());
  if (values_.get() != values) {
    (void)values_.release();
    values_.reset(values);
  }
  if (status == HONE_OK) return {};
  return Error(ErrorKind::Rejected,
               step.node + ": " +
                   (frame.message[0] != 0
                        ? std::string(frame.message)
                        : "a value, its sizes or a position do not fit"));
}

bool PlanRunner::grows(const PlanPlace& place) const {
  return place.space == PlanPlace::Space::Region ||
         (place.space == PlanPlace::Space::Output &&
          tensor::has_slot(plan_->outputs[place.index].dims));
}

std::vector<std::byte>& PlanRunner::room(const PlanPlace& place) {
  return regions_[place.space == PlanPlace::Space::Output
                      ? plan_->regions + place.index
                      : place.index];
}

std::byte* PlanRunner::address(const PlanPlace& place) const {
  const int64_t offset = number(place.offset);
  if (grows(place))
    return const_cast<PlanRunner*>(this)->room(place).data() + offset;
  const auto start = reinterpret_cast<uintptr_t>(memory_.data());
  auto* const arena =
      reinterpret_cast<std::byte*>((start + kAlign - 1) / kAlign * kAlign);
  std::byte* base = nullptr;
  switch (place.space) {
    case PlanPlace::Space::Arena:
      base = arena;
      break;
    case PlanPlace::Space::Weights:
      base = is_shared_ ? reinterpret_cast<std::byte*>(
                              const_cast<char*>(packed_->bytes().data()))
                        : arena + plan_->memory;
      break;
    case PlanPlace::Space::Input:
      base = static_cast<std::byte*>(const_cast<void*>(inputs_[place.index]));
      break;
    case PlanPlace::Space::Output:
      base = static_cast<std::byte*>(outputs_[place.index]);
      break;
    case PlanPlace::Space::Slots:
      base = reinterpret_cast<std::byte*>(const_cast<int64_t*>(slots_.data()));
      break;
    case PlanPlace::Space::Region:
    case PlanPlace::Space::Value:
      break;
  }
  return base + offset;
}

int64_t PlanRunner::number(int64_t size) const {
  return tensor::is_slot(size) ? slots_[tensor::slot_of(size)] : size;
}

std::vector<int64_t> PlanRunner::sizes(const std::vector<int64_t>& dims) const {
  std::vector<int64_t> numbers = dims;
  for (int64_t& size : numbers) size = number(size);
  return numbers;
}

Status PlanRunner::compute(const PlanStep& step) {
  const int64_t a = number(step.sizes[1]), b = number(step.sizes[2]);
  int64_t& result = slots_[step.target];
  bool fails = false;
  switch (static_cast<SizeOp>(step.sizes[0])) {
    case SizeOp::Add:
      fails = __builtin_add_overflow(a, b, &result);
      break;
    case SizeOp::Sub:
      fails = __builtin_sub_overflow(a, b, &result);
      break;
    case SizeOp::Mul:
      fails = __builtin_mul_overflow(a, b, &result);
      break;
    case SizeOp::FloorDiv:
      fails = b == 0 || (a == INT64_MIN && b == -1);
      if (!fails) result = a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
      break;
    case SizeOp::Min:
      result = std::min(a, b);
      break;
    case SizeOp::Max:
      result = std::max(a, b);
      break;
    case SizeOp::Equal:
      fails = a != b;
      break;
  }
  if (fails)
    return Error(ErrorKind::InvalidArgument,
                 "the sizes of inputs contradict each other, or the model's");
  return {};
}

void PlanRunner::call(const PlanStep& step) {
  std::vector<int64_t> sizes = {0, number(step.tasks)};
  for (const int64_t size : step.sizes) sizes.push_back(number(size));
  std::vector<std::byte*> starts;
  for (const PlanPlace& place : step.places) starts.push_back(address(place));
  const int64_t repeats = number(step.repeats);
  for (int64_t turn = 0; turn < repeats && sizes[1] > 0; ++turn) {
    std::vector<void*> pointers;
    for (size_t i = 0; i < starts.size(); ++i)
      pointers.push_back(starts[i] + turn * number(step.places[i].stride));
    kernels_[step.kernel](pointers.data(), sizes.data());
  }
}

Status PlanRunner::take_sizes(
    std::span<const std::vector<int64_t>> input_dims) {
  slots_.assign(slots_.size(), -1);
  for (size_t i = 0; i < plan_->inputs.size(); ++i) {
    const std::vector<int64_t>& dims = plan_->inputs[i].dims;
    for (size_t d = 0; d < dims.size(); ++d) {
      if (!tensor::is_slot(dims[d])) continue;
      int64_t& slot = slots_[tensor::slot_of(dims[d])];
      HONE_CHECK(i < input_dims.size() && d < input_dims[i].size());
      if (slot >= 0 && slot != input_dims[i][d])
        return Error(ErrorKind::InvalidArgument,
                     "the sizes of inputs contradict each other");
      slot = input_dims[i][d];
    }
  }
  for (int64_t& slot : slots_) slot = std::max<int64_t>(slot, 0);
  return {};
}

Status PlanRunner::reserve(const PlanStep& step) {
  constexpr int64_t kMost = int64_t{1} << 40;
  int64_t bits = step.sizes[0];
  const std::vector<int64_t> dims =
      sizes({step.sizes.begin() + 1, step.sizes.end()});
  for (const int64_t size : dims)
    if (size < 0 || __builtin_mul_overflow(bits, size, &bits) || bits > kMost)
      return Error(ErrorKind::InvalidArgument,
                   step.node + ": a result of impossible sizes");
  std::vector<std::byte>& memory = room(step.places[0]);
  const size_t bytes = static_cast<size_t>(bits) / 8 + kAlign;
  if (memory.size() < bytes) memory.resize(bytes);
  return {};
}

Status PlanRunner::run(std::span<const void* const> inputs,
                       std::span<void* const> outputs,
                       const std::function<void(int)>& after,
                       std::span<const std::vector<int64_t>> input_dims) {
  inputs_ = inputs;
  outputs_ = outputs;
  if (plan_->slots > 0) HONE_RETURN_IF_ERROR(take_sizes(input_dims));
  for (size_t i = 0; i < plan_->steps.size(); ++i) {
    const PlanStep& step = plan_->steps[i];
    if (step.kernel == PlanStep::kReserve) {
      HONE_RETURN_IF_ERROR(reserve(step));
      if (after) after(static_cast<int>(i));
      continue;
    }
    if (step.kernel <= PlanStep::kValue) {
      HONE_RETURN_IF_ERROR(do_values(step));
      if (after) after(static_cast<int>(i));
      continue;
    }
    if (step.kernel == PlanStep::kCompute) {
      HONE_RETURN_IF_ERROR(compute(step));
      if (after) after(static_cast<int>(i));
      continue;
    }
    if (step.kernel == PlanStep::kJump) {
      if (after) after(static_cast<int>(i));
      if (!step.places.empty() && *address(step.places[0]) != std::byte{0})
        continue;
      if (step.target == PlanStep::kFail)
        return Error(ErrorKind::Rejected,
                     "a branch that contradicts the sizes given was taken");
      i = static_cast<size_t>(step.target) - 1;
      continue;
    }
    call(step);
    if (after) after(static_cast<int>(i));
  }
  return {};
}

namespace {

// The elements of a layout with channels in blocks or planes, row-major.
template <typename T>
std::vector<T> gather(const T* from, const PlanLayout& l) {
  std::vector<T> values;
  const int64_t lanes = l.pixel();
  for (int64_t n = 0; n < l.images; ++n)
    for (int64_t c = 0; c < l.channels; ++c)
      for (int64_t y = 0; y < l.height; ++y)
        for (int64_t x = 0; x < l.width; ++x)
          values.push_back(
              from[n * l.image() + c / lanes * l.plane() + l.inside() +
                   y * l.row() + x * lanes + c % lanes]);
  return values;
}

}  // namespace

PlanLayout PlanRunner::layout(const PlanProbe& probe) const {
  PlanLayout layout = probe.layout;
  for (int64_t* const size : {&layout.images, &layout.height, &layout.width})
    *size = number(*size);
  return layout;
}

std::vector<std::byte> PlanRunner::read_bytes(const PlanProbe& probe,
                                              int64_t count) const {
  const std::byte* const from = address(probe.place);
  if (probe.layout.kind != LayoutKind::Plain)
    return gather(from, layout(probe));
  return {from, from + count};
}

std::vector<float> PlanRunner::read(const PlanProbe& probe,
                                    std::span<const int64_t> dims) const {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  const auto* const from = reinterpret_cast<const float*>(address(probe.place));
  if (probe.layout.kind != LayoutKind::Plain)
    return gather(from, layout(probe));
  return {from, from + count};
}

}  // namespace hone::codegen
