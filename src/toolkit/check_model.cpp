// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/check_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

#include "base/random.h"
#include "codegen/model/plan_runner.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/plan/expression_of.h"
#include "tensor/plan/planner.h"
#include "toolkit/check_order.h"
#include "toolkit/plan_inputs.h"

namespace hone::toolkit {

using tensor::Dims;
using tensor::ElementType;
using tensor::Graph;
using tensor::Node;
using tensor::PlanProbe;
using tensor::RunValue;
using tensor::Tensor;
using tensor::ValueId;

namespace {

constexpr int kSamples = 256;

// Allowed: this part of the number itself, and of the largest one beside it,
// which sums of many terms were rounded against.
constexpr double kOwn = 1e-3, kLargest = 1e-4;

class Checker {
 public:
  Checker(const Graph& graph, const CheckOptions& options)
      : graph_(graph), options_(options), producers_(graph.values.size(), -1) {
    for (size_t i = 0; i < graph.nodes.size(); ++i)
      for (const ValueId output : graph.nodes[i].outputs)
        if (output != tensor::kNone)
          producers_[index(output)] = static_cast<int>(i);
  }

  Result<CheckReport> check(const codegen::BuiltModel& model) {
    HONE_ASSIGN_OR_RETURN(
        codegen::PlanRunner runner,
        codegen::PlanRunner::make(model, codegen::PlanRunner::Weights::Shared));
    report_.of_own_code = runner.runs_own_code();
    const tensor::Plan& plan = runner.plan();
    const std::vector<RunValue> inputs =
        random_inputs(plan, graph_, options_.seed);
    const PlanMemory memory = plan_memory(plan, inputs);
    for (size_t i = 0; i < inputs.size(); ++i)
      values_.emplace(graph_.inputs[i], inputs[i]);
    std::map<int, std::vector<const PlanProbe*>> probes;
    for (const PlanProbe& probe : plan.probes)
      probes[probe.step].push_back(&probe);
    turns_ = order_checks(graph_, plan);
    const Status ran = runner.run(
        memory.inputs, memory.outputs,
        [&](int step) {
          const auto found = probes.find(step);
          if (found == probes.end()) return;
          for (const PlanProbe* probe : found->second) keep(runner, *probe);
          model.plans[0].plan.weights.release();
        },
        memory.input_dims);
    // Random inputs may take a branch that only fails, or ask for sizes that
    // cannot be.
    if (!ran.ok()) report_.unchecked.push_back(ran.error().message);
    HONE_RETURN_IF_ERROR(std::move(wrong_));
    for (const ValueId id : kept_)
      if (!compared_.contains(id)) HONE_RETURN_IF_ERROR(compare(id));
    return std::move(report_);
  }

 private:
  // Of a value that has been computed, or whose sizes are numbers.
  Dims dims(ValueId id) const {
    if (const auto found = values_.find(id);
        found != values_.end() && found->second.is_tensor())
      return found->second.tensor->dims();
    if (!graph_[id].type.is_tensor() || !graph_[id].type.shape) return {0};
    return static_dims(*graph_[id].type.shape).value_or(Dims{0});
  }

  // In a plan without jumps values come in an order that is known, are
  // compared as soon as possible, and forgotten.
  void keep(const codegen::PlanRunner& runner, const PlanProbe& probe) {
    if (!seen_.insert(probe.value).second) return;
    keep_first(runner, probe);
    if (turns_.size() < seen_.size()) return;
    const CheckTurn& turn = turns_[seen_.size() - 1];
    for (const ValueId id : turn.compare) {
      if (!wrong_.ok() || !values_.contains(id)) continue;
      compared_.insert(id);
      wrong_ = compare(id);
    }
    for (const ValueId id : turn.forget) values_.erase(id);
  }

  void keep_first(const codegen::PlanRunner& runner, const PlanProbe& probe) {
    const ElementType type =
        graph_[probe.value].type.element.value_or(ElementType::F32);
    const Dims sizes = runner.sizes(probe.dims);
    Tensor values(type, sizes);
    if (type == ElementType::F32) {
      const std::vector<float> numbers = runner.read(probe, sizes);
      std::ranges::copy(numbers, values.data<double>().begin());
    } else {
      const int64_t bytes = tensor::stored_bytes(type, values.size());
      auto literal =
          tensor::Literal::own(type, sizes, runner.read_bytes(probe, bytes));
      if (!literal.ok()) return;
      values = Tensor::from(*literal);
    }
    values_.emplace(probe.value, RunValue(std::move(values)));
    kept_.push_back(probe.value);
  }

