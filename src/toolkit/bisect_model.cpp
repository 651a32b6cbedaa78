// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/bisect_model.h"

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "codegen/model/plan_runner.h"
#include "tensor/graph_text.h"
#include "tensor/infer/infer.h"
#include "tensor/interpreter/compare.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"
#include "toolkit/compile_model.h"
#include "toolkit/given_shape.h"
#include "toolkit/judge_values.h"
#include "toolkit/plan_inputs.h"

namespace hone::toolkit {

using tensor::Graph;
using tensor::Node;
using tensor::RunValue;
using tensor::Tensor;
using tensor::ValueId;

namespace {

// As check_model.cpp: of the number itself, and of the largest beside it.
constexpr double kOwn = 1e-3, kLargest = 1e-4;

std::optional<tensor::Difference> difference(const RunValue& given,
                                             const RunValue& expected) {
  double largest = 0;
  const Tensor& wanted = *expected.tensor;
  for (int64_t i = 0; i < wanted.size(); ++i)
    if (std::isfinite(wanted.number(i)))
      largest = std::max(largest, std::fabs(wanted.number(i)));
  return find_difference(
      given, expected,
      {.relative = kOwn, .absolute = kLargest * largest + 1e-30});
}

// What the compiled code stored, in the order of execution.
struct Stored {
  std::vector<ValueId> order;
  std::map<ValueId, RunValue> values;
};

Result<Stored> run_compiled(const Graph& graph, const BisectRequest& request,
                            std::vector<Tensor>& inputs) {
  const Result<codegen::BuiltModel> built = codegen::build_model(
      graph, {.cpu = "native", .edit_plan = request.edit_plan});
  if (!built.ok()) return with_open_inputs(built.error(), graph);
  const codegen::BuiltModel& model = *built;
  const tensor::Plan& plan = model.plans[0].plan;
  HONE_ASSIGN_OR_RETURN(
      codegen::PlanRunner runner,
      codegen::PlanRunner::make(model, codegen::PlanRunner::Weights::Shared));
  const std::vector<RunValue> values = random_inputs(plan, graph, request.seed);
  const PlanMemory memory = plan_memory(plan, values);
  Stored stored;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i].is_tensor())
      return Error(ErrorKind::Unsupported,
                   "input '" + graph[graph.inputs[i]].name +
                       "' is no tensor; values are compared where all inputs "
                       "are");
    inputs.push_back(*values[i].tensor);
    stored.values.emplace(graph.inputs[i], values[i]);
  }
  HONE_RETURN_IF_ERROR(runner.run(
      memory.inputs, memory.outputs,
      [&](int step) {
        for (const tensor::PlanProbe& probe : plan.probes) {
          if (probe.step != step || stored.values.contains(probe.value) ||
              graph[probe.value].type.element != tensor::ElementType::F32)
            continue;
          const tensor::Dims dims = runner.sizes(probe.dims);
          Tensor values(tensor::ElementType::F32, dims);
          std::ranges::copy(runner.read(probe, dims),
                            values.data<double>().begin());
          stored.values.emplace(probe.value, RunValue(std::move(values)));
          stored.order.push_back(probe.value);
        }
      },
      memory.input_dims));
  return stored;
}

// The nodes between stored values and `wrong`; the former become inputs.
Graph reduce(const Graph& graph, ValueId wrong, const Stored& stored) {
  const std::vector<int32_t> makers = tensor::find_makers(graph);
  std::set<int32_t> needed;
  std::vector<ValueId> open = {wrong};
  Graph reduced = graph;
  reduced.inputs.clear();
  while (!open.empty()) {
    const ValueId id = open.back();
    open.pop_back();
    const bool boundary = id != wrong && stored.values.contains(id);
    if (boundary || makers[index(id)] < 0) {
      if (!graph[id].literal &&
          std::ranges::find(reduced.inputs, id) == reduced.inputs.end())
        reduced.inputs.push_back(id);
      continue;
    }
    if (!needed.insert(makers[index(id)]).second) continue;
    for (const ValueId input : graph.nodes[makers[index(id)]].inputs)
      if (input != tensor::kNone) open.push_back(input);
  }
  reduced.nodes.clear();
  for (const int32_t at : needed) reduced.nodes.push_back(graph.nodes[at]);
  reduced.outputs = {wrong};
  reduced.name = "reduced";
  return reduced;
}

