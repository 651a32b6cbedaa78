// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Seeded inputs for a plan that is run in this process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tensor/interpreter/kernel.h"
#include "tensor/plan/plan.h"
#include "toolkit/value_memory.h"

namespace hone::toolkit {

// f32 from -1 to 1, integers 0 and 1. An integer that the graph compares with
// one constant has its value, so that a branch is taken that somebody wants:
// Silero VAD knows two rates of samples, and 0 and 1 are neither. Sizes that
// the model leaves open are 3, 4 and so on, one number for each symbol. Texts
// are words and numbers, sequences have two items, optionals a value.
std::vector<tensor::RunValue> random_inputs(const tensor::Plan& plan,
                                            const tensor::Graph& graph,
                                            uint64_t seed);

// Memory for the tensors and values of a plan, and pointers to it.
struct PlanMemory {
  std::vector<std::vector<std::byte>> storage;
  std::vector<const void*> inputs;
  std::vector<void*> outputs;
  std::vector<std::vector<int64_t>> input_dims;
  ValueMemory values;
};
PlanMemory plan_memory(const tensor::Plan& plan,
                       const std::vector<tensor::RunValue>& inputs);

}  // namespace hone::toolkit
