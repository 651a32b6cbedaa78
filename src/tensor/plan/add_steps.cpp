// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels, weights and steps, as lowerings give them to the plan.
#include "tensor/plan/planner.h"

namespace hone::tensor {

namespace {

// Below this a step costs less than waking a thread.
constexpr double kParallelFlops = 400e3;
constexpr double kParallelBytes = 256e3;
// runtime/model/program.h.
constexpr size_t kMostPlaces = 32, kMostSizes = 126;

constexpr int64_t kAlign = 64;

}  // namespace

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
  // Steps that compute sizes come first.
  PlanStep planned = {.kernel = kernel,
                      .tasks = number(step.tasks),
                      .repeats = number(step.repeats),
                      .parallel = estimate(step.tasks * step.repeats) > 1 &&
                                  (step.flops >= kParallelFlops ||
                                   step.bytes >= kParallelBytes),
                      .node = node_name_,
                      .flops = step.flops,
                      .bytes = step.bytes};
  for (const Dim& size : step.sizes) planned.sizes.push_back(number(size));
  std::vector<int> buffers;
  for (size_t i = 0; i < step.pointers.size(); ++i) {
    const At& at = step.pointers[i];
    const int64_t bytes = element_bytes(code.pointers[i].element);
    const auto [whole, within] = whole_of(at.buffer);
    planned.places.push_back(
        {.offset = number(within + at.element * bytes),
         .stride = planned.repeats == 1 ? 0 : number(at.stride * bytes)});
    buffers.push_back(whole);
  }
  plan_.steps.push_back(std::move(planned));
  step_buffers_.push_back(std::move(buffers));
}

}  // namespace hone::tensor