  // Corners, then seeded elements.
  std::vector<int64_t> sample(const Dims& sizes) {
    const int64_t count = tensor::count_elements(sizes).value_or(0);
    std::vector<int64_t> elements;
    if (options_.extent == CheckExtent::Full || count <= 2 * kSamples) {
      for (int64_t i = 0; i < count; ++i) elements.push_back(i);
      return elements;
    }
    for (int corner = 0; corner < 1 << std::min<size_t>(sizes.size(), 5);
         ++corner) {
      int64_t at = 0;
      for (size_t d = 0; d < sizes.size(); ++d)
        at = at * sizes[d] + ((corner >> d & 1) != 0 ? sizes[d] - 1 : 0);
      elements.push_back(at);
    }
    Random random(options_.seed + static_cast<uint64_t>(count));
    for (int i = 0; i < kSamples; ++i)
      elements.push_back(static_cast<int64_t>(random.below(count)));
    std::ranges::sort(elements);
    elements.erase(std::ranges::unique(elements).begin(), elements.end());
    return elements;
  }

  // A value as its readers see it: stored by the compiled code, constant, or
  // made by the interpreter, at `elements` at least.
  Result<RunValue> value_at(ValueId id, const std::vector<int64_t>& elements) {
    const auto found = values_.find(id);
    if (found != values_.end()) return found->second;
    // Not kept: as f64 all weights take twice the model's memory.
    if (const tensor::Literal* const literal = graph_.literal_of(id)) {
      RunValue value(Tensor::from(*literal));
      literal->release_pages();
      return value;
    }
    return evaluate(id, elements);
  }

  // The interpreter's value. Element-wise nodes pass the question on; others
  // need all of their inputs.
  Result<RunValue> evaluate(ValueId id, const std::vector<int64_t>& elements) {
    const Node& node = graph_.nodes[producers_[index(id)]];
    if (has_body(node)) return run_control(node, id);
    std::vector<RunValue> inputs;
    for (const ValueId input : node.inputs) {
      if (input == tensor::kNone) {
        inputs.emplace_back();
        continue;
      }
      const bool same = graph_[id].type.is_static() &&
                        ((tensor::is_elementwise(node.op) &&
                          graph_[input].type == graph_[id].type) ||
                         ((node.op == tensor::Op::QuantizeLinear ||
                           node.op == tensor::Op::DequantizeLinear) &&
                          input == node.inputs[0]));
      HONE_ASSIGN_OR_RETURN(RunValue value,
                            value_at(input, same ? elements : all(input)));
      inputs.push_back(std::move(value));
    }
    std::vector<const RunValue*> pointers;
    for (size_t i = 0; i < inputs.size(); ++i)
      pointers.push_back(node.inputs[i] == tensor::kNone ? nullptr
                                                         : &inputs[i]);
    if (node.outputs[0] == id && node.outputs.size() == 1 &&
        graph_[id].type.is_static()) {
      HONE_ASSIGN_OR_RETURN(
          Tensor result, tensor::evaluate_elements(node, pointers, elements));
      return RunValue(std::move(result));
    }
    HONE_ASSIGN_OR_RETURN(const std::vector<RunValue> results,
                          tensor::run_node(node, pointers));
    return results[std::ranges::find(node.outputs, id) - node.outputs.begin()];
  }

  static bool has_body(const Node& node) {
    return std::ranges::any_of(node.attributes, [](const auto& attribute) {
      return kind_of(attribute.second) == tensor::AttributeKind::Graph;
    });
  }

