// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/model/build_model.h"

#include <fmt/format.h>

#include <chrono>
#include <set>

#include "codegen/model/elf_object.h"

namespace hone::codegen {

namespace {

// Plans after the first; each refuses the tiles that spilled in those before.
constexpr int kMostPlans = 4;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

struct Level {
  std::string target;
  int level;
};

Result<std::vector<Level>> levels_of(const std::string& cpu) {
  if (cpu == "baseline")
    return std::vector<Level>{
        {"x86-64-v4", 4}, {"x86-64-v3", 3}, {"x86-64-v2", 2}};
  HONE_ASSIGN_OR_RETURN(const CpuTarget target, find_target(cpu));
  if (!target.triple.starts_with("x86_64")) return std::vector<Level>{{cpu, 0}};
  const int level = target.vector_registers == 32               ? 4
                    : target.fused && target.vector_bytes == 32 ? 3
                                                                : 2;
  return std::vector<Level>{{cpu, level}};
}

std::vector<NamedKernel> named(const tensor::Plan& plan, int level) {
  std::vector<NamedKernel> kernels;
  for (size_t i = 0; i < plan.kernels.size(); ++i)
    kernels.push_back({kernel_symbol(level, i), plan.kernels[i]});
  return kernels;
}

// Plans, compiles, and plans again without the tiles that spill.
Result<std::string> build_level(const tensor::Graph& graph, PlanFor& result,
                                BuiltModel& model) {
  tensor::PlanTarget target = {
      .vector_registers = result.target.vector_registers,
      .vector_bytes = result.target.vector_bytes};
  for (int round = 0;; ++round) {
    auto start = std::chrono::steady_clock::now();
    HONE_ASSIGN_OR_RETURN(result.plan, tensor::make_plan(graph, target));
    model.plan_seconds += seconds_since(start);
    start = std::chrono::steady_clock::now();
    HONE_ASSIGN_OR_RETURN(
        MachineCode code,
        compile_kernels(named(result.plan, result.level), result.target));
    model.code_seconds += seconds_since(start);
    size_t fresh = 0;
    for (size_t i = 0; i < result.plan.kernels.size(); ++i) {
      if (!code.spills.contains(kernel_symbol(result.level, i))) continue;
      const std::string hash = kernel_hash(result.plan.kernels[i]).hex();
      if (std::ranges::find(target.rejected, hash) != target.rejected.end())
        continue;  // there was nothing else to choose
      target.rejected.push_back(hash);
      ++fresh;
    }
    if (fresh == 0 || round == kMostPlans) return std::move(code.object);
    model.rejected += static_cast<int>(fresh);
  }
}

}  // namespace

Result<BuiltModel> build_model(const tensor::Graph& graph,
                               const ModelOptions& options) {
  HONE_ASSIGN_OR_RETURN(const std::vector<Level> levels,
                        levels_of(options.cpu));
  BuiltModel model;
  for (const Level& level : levels) {
    PlanFor plan = {.level = level.level};
    HONE_ASSIGN_OR_RETURN(plan.target, find_target(level.target));
    HONE_ASSIGN_OR_RETURN(std::string object, build_level(graph, plan, model));
    model.kernels.push_back(std::move(object));
    model.plans.push_back(std::move(plan));
  }
  for (const PlanFor& plan : model.plans)
    if (plan.plan.weights != model.plans[0].plan.weights)
      return Error(ErrorKind::Internal,
                   "the processors' plans pack weights in different ways");
  const std::string weights = options.symbol + "_weights";
  HONE_ASSIGN_OR_RETURN(model.weights,
                        write_data_object(weights, model.plans[0].plan.weights,
                                          model.plans[0].target.triple));
  HONE_ASSIGN_OR_RETURN(
      model.program, write_program_object(options.symbol, weights, model.plans,
                                          options.manifest));
  return model;
}

}  // namespace hone::codegen
