// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The schedule without measuring: a space of scripts, a cost of their results,
// a log of what was looked at. Tuning takes the same three: it replaces the
// cost by a clock, or the space by a learned one.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/loop/lower_loops.h"
#include "tensor/loop/schedule.h"

namespace hone::tensor {

// What a cost knows of the processor.
struct LoopMachine {
  int lanes = 16;             // f32 in a vector
  int vector_registers = 32;  // of that width
  double latency = 4;         // cycles of a fused multiply-add
  double per_cycle = 2;       // of these, and of loads, that start in one
  // Bytes, and bytes a cycle that come from the next one.
  struct Cache {
    int64_t bytes = 0;
    double fill = 0;
  };
  Cache caches[2] = {{48 << 10, 48}, {1 << 20, 12}};
};

class ScheduleSpace {
 public:
  virtual ~ScheduleSpace() = default;
  // Scripts worth a look, the likeliest first.
  virtual std::vector<std::vector<LoopStep>> candidates(
      const LoopProgram& program, const LoopMachine& machine) = 0;
};

class ScheduleCost {
 public:
  virtual ~ScheduleCost() = default;
  // Cycles of one run for the sizes' values; infinite for what must not be
  // taken.
  virtual double cycles(const LoopProgram& program, const LoweredLoops& lowered,
                        const LoopMachine& machine, IndexOracle& oracle) = 0;
};

struct ScheduleLogEntry {
  std::string script;
  double cycles = std::numeric_limits<double>::infinity();
  std::string refused;  // why it was not lowered or not legal
};

struct ChosenSchedule {
  std::vector<LoopStep> steps;
  LoopProgram program;
  double cycles = std::numeric_limits<double>::infinity();
};

// The cheapest of the space's first `looks`; the program as it is where none
// is legal. `log`, where given, gets an entry for each.
Result<ChosenSchedule> choose_schedule(const LoopProgram& program,
                                       ScheduleSpace& space, ScheduleCost& cost,
                                       const LoopMachine& machine,
                                       IndexOracle& oracle, int looks = 24,
                                       std::vector<ScheduleLogEntry>* log = {});

// Register tiles of each node: one or two of its parallel loops, and vectors
// along its target's last dimension; sums stay in registers over the whole
// reduction.
class TileSpace : public ScheduleSpace {
 public:
  std::vector<std::vector<LoopStep>> candidates(
      const LoopProgram& program, const LoopMachine& machine) override;
};

// Counts what inner loops issue, what their chains wait for, and what caches
// must fetch; see kernel_cost.cpp.
class KernelCost : public ScheduleCost {
 public:
  double cycles(const LoopProgram& program, const LoweredLoops& lowered,
                const LoopMachine& machine, IndexOracle& oracle) override;
};

// Floating-point operations that the nodes ask for, for the sizes' values.
double flops_of(const LoopProgram& program);

}  // namespace hone::tensor
