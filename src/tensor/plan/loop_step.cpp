// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/loop_step.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "tensor/loop/choose_schedule.h"
#include "tensor/loop/interval_oracle.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/transform.h"

namespace hone::tensor {

namespace {

// Schedules tile by less than this; a larger least value would only keep
// shapes from sharing kernels.
constexpr int64_t kLeast = 32;
constexpr int kLooks = 6;

// The kernel of a step: the outermost loop is that of its tasks, where it may
// be.
Result<LoweredLoops> lower_for_step(LoopProgram program, IndexOracle& oracle) {
  if (program.tree.size() == 1 && program.tree[0].is_loop) {
    auto tasks = mark_loop(program, program.tree[0].variable,
                           LoopTree::Mark::Parallel, oracle);
    if (tasks.ok()) program = *std::move(tasks);
  }
  return lower_loops(program, {.takes_range = true});
}

// What the back end has refused is not taken again.
class RefusingCost : public ScheduleCost {
 public:
  explicit RefusingCost(const Planner& planner) : planner_(planner) {}

  double cycles(const LoopProgram& program, const LoweredLoops& lowered,
                const LoopMachine& machine, IndexOracle& oracle) override {
    const double cycles = cost_.cycles(program, lowered, machine, oracle);
    if (planner_.target().rejected.empty()) return cycles;
    const auto step = lower_for_step(program, oracle);
    const bool refused =
        !step.ok() || planner_.is_rejected(kernel_hash(step->kernel).hex());
    return refused ? std::numeric_limits<double>::infinity() : cycles;
  }

 private:
  const Planner& planner_;
  KernelCost cost_;
};

Result<LoweredLoops> choose_kernel(const Planner& planner,
                                   const LoopProgram& program) {
  IntervalOracle oracle;
  TileSpace space;
  RefusingCost cost(planner);
  const PlanTarget& target = planner.target();
  LoopMachine machine;
  machine.lanes = target.vector_bytes / static_cast<int>(sizeof(float));
  machine.vector_registers = target.vector_registers;
  HONE_ASSIGN_OR_RETURN(
      ChosenSchedule chosen,
      choose_schedule(program, space, cost, machine, oracle, kLooks));
  return lower_for_step(std::move(chosen.program), oracle);
}

}  // namespace

LoopText::LoopText(std::string_view name)
    : text_(fmt::format("loops {} {{\n", name)) {}

std::string LoopText::size(std::string_view name, int64_t value) {
  text_ += fmt::format("size {} = {}\nfact {} < {}\n", name, value,
                       std::min(value, kLeast) - 1, name);
  return std::string(name);
}

void LoopText::tensor(std::string_view role, std::string_view name,
                      const std::vector<std::string>& extents,
                      std::string_view element) {
  text_ += fmt::format("{} {}[{}] {}\n", role, name, fmt::join(extents, ", "),
                       element);
}

void LoopText::node(
    std::string_view statement,
    const std::vector<std::pair<std::string, std::string>>& loops) {
  std::vector<std::string> ranges;
  for (const auto& [name, extent] : loops)
    ranges.push_back(fmt::format("{} < {}", name, extent));
  text_ +=
      fmt::format("node sum: {} over {}\n", statement, fmt::join(ranges, ", "));
}

namespace {

Result<ChosenLoops> choose(Planner& planner, const std::string& text) {
  HONE_ASSIGN_OR_RETURN(const LoopProgram program, parse_loops(text));
  HONE_ASSIGN_OR_RETURN(LoweredLoops lowered, choose_kernel(planner, program));
  ChosenLoops chosen = {.flops = flops_of(program)};
  if (lowered.has_tasks) chosen.tasks = value_of(program, lowered.tasks);
  for (const LoopSize& size : program.sizes) chosen.sizes.push_back(size.value);
  for (const LoopTensor& tensor : program.tensors) {
    double elements = 1;
    for (const auto& extent : tensor.extents)
      elements *= static_cast<double>(value_of(program, extent));
    chosen.bytes += elements * sizeof(float);
  }
  planner.note_choice(kernel_hash(lowered.kernel).hex());
  chosen.kernel = planner.add_kernel(std::move(lowered.kernel));
  return chosen;
}

}  // namespace

Status add_loops(Planner& planner, const Node& node, const LoopText& text,
                 std::vector<At> places) {
  const std::string program = text.finish();
  auto known = planner.chosen_loops().find(program);
  if (known == planner.chosen_loops().end()) {
    HONE_ASSIGN_OR_RETURN(ChosenLoops chosen, choose(planner, program));
    known = planner.chosen_loops().emplace(program, std::move(chosen)).first;
  }
  const ChosenLoops& chosen = known->second;
  planner.add_step(chosen.kernel, {.node = node.name,
                                   .pointers = std::move(places),
                                   .sizes = as_sizes(chosen.sizes),
                                   .tasks = chosen.tasks,
                                   .flops = chosen.flops,
                                   .bytes = chosen.bytes});
  return {};
}

}  // namespace hone::tensor