  // A node with bodies as a graph of its own, whose inputs are all that the
  // node and its bodies read.
  Result<RunValue> run_control(const Node& node, ValueId id) {
    std::set<ValueId> read;
    for (const ValueId input : node.inputs)
      if (input != tensor::kNone) read.insert(input);
    for (const auto& [name, attribute] : node.attributes)
      if (kind_of(attribute) == tensor::AttributeKind::Graph)
        for (const tensor::Capture& capture :
             std::get<std::shared_ptr<const Graph>>(attribute)->captures)
          read.insert(capture.outer);
    Graph alone = graph_;
    alone.nodes = {node};
    alone.inputs.clear();
    alone.outputs = {id};
    std::vector<RunValue> inputs;
    for (const ValueId value : read) {
      if (graph_.literal_of(value) != nullptr) continue;
      HONE_ASSIGN_OR_RETURN(RunValue given, value_at(value, all(value)));
      alone.inputs.push_back(value);
      inputs.push_back(std::move(given));
    }
    HONE_ASSIGN_OR_RETURN(const std::vector<RunValue> results,
                          tensor::run_graph(alone, std::move(inputs)));
    return results[0];
  }

  // By how much the type itself rounds, as a part of a number.
  static double own_part(ElementType type) {
    if (!is_float(type)) return 0;
    const double unit =
        std::fabs(tensor::narrow(type, 1.03125) - 1.03125) > 0 ? 0.25 : 0;
    return type == ElementType::BF16  ? 0x1p-6
           : type == ElementType::F16 ? 0x1p-9
                                      : std::max(kOwn, unit);
  }

  // Integers are equal, but where they were rounded from floats.
  bool reads_floats(const Node& node) const {
    return std::ranges::any_of(node.inputs, [&](ValueId input) {
      return input != tensor::kNone && graph_[input].type.element &&
             is_float(*graph_[input].type.element);
    });
  }

  std::vector<int64_t> all(ValueId id) const {
    std::vector<int64_t> elements(tensor::count_elements(dims(id)).value_or(0));
    for (size_t i = 0; i < elements.size(); ++i)
      elements[i] = static_cast<int64_t>(i);
    return elements;
  }

  Status compare(ValueId id) {
    const std::vector<int64_t> elements = sample(dims(id));
    const Node& node = graph_.nodes[producers_[index(id)]];
    const auto wanted = evaluate(id, elements);
    if (!wanted.ok()) {
      // Also where random inputs are none that the node can work with.
      report_.unchecked.push_back(describe(node));
      return {};
    }
    const Tensor& got = *values_.at(id).tensor;
    if (wanted->tensor->dims() != got.dims()) {
      report_.unchecked.push_back(describe(node));
      return {};
    }
    const double own = own_part(got.type());
    const double least = !is_float(got.type()) && reads_floats(node) ? 1 : 0;
    double largest = 0;
    for (const int64_t at : elements) {
      const double number = std::fabs(wanted->tensor->number(at));
      if (std::isfinite(number)) largest = std::max(largest, number);
    }
    for (const int64_t at : elements) {
      const double x = got.number(at), y = wanted->tensor->number(at);
      if (x == y || (std::isnan(x) && std::isnan(y))) continue;
      const double allowed = own * std::fabs(y) +
                             (own > 0 ? kLargest * largest : 0) + least + 1e-30;
      const double error = std::fabs(x - y);
      if (!(error <= allowed))
        return Error(ErrorKind::Rejected,
                     fmt::format("{}: element {} of '{}' is {}, the reference "
                                 "interpreter says {}",
                                 describe(node), at, graph_[id].name, x, y));
      if (error / allowed > report_.worst) {
        report_.worst = error / allowed;
        report_.worst_value = graph_[id].name;
      }
    }
    ++report_.values;
    report_.elements += static_cast<int64_t>(elements.size());
    return {};
  }

  const Graph& graph_;
  const CheckOptions& options_;
  std::vector<int> producers_;
  std::map<ValueId, RunValue> values_;
  std::vector<CheckTurn> turns_;
  std::set<ValueId> seen_;     // whose first probe has come
  std::vector<ValueId> kept_;  // in the order in which they were made
  std::set<ValueId> compared_;
  Status wrong_;
  CheckReport report_;
};

}  // namespace

Result<CheckReport> check_model(const Graph& graph,
                                const codegen::BuiltModel& model,
                                const CheckOptions& options) {
  if (options.extent == CheckExtent::None) return CheckReport();
  return Checker(graph, options).check(model);
}

}  // namespace hone::toolkit
