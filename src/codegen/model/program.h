// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The constant data of a compiled model (runtime/model/program.h): tables of
// steps, one set for each kind of processor, and the program that names them.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "codegen/llvm/machine.h"
#include "tensor/plan/plan.h"

namespace hone::codegen {

// A plan for one kind of processor. All plans of a model have the same tensors
// and weights.
struct PlanFor {
  CpuTarget target;
  int level = 0;  // as hone_plan.level
  tensor::Plan plan;
};

// "hone_k4_" and the kernel's hash.
std::string kernel_symbol(int level, const tensor::VectorKernel& kernel);

// What the runtime's `space` numbers say for a place.
int64_t space_number(const tensor::PlanPlace& place, const tensor::Plan& plan);

// Where a program's weights are: at a symbol, or in a file of its own.
struct WeightsPlace {
  std::string symbol;
  std::string file;  // its name; empty where there is none
  int64_t bytes = 0;
  std::array<uint64_t, 3> head = {};  // how the file begins
};

// How a file of weights with this hash begins; zeros follow, up to
// kWeightsHead bytes (HONE_WEIGHTS_HEAD).
inline constexpr size_t kWeightsHead = 64;
std::array<uint64_t, 3> weights_head(const Hash128& hash);

// A relocatable object that defines `symbol`, refers to the kernels, and to
// the weights.
Result<std::string> write_program_object(const std::string& symbol,
                                         const WeightsPlace& weights,
                                         const std::vector<PlanFor>& plans,
                                         const std::string& manifest);

}  // namespace hone::codegen
