// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Loop trees for people: read one, transform it by a script or by the chooser,
// compare it with the untransformed one, time it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/loop/choose_schedule.h"

namespace hone::toolkit {

struct LoopsRequest {
  std::string text;    // a loop program
  std::string script;  // steps, after the choice if there is one
  bool choose = false;
  // "N=64": other values for sizes.
  std::vector<std::string> sizes;
  // Compiles, compares and times.
  bool run = true;
  int rounds = 15;
};

struct LoopTimes {
  double flops = 0;                 // of one run
  double seconds = 0;               // median of a run, of processor time
  double fastest = 0, slowest = 0;  // quartiles
  double first_seconds = 0;         // of the untransformed tree
  double peak = 0;  // FLOP/s that one core can do, measured between
  double compile_seconds = 0;
  int spills = 0;  // stack accesses in innermost loops
};

struct LoopsAnswer {
  tensor::LoopProgram before;
  tensor::LoopProgram after;
  std::vector<tensor::LoopStep> steps;
  std::vector<tensor::ScheduleLogEntry> log;  // of the choice
  int64_t claims = 0, by_prover = 0;          // asked of the oracle
  std::optional<LoopTimes> times;
};

// Malformed: text, script or sizes. Rejected: the transformed tree computes
// something else, or the file's own tree does. InvalidArgument: a place may lie
// outside of its tensor, so nothing is run.
Result<LoopsAnswer> run_loops(const LoopsRequest& request);

// The program as "c", "kernel" or "llvm".
Result<std::string> emit_loops(const tensor::LoopProgram& program,
                               std::string_view form);

// KernelCost, but what would be the cheapest so far is compiled, and refused
// where LLVM's allocator spills in an innermost loop.
class CompiledCost : public tensor::ScheduleCost {
 public:
  double cycles(const tensor::LoopProgram& program,
                const tensor::LoweredLoops& lowered,
                const tensor::LoopMachine& machine,
                tensor::IndexOracle& oracle) override;

 private:
  tensor::KernelCost kernel_;
  double best_ = std::numeric_limits<double>::infinity();
};

// What choosers know of this machine.
tensor::LoopMachine this_machine();

}  // namespace hone::toolkit