// Whether the interpreter makes the same of what the compiled code stored.
Result<bool> code_is_right(const Graph& reduced, ValueId wrong,
                           const Stored& stored) {
  std::vector<RunValue> inputs;
  for (const ValueId id : reduced.inputs) {
    if (!stored.values.contains(id)) return false;
    inputs.push_back(stored.values.at(id));
  }
  HONE_ASSIGN_OR_RETURN(const std::vector<RunValue> results,
                        run_graph(reduced, std::move(inputs)));
  return !difference(stored.values.at(wrong), results[0]);
}

// The pass without which the outputs are those of the graph.
Result<std::string> find_pass(const Graph& graph,
                              const std::vector<Tensor>& inputs) {
  std::vector<RunValue> given;
  for (const Tensor& input : inputs) given.emplace_back(input);
  HONE_ASSIGN_OR_RETURN(const auto expected, run_graph(graph, given));
  const auto is_right =
      [&](const std::vector<std::string>& without) -> Result<bool> {
    HONE_ASSIGN_OR_RETURN(const Graph changed,
                          optimize_graph(graph, {.without = without}));
    HONE_ASSIGN_OR_RETURN(const auto results, run_graph(changed, given));
    for (size_t i = 0; i < results.size(); ++i)
      if (results[i].is_tensor() && difference(results[i], expected[i]))
        return false;
    return true;
  };
  HONE_ASSIGN_OR_RETURN(const bool all, is_right({}));
  if (all) return std::string();
  for (const tensor::GraphPass& pass : tensor::graph_passes()) {
    HONE_ASSIGN_OR_RETURN(const bool right, is_right({std::string(pass.name)}));
    if (right) return std::string(pass.name);
  }
  return std::string();
}

}  // namespace

Result<BisectReport> bisect_model(const BisectRequest& request) {
  HONE_ASSIGN_OR_RETURN(Graph graph, load_graph(request.model));
  HONE_ASSIGN_OR_RETURN(const auto types, given_types(graph, request.shapes));
  HONE_RETURN_IF_ERROR(tensor::infer_types(graph, {.inputs = types}));
  HONE_ASSIGN_OR_RETURN(Graph prepared, prepare_graph(graph, types));
  if (request.pass) {
    HONE_ASSIGN_OR_RETURN(prepared, request.pass(std::move(prepared)));
  }
  std::vector<Tensor> inputs;
  HONE_ASSIGN_OR_RETURN(const Stored stored,
                        run_compiled(prepared, request, inputs));
  std::set<std::string> names;
  for (const ValueId id : stored.order) names.insert(prepared[id].name);
  HONE_ASSIGN_OR_RETURN(
      const NamedValues judged,
      request.judge == BisectRequest::Judge::OnnxRuntime
          ? values_by_onnxruntime(request.model, request.python, graph, inputs,
                                  names)
          : values_by_interpreter(graph, inputs, names));
  BisectReport report;
  for (const ValueId id : stored.order) {
    const auto expected = judged.find(prepared[id].name);
    if (expected == judged.end() || !expected->second.is_tensor()) continue;
    ++report.compared;
    const auto found = difference(stored.values.at(id), expected->second);
    if (!found) continue;
    const Graph reduced = reduce(prepared, id, stored);
    const int32_t maker = tensor::find_makers(prepared)[index(id)];
    report.finding = {.node = describe(prepared.nodes[maker]),
                      .value = prepared[id].name,
                      .difference = found->text,
                      .nodes = reduced.nodes.size()};
    HONE_ASSIGN_OR_RETURN(const bool right, code_is_right(reduced, id, stored));
    if (right) {
      report.finding->cause = BisectFinding::Cause::GraphPass;
      HONE_ASSIGN_OR_RETURN(report.finding->pass, find_pass(graph, inputs));
    }
    if (!request.reduced.empty()) {
      HONE_ASSIGN_OR_RETURN(const Graph small, tensor::remove_dead(reduced));
      HONE_RETURN_IF_ERROR(write_file(request.reduced, to_text(small)));
    }
    break;
  }
  return report;
}

}  // namespace hone::toolkit
