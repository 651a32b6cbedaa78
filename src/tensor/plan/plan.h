// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A model as a list of kernel calls on one arena: what is left of a graph when
// layouts, fusion, schedules and memory are decided. codegen/model writes it as
// the constant data that the runtime reads (runtime/model/program.h).
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tensor/element_type.h"
#include "tensor/graph.h"
#include "tensor/kernel/kernel.h"
#include "tensor/plan/layout.h"
#include "tensor/plan/packed_weights.h"

namespace hone::tensor {

// A size that is known only when the model runs is written as a number far
// below any size: which slot of the run holds it.
constexpr int64_t kFirstSlot = INT64_MIN;
constexpr bool is_slot(int64_t size) { return size < INT64_MIN / 2; }
constexpr int64_t slot_size(int slot) { return kFirstSlot + slot; }
constexpr int slot_of(int64_t size) {
  return static_cast<int>(size - kFirstSlot);
}
inline bool has_slot(const std::vector<int64_t>& sizes) {
  for (const int64_t size : sizes)
    if (is_slot(size)) return true;
  return false;
}

struct PlanPlace {
  // Slots are numbers of 64 bits. A region, and an output whose sizes are
  // slots, is memory that grows: a step reserves it. A Value is the number of a
  // sequence, an optional or a tensor of any number of dimensions
  // (runtime/model/values.h).
  enum class Space { Arena, Weights, Input, Output, Slots, Region, Value };
  Space space = Space::Arena;
  int index = 0;       // of Input, Output, Region and Value
  int64_t offset = 0;  // in bytes; or a slot
  int64_t stride = 0;  // in bytes, from one repetition of the step to the next
};

struct PlanStep {
  // Of Plan::kernels. kJump: a jump to step `target`, where places has one
  // entry only if the byte there is 0. kReserve: room at places[0] for elements
  // of sizes[0] bits, the product of the further sizes many. kCompute: slot
  // `target` becomes what the SizeOp sizes[0] gives of sizes[1] and sizes[2].
  // kValue: the runtime's function `symbol` for values; kCall: the function
  // `symbol` is called as an operator (value_steps.h).
  int kernel = 0;
  static constexpr int kJump = -1, kReserve = -2, kCompute = -3, kValue = -4,
                       kCall = -5;
  std::string symbol;
  static constexpr int kFail = -1;  // the run ends with an error
  int target = kFail;
  std::vector<PlanPlace> places;
  std::vector<int64_t> sizes;  // behind the two that say which tasks; or slots
  int64_t tasks = 1;           // or a slot
  int64_t repeats = 1;         // so often, with all tasks each time; or a slot
  bool parallel = false;       // worth more than one thread
  // For profiles and messages.
  std::string node;
  double flops = 0;
  double bytes = 0;
};

// What a step does with sizes. A sum or product that leaves 63 bits, a divisor
// of 0 and sizes that Equal finds different end the run with an error.
enum class SizeOp { Add, Sub, Mul, FloorDiv, Min, Max, Equal };

// A value of the graph that stands somewhere after a step, for checks.
struct PlanProbe {
  ValueId value = kNone;
  int step = 0;
  PlanPlace place;
  PlanLayout layout;
  std::vector<int64_t> dims;  // or slots
  Element element = Element::F32;
};

struct PlanTensor {
  std::string name;
  ElementType type = ElementType::F32;
  std::vector<int64_t> dims;  // or slots
  // Of what callers pass as a hone_value: its type.
  std::optional<Type> value = {};
};

struct Plan {
  std::vector<VectorKernel> kernels;  // no two alike
  // By hash: those that were chosen among others.
  std::set<std::string> choices;
  std::vector<PlanStep> steps;
  std::vector<PlanProbe> probes;
  PackedWeights weights;  // places in them are multiples of 64
  int64_t memory = 0;     // of the arena
  int slots = 0, regions = 0;
  int values = 0;    // numbers of values
  int branches = 0;  // nodes of control flow that became jumps
  // Nodes that are calls of operators.
  std::vector<std::string> called;
  std::vector<PlanTensor> inputs, outputs;

  // Whether there are steps on values, or calls.
  bool has_values() const {
    for (const PlanStep& step : steps)
      if (step.kernel <= PlanStep::kValue) return true;
    return false;
  }
};

// What the plan is made for.
struct PlanTarget {
  int vector_registers = 32;
  int vector_bytes = 64;
  // Kernels (by hash, in hexadecimal) that the back end refused because their
  // inner loops spill.
  std::vector<std::string> rejected;
  // Names of plan_choices() that are not made: for measuring what they are
  // worth.
  std::vector<std::string> without;
};

// "element-fusion": element-wise nodes behind products, convolutions and each
// other are part of their kernels. "frames": halos of padded convolutions stand
// in the arena. "parts-in-place": what is concatenated is made there.
// "shared-memory": buffers whose lives do not meet overlap.
std::span<const std::string_view> plan_choices();

// The graph has passed verify_graph(); inputs have a rank, and sizes that are
// numbers or symbols. Unsupported names all nodes that no kernels were made
// for.
Result<Plan> make_plan(const Graph& graph, const PlanTarget& target);

}  // namespace hone::tensor
