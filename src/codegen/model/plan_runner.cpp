// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/model/plan_runner.h"

#include <cstring>

namespace hone::codegen {

using tensor::Layout;
using tensor::Plan;
using tensor::PlanPlace;
using tensor::PlanProbe;
using tensor::PlanStep;

namespace {

// So that vectors of the arena never straddle lines of the cache.
constexpr size_t kAlign = 64;

}  // namespace

PlanRunner::PlanRunner(const Plan& plan, Jit jit,
                       std::vector<KernelFunction> kernels)
    : plan_(&plan),
      jit_(std::move(jit)),
      kernels_(std::move(kernels)),
      memory_(plan.memory + plan.weights.size() + 2 * kAlign) {
  std::memcpy(address({.space = PlanPlace::Space::Weights}),
              plan_->weights.data(), plan_->weights.size());
}

Result<PlanRunner> PlanRunner::make(const BuiltModel& model) {
  const PlanFor& plan = model.plans[0];
  HONE_ASSIGN_OR_RETURN(const CpuTarget native, find_target("native"));
  if (plan.target.triple != native.triple ||
      plan.target.vector_bytes > native.vector_bytes ||
      plan.target.vector_registers > native.vector_registers ||
      (plan.target.fused && !native.fused) ||
      (plan.target.dots && !native.dots))
    return Error(ErrorKind::Unsupported,
                 "code for " + plan.target.cpu + " does not run here");
  HONE_ASSIGN_OR_RETURN(Jit jit, Jit::load(model.kernels));
  std::vector<KernelFunction> kernels;
  for (const tensor::VectorKernel& kernel : plan.plan.kernels) {
    HONE_ASSIGN_OR_RETURN(const KernelFunction function,
                          jit.find(kernel_symbol(plan.level, kernel)));
    kernels.push_back(function);
  }
  return PlanRunner(plan.plan, std::move(jit), std::move(kernels));
}

std::byte* PlanRunner::address(const PlanPlace& place) const {
  const auto start = reinterpret_cast<uintptr_t>(memory_.data());
  auto* const arena =
      reinterpret_cast<std::byte*>((start + kAlign - 1) / kAlign * kAlign);
  std::byte* base = nullptr;
  switch (place.space) {
    case PlanPlace::Space::Arena:
      base = arena;
      break;
    case PlanPlace::Space::Weights:
      base = arena + plan_->memory;
      break;
    case PlanPlace::Space::Input:
      base = static_cast<std::byte*>(const_cast<void*>(inputs_[place.index]));
      break;
    case PlanPlace::Space::Output:
      base = static_cast<std::byte*>(outputs_[place.index]);
      break;
  }
  return base + place.offset;
}

bool PlanRunner::run(std::span<const void* const> inputs,
                     std::span<void* const> outputs,
                     const std::function<void(int)>& after) {
  inputs_ = inputs;
  outputs_ = outputs;
  for (size_t i = 0; i < plan_->steps.size(); ++i) {
    const PlanStep& step = plan_->steps[i];
    std::vector<void*> pointers;
    for (const PlanPlace& place : step.places)
      pointers.push_back(address(place));
    if (step.kernel < 0) {
      if (after) after(static_cast<int>(i));
      if (!pointers.empty() &&
          *static_cast<const unsigned char*>(pointers[0]) != 0)
        continue;
      if (step.target == PlanStep::kFail) return false;
      i = static_cast<size_t>(step.target) - 1;
      continue;
    }
    std::vector<int64_t> sizes = {0, step.tasks};
    sizes.insert(sizes.end(), step.sizes.begin(), step.sizes.end());
    kernels_[step.kernel](pointers.data(), sizes.data());
    if (after) after(static_cast<int>(i));
  }
  return true;
}

namespace {

// The elements of a layout with channels in blocks or planes, row-major.
template <typename T>
std::vector<T> gather(const T* from, const Layout& l) {
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

std::vector<std::byte> PlanRunner::read_bytes(const PlanProbe& probe,
                                              int64_t count) const {
  const std::byte* const from = address(probe.place);
  if (probe.layout.kind != Layout::Kind::Plain)
    return gather(from, probe.layout);
  return {from, from + count};
}

std::vector<float> PlanRunner::read(const PlanProbe& probe,
                                    std::span<const int64_t> dims) const {
  int64_t count = 1;
  for (const int64_t dim : dims) count *= dim;
  const auto* const from = reinterpret_cast<const float*>(address(probe.place));
  if (probe.layout.kind != Layout::Kind::Plain)
    return gather(from, probe.layout);
  return {from, from + count};
}

}  // namespace hone::codegen
