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

// And what a run of it is, of the program's sizes.
struct ChosenLoops {
  int kernel = 0;
  Index tasks = 1;
  double flops = 0, bytes = 0;
};

namespace {

// Schedules tile by less than this; a larger least value would only keep
// shapes from sharing kernels.
constexpr int64_t kLeast = 32;
constexpr int kLooks = 6;
// Many candidates rely on what is not known of open sizes.
constexpr int kOpenLooks = 24;

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
                                   const LoopProgram& program, int looks) {
  IntervalOracle oracle;
  TileSpace space;
  RefusingCost cost(planner);
  const PlanTarget& target = planner.target();
  LoopMachine machine;
  machine.lanes = target.vector_bytes / static_cast<int>(sizeof(float));
  machine.vector_registers = target.vector_registers;
  HONE_ASSIGN_OR_RETURN(
      ChosenSchedule chosen,
      choose_schedule(program, space, cost, machine, oracle, looks));
  return lower_for_step(std::move(chosen.program), oracle);
}

}  // namespace

std::string LoopText::size(std::string_view name, const Dim& value,
                           int64_t large) {
  sizes_.push_back({std::string(name), value, large});
  return std::string(name);
}

std::string LoopText::finish(bool is_large) const {
  std::string text = fmt::format("loops {} {{\n", name_);
  for (const Size& size : sizes_) {
    if (size.value.is_constant()) {
      const int64_t value = size.value.value();
      text += fmt::format("size {} = {}\nfact {} < {}\n", size.name, value,
                          std::min(value, kLeast) - 1, size.name);
      continue;
    }
    const auto typical = static_cast<int64_t>(planner_.estimate(size.value));
    text += fmt::format("size {} = {}\n", size.name,
                        is_large ? std::max(typical, size.large) : typical);
    if (is_large)
      text += fmt::format("fact {} < {}\n", size.large - 1, size.name);
  }
  return text + text_ + "}\n";
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

Result<ChosenLoops> choose(Planner& planner, const std::string& text,
                           int looks) {
  HONE_ASSIGN_OR_RETURN(const LoopProgram program, parse_loops(text));
  HONE_ASSIGN_OR_RETURN(LoweredLoops lowered,
                        choose_kernel(planner, program, looks));
  ChosenLoops chosen = {.flops = flops_of(program)};
  if (lowered.has_tasks) chosen.tasks = lowered.tasks;
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

// What an index is for these sizes.
Dim dim_of(const Index& index, const std::vector<LoopText::Size>& sizes) {
  const auto atom = [&](const IndexAtom& a) -> Dim {
    const auto of = [&](size_t i) { return dim_of(a.arguments[i], sizes); };
    switch (a.kind) {
      case IndexAtom::Kind::Variable:
        return std::ranges::find(sizes, a.name, &LoopText::Size::name)->value;
      case IndexAtom::Kind::Div:
        return floor_div(of(0), of(1));
      case IndexAtom::Kind::Mod:
        return of(0) - floor_div(of(0), of(1)) * of(1);
      case IndexAtom::Kind::Min:
        return min_dim(of(0), of(1));
      case IndexAtom::Kind::Max:
        return max_dim(of(0), of(1));
      case IndexAtom::Kind::Fetch:
        break;
    }
    return 0;
  };
  Dim result = index.constant();
  for (const Index::Term& term : index.terms()) {
    Dim product = term.coefficient;
    for (const Index::AtomRef& factor : term.atoms)
      product = product * atom(*factor);
    result = result + product;
  }
  return result;
}

Status add_variant(Planner& planner, const Node& node, const LoopText& text,
                   bool is_large, const std::vector<At>& places,
                   const Dim& repeats) {
  const std::string program = text.finish(is_large);
  const bool is_open = std::ranges::any_of(
      text.sizes(), [](const auto& size) { return !size.value.is_constant(); });
  const int looks = is_open ? kOpenLooks : kLooks;
  auto known = planner.chosen_loops().find(program);
  if (known == planner.chosen_loops().end()) {
    HONE_ASSIGN_OR_RETURN(ChosenLoops chosen, choose(planner, program, looks));
    known = planner.chosen_loops()
                .emplace(program, std::make_shared<ChosenLoops>(chosen))
                .first;
  }
  const ChosenLoops& chosen = *known->second;
  std::vector<Dim> sizes;
  for (const LoopText::Size& size : text.sizes()) sizes.push_back(size.value);
  planner.add_step(chosen.kernel, {.node = node.name,
                                   .pointers = places,
                                   .sizes = std::move(sizes),
                                   .tasks = dim_of(chosen.tasks, text.sizes()),
                                   .repeats = repeats,
                                   .flops = chosen.flops,
                                   .bytes = chosen.bytes});
  return {};
}

}  // namespace

Status add_loops(Planner& planner, const Node& node, const LoopText& text,
                 std::vector<At> places) {
  // 1 where each open size is at least 1, and is large; else 0.
  Dim any = 1, large = 1;
  bool is_one = true;
  for (const LoopText::Size& size : text.sizes()) {
    if (size.value.is_constant()) continue;
    const auto reaches = [&](int64_t least) {
      return max_dim(min_dim(floor_div(size.value, least), 1), 0);
    };
    any = any * reaches(1);
    large = large * reaches(size.large);
    is_one = is_one && size.large == 1;
  }
  if (is_one) return add_variant(planner, node, text, true, places, any);
  HONE_RETURN_IF_ERROR(add_variant(planner, node, text, true, places, large));
  return add_variant(planner, node, text, false, places, any - large);
}

}  // namespace hone::tensor
