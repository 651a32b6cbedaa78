// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/choose_schedule.h"

namespace hone::tensor {

namespace {

double operations(const Scalar& value) {
  double count =
      value.kind == Scalar::Kind::Apply || value.kind == Scalar::Kind::Function
          ? 1
          : 0;
  for (const Scalar& operand : value.operands) count += operations(operand);
  return count;
}

}  // namespace

double flops_of(const LoopProgram& program) {
  double flops = 0;
  for (const LoopNode& node : program.nodes) {
    double points = 1;
    for (const LoopVariable& variable : node.domain)
      points *= static_cast<double>(value_of(program, variable.extent));
    flops += points * (operations(node.value) +
                       (node.reduction == LoopReduction::None ? 0 : 1));
  }
  return flops;
}

Result<ChosenSchedule> choose_schedule(const LoopProgram& program,
                                       ScheduleSpace& space, ScheduleCost& cost,
                                       const LoopMachine& machine,
                                       IndexOracle& oracle, int looks,
                                       std::vector<ScheduleLogEntry>* log) {
  ChosenSchedule best = {.program = program};
  HONE_ASSIGN_OR_RETURN(const LoweredLoops plain, lower_loops(program));
  best.cycles = cost.cycles(program, plain, machine, oracle);
  int looked = 0;
  for (const std::vector<LoopStep>& script :
       space.candidates(program, machine)) {
    if (looked++ == looks) break;
    ScheduleLogEntry entry;
    for (const LoopStep& step : script)
      entry.script += (entry.script.empty() ? "" : "; ") + to_text(step);
    LoopHistory history(program);
    const Status status = history.apply_all(script, oracle);
    if (!status.ok()) {
      entry.refused = status.error().message;
    } else if (const auto lowered = lower_loops(history.now()); !lowered.ok()) {
      entry.refused = lowered.error().message;
    } else {
      entry.cycles = cost.cycles(history.now(), *lowered, machine, oracle);
      if (entry.cycles < best.cycles)
        best = {script, history.now(), entry.cycles};
    }
    if (log != nullptr) log->push_back(std::move(entry));
  }
  return best;
}

}  // namespace hone::tensor
