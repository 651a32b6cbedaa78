// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A model as a list of kernel calls on one arena: what is left of a graph when
// layouts, fusion, schedules and memory are decided. codegen/model writes it as
// the constant data that the runtime reads (runtime/model/program.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tensor/element_type.h"
#include "tensor/graph.h"
#include "tensor/kernel/kernel.h"
#include "tensor/plan/layout.h"

namespace hone::tensor {

struct PlanPlace {
  enum class Space { Arena, Weights, Input, Output };
  Space space = Space::Arena;
  int index = 0;       // of Input and Output
  int64_t offset = 0;  // in bytes
};

struct PlanStep {
  // Of Plan::kernels; -1: none, but a jump to step `target`, where places has
  // one entry only if the byte there is 0.
  int kernel = 0;
  static constexpr int kFail = -1;  // the run ends with an error
  int target = kFail;
  std::vector<PlanPlace> places;
  std::vector<int64_t> sizes;  // behind the two that say which tasks
  int64_t tasks = 1;
  bool parallel = false;  // worth more than one thread
  // For profiles and messages.
  std::string node;
  double flops = 0;
  double bytes = 0;
};

// A value of the graph that stands somewhere after a step, for checks.
struct PlanProbe {
  ValueId value = kNone;
  int step = 0;
  PlanPlace place;
  Layout layout;
  Element element = Element::F32;
};

struct PlanTensor {
  std::string name;
  ElementType type = ElementType::F32;
  std::vector<int64_t> dims;
};

struct Plan {
  std::vector<VectorKernel> kernels;  // no two alike
  std::vector<PlanStep> steps;
  std::vector<PlanProbe> probes;
  std::string weights;  // packed; places in it are multiples of 64
  int64_t memory = 0;   // of the arena
  std::vector<PlanTensor> inputs, outputs;
};

// What the plan is made for.
struct PlanTarget {
  int vector_registers = 32;
  int vector_bytes = 64;
  // Kernels (by hash, in hexadecimal) that the back end refused because their
  // inner loops spill.
  std::vector<std::string> rejected;
};

// The graph has passed verify_graph(), every size in it is a number.
// Unsupported names all nodes that no kernels were made for.
Result<Plan> make_plan(const Graph& graph, const PlanTarget& target);

}  // namespace hone::tensor
