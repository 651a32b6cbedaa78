// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/model/build_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <set>
#include <thread>

#include "codegen/model/elf_object.h"

namespace hone::codegen {

namespace {

// Of what code can reach by 32 bits, with room for itself.
constexpr int64_t kMostEmbedded = (int64_t{1} << 31) - (int64_t{16} << 20);

// Plans after the first; each refuses the tiles that spilled in those before.
constexpr int kMostPlans = 4;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

// Whether products of bytes may come of it: others have no use for a variant
// with instructions for them.
bool is_quantized(const tensor::Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const tensor::Node& node) {
    return node.op == tensor::Op::DequantizeLinear;
  });
}

// As hone_plan.level.
int level_of(const CpuTarget& target) {
  if (!target.triple.starts_with("x86_64")) return 0;
  if (target.dots) return 5;
  return target.vector_registers == 32 ? 4 : target.fused ? 3 : 2;
}

Result<std::vector<CpuTarget>> targets_of(const ModelOptions& options,
                                          const tensor::Graph& graph) {
  std::vector<std::string> names = {options.cpu};
  if (options.cpu == "baseline") {
    HONE_ASSIGN_OR_RETURN(const std::string triple,
                          find_triple(options.triple));
    if (!triple.starts_with("x86_64"))
      names = {"generic"};
    else
      names = {"x86-64-v4-vnni", "x86-64-v4", "x86-64-v3", "x86-64-v2"};
    if (names.size() > 1 && !is_quantized(graph)) names.erase(names.begin());
  }
  std::vector<CpuTarget> targets;
  for (const std::string& name : names) {
    HONE_ASSIGN_OR_RETURN(CpuTarget target, find_target(name, options.triple));
    if (!is_quantized(graph)) {
      target.dots = false;
      target.features.clear();
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

// What a level's rounds have compiled so far.
struct Compiled {
  std::set<std::string> symbols;
  std::set<std::string> spilling;
  std::vector<std::string> objects;
};

// What LLVM's time goes by, about: statements, of which a loop is worth ten.
size_t work_of(const std::vector<tensor::KernelStatement>& body) {
  size_t work = 0;
  for (const tensor::KernelStatement& s : body)
    work += (s.kind == tensor::KernelStatement::Kind::For ? 10 : 1) +
            work_of(s.body) + work_of(s.otherwise);
  return work;
}

// Two parts that take about as long: the largest kernel first, each to the part
// that has less.
std::vector<std::vector<NamedKernel>> halve(std::vector<NamedKernel> kernels) {
  std::vector<std::pair<size_t, size_t>> order;  // work, kernel
  for (size_t i = 0; i < kernels.size(); ++i)
    order.emplace_back(work_of(kernels[i].kernel.body), i);
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<std::vector<NamedKernel>> parts(2);
  std::array<size_t, 2> sizes = {};
  for (const auto& [size, i] : order) {
    const size_t part = sizes[1] < sizes[0] ? 1 : 0;
    sizes[part] += size;
    parts[part].push_back(std::move(kernels[i]));
  }
  return parts;
}

// Compiles the kernels in two parts at the same time; LLVM's fixed costs are
// small beside a few kernels.
Status compile_fresh(std::vector<NamedKernel> kernels, const CpuTarget& target,
                     Compiled& compiled) {
  if (kernels.empty()) return {};
  std::vector<std::vector<NamedKernel>> parts;
  if (kernels.size() < 4)
    parts.push_back(std::move(kernels));
  else
    parts = halve(std::move(kernels));
  std::vector<std::optional<Result<MachineCode>>> codes(parts.size());
  {
    std::vector<std::jthread> threads;
    for (size_t i = 1; i < parts.size(); ++i)
      threads.emplace_back(
          [&, i] { codes[i] = compile_kernels(parts[i], target); });
    codes[0] = compile_kernels(parts[0], target);
  }
  for (auto& code : codes) {
    if (!code->ok()) return std::move(*code).error();
    for (const auto& [symbol, count] : (*code)->spills)
      compiled.spilling.insert(symbol);
    compiled.objects.push_back(std::move((*code)->object));
  }
  return {};
}

// Plans, compiles, and plans again without the tiles that spill. The linker
// drops the kernels that the last plan does not call.
Status build_level(const tensor::Graph& graph, const ModelOptions& options,
                   PlanFor& result, BuiltModel& model) {
  tensor::PlanTarget target = {
      .vector_registers = result.target.vector_registers,
      .vector_bytes = result.target.vector_bytes,
      .without = options.without};
  Compiled compiled;
  for (int round = 0;; ++round) {
    auto start = std::chrono::steady_clock::now();
    // The last round's weights first: there is no room for both.
    result.plan = tensor::Plan();
    HONE_ASSIGN_OR_RETURN(result.plan, tensor::make_plan(graph, target));
    if (options.edit_plan) options.edit_plan(result.plan);
    model.plan_seconds += seconds_since(start);
    start = std::chrono::steady_clock::now();
    std::vector<NamedKernel> fresh;
    for (const tensor::VectorKernel& kernel : result.plan.kernels) {
      const std::string symbol = kernel_symbol(result.level, kernel);
      if (compiled.symbols.insert(symbol).second)
        fresh.push_back({symbol, kernel});
    }
    HONE_RETURN_IF_ERROR(
        compile_fresh(std::move(fresh), result.target, compiled));
    model.code_seconds += seconds_since(start);
    size_t refused = 0;
    for (const tensor::VectorKernel& kernel : result.plan.kernels) {
      if (!compiled.spilling.contains(kernel_symbol(result.level, kernel)))
        continue;
      const std::string hash = kernel_hash(kernel).hex();
      // Where it is chosen all the same there was nothing else.
      if (!result.plan.choices.contains(hash) ||
          std::ranges::find(target.rejected, hash) != target.rejected.end())
        continue;
      target.rejected.push_back(hash);
      ++refused;
    }
    if (refused == 0 || round == kMostPlans) break;
    model.rejected += static_cast<int>(refused);
  }
  for (std::string& object : compiled.objects)
    model.kernels.push_back(std::move(object));
  return {};
}

}  // namespace

Result<BuiltModel> build_model(const tensor::Graph& graph,
                               const ModelOptions& options) {
  HONE_ASSIGN_OR_RETURN(const std::vector<CpuTarget> targets,
                        targets_of(options, graph));
  BuiltModel model;
  for (const CpuTarget& target : targets) {
    PlanFor plan = {.target = target, .level = level_of(target)};
    HONE_RETURN_IF_ERROR(build_level(graph, options, plan, model));
    // All have the first one's.
    if (!model.plans.empty()) {
      if (plan.plan.weights.bytes() != model.plans[0].plan.weights.bytes())
        return Error(ErrorKind::Internal,
                     "the processors' plans pack weights in different ways");
      plan.plan.weights = tensor::PackedWeights();
    }
    model.plans.push_back(std::move(plan));
  }
  const tensor::PackedWeights& packed = model.plans[0].plan.weights;
  WeightsPlace weights = {.symbol = options.symbol + "_weights",
                          .file = options.weights_file,
                          .bytes = packed.size()};
  if (!weights.file.empty()) {
    weights.head = weights_head(packed.hash());
    model.weights_head.assign(reinterpret_cast<const char*>(&weights.head),
                              sizeof weights.head);
    model.weights_head.resize(kWeightsHead);
  } else if (packed.size() > kMostEmbedded) {
    return Error(ErrorKind::Unsupported,
                 fmt::format("{} bytes of weights do not fit into a library, "
                             "whose code reaches 2 GB: put them into a file of "
                             "their own by --weights external",
                             packed.size()));
  }
  HONE_ASSIGN_OR_RETURN(model.weights,
                        write_data_object(weights.symbol, packed.size(),
                                          model.plans[0].target.triple));
  HONE_ASSIGN_OR_RETURN(
      model.program, write_program_object(options.symbol, weights, model.plans,
                                          options.manifest));
  return model;
}

}  // namespace hone::codegen
