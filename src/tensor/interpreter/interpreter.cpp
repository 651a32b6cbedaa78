// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/interpreter.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "tensor/graph_text.h"
#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

constexpr std::span<const KernelRow> (*kFamilies[])() = {
    activation_kernels, arithmetic_kernels,  attention_kernels,
    cast_kernels,       control_kernels,     convolution_kernels,
    custom_kernels,     elementwise_kernels, gather_kernels,
    image_kernels,      layout_kernels,      loss_kernels,
    matmul_kernels,     normalize_kernels,   pooling_kernels,
    quantize_kernels,   random_kernels,      recurrent_kernels,
    reduce_kernels,     resize_kernels,      scan_kernels,
    sequence_kernels,   shape_kernels,       signal_kernels,
    text_kernels,       training_kernels};

// Operators that take sequences and optionals.
bool takes_any_value(const OpInfo& row) {
  return row.family == "sequence" || row.family == "control" ||
         row.family == "custom" || row.op == Op::Identity;
}

class Interpreter {
 public:
  explicit Interpreter(const RunOptions& options) : options_(options) {}

  Result<std::vector<RunValue>> run(const Graph& graph,
                                    std::vector<RunValue> inputs,
                                    const std::vector<RunValue>* outer,
                                    int depth) {
    if (depth > kDeepestGraph)
      return Error(ErrorKind::LimitReached, "graphs lie too deep");
    if (inputs.size() != graph.inputs.size())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("graph '{}' takes {} inputs; given {}",
                               graph.name, graph.inputs.size(), inputs.size()));
    std::vector<RunValue> values(graph.values.size());
    for (size_t i = 0; i < graph.values.size(); ++i)
      if (graph.values[i].literal) values[i] = constant(graph.values[i]);
    for (size_t i = 0; i < inputs.size(); ++i)
      values[index(graph.inputs[i])] = std::move(inputs[i]);
    for (const Capture& capture : graph.captures)
      values[index(capture.inner)] = (*outer)[index(capture.outer)];
    const std::vector<int32_t> last = last_uses(graph);
    for (size_t at = 0; at < graph.nodes.size(); ++at) {
      const Node& node = graph.nodes[at];
      std::vector<const RunValue*> arguments;
      for (const ValueId id : node.inputs)
        arguments.push_back(id == kNone ? nullptr : &values[index(id)]);
      HONE_ASSIGN_OR_RETURN(
          std::vector<RunValue> results,
          run_one(node, std::move(arguments), &values, {}, depth));
      for (size_t i = 0; i < results.size(); ++i)
        if (node.has_output(i))
          values[index(node.outputs[i])] = std::move(results[i]);
      for (const ValueId id : node.inputs)
        if (id != kNone && last[index(id)] == static_cast<int32_t>(at))
          values[index(id)] = RunValue();
    }
    std::vector<RunValue> outputs;
    for (const ValueId id : graph.outputs) outputs.push_back(values[index(id)]);
    return outputs;
  }

  Result<std::vector<RunValue>> run_one(const Node& node,
                                        std::vector<const RunValue*> arguments,
                                        const std::vector<RunValue>* values,
                                        std::span<const int64_t> wanted,
                                        int depth) {
    const OpInfo& row = info(node.op);
    const Kernel kernel = find_kernel(node.op);
    if (!kernel)
      return Error(ErrorKind::Unsupported,
                   fmt::format("{}: the reference interpreter has no code for "
                               "this operator",
                               describe(node)));
    for (size_t i = 0; i < arguments.size(); ++i)
      if (!arguments[i] && row.most_inputs < 0 && !takes_any_value(row))
        return Error(ErrorKind::Malformed,
                     fmt::format("{}: input {} is absent", describe(node), i));
    for (size_t i = 0; i < arguments.size(); ++i)
      if (arguments[i] && !takes_any_value(row) &&
          !(arguments[i]->is_tensor() && arguments[i]->tensor))
        return Error(
            ErrorKind::Malformed,
            fmt::format("{}: input {} is no tensor", describe(node), i));
    Call call(node, std::move(arguments), options_.limits);
    call.want(wanted);
    call.run_body =
        [&](const Graph& body,
            std::vector<RunValue> inputs) -> Result<std::vector<RunValue>> {
      if (++iterations_ > options_.limits.iterations)
        return Error(ErrorKind::LimitReached,
                     fmt::format("{}: more than {} iterations", describe(node),
                                 options_.limits.iterations));
      return run(body, std::move(inputs), values, depth + 1);
    };
    HONE_RETURN_IF_ERROR(kernel(call));
    for (size_t i = 0; i < call.outputs(); ++i) {
      const RunValue& result = call.results()[i];
      if (call.wants(i) && result.is_tensor() && !result.tensor)
        return Error(
            ErrorKind::Unsupported,
            fmt::format("{}: output {} is not computed", describe(node), i));
    }
    return std::move(call.results());
  }

 private:
  // For each value the last node that reads it, or -1 where it has to stay:
  // captured, an output, a constant.
  static std::vector<int32_t> last_uses(const Graph& graph) {
    std::vector<int32_t> last(graph.values.size(), -1);
    for (size_t at = 0; at < graph.nodes.size(); ++at)
      for (const ValueId id : graph.nodes[at].inputs)
        if (id != kNone) last[index(id)] = static_cast<int32_t>(at);
    for (const Node& node : graph.nodes)
      for (const auto& [name, value] : node.attributes)
        if (const Graph* body = node.graph(name))
          for (const Capture& capture : body->captures)
            last[index(capture.outer)] = -1;
    for (const ValueId id : graph.outputs) last[index(id)] = -1;
    return last;
  }

  // Bodies of loops meet the same constants again.
  RunValue constant(const Value& value) {
    RunValue& kept = constants_[&value];
    if (!kept.tensor) kept = Tensor::from(*value.literal);
    return kept;
  }

  const RunOptions& options_;
  std::map<const Value*, RunValue> constants_;
  int64_t iterations_ = 0;
};

}  // namespace

Kernel find_kernel(Op op) {
  static const auto table = [] {
    std::array<Kernel, std::size_t(2048)> kernels = {};
    for (const auto family : kFamilies)
      for (const KernelRow& row : family())
        kernels[static_cast<size_t>(row.op)] = row.kernel;
    return kernels;
  }();
  return table[static_cast<size_t>(op)];
}

Result<std::vector<RunValue>> run_graph(const Graph& graph,
                                        std::vector<RunValue> inputs,
                                        const RunOptions& options) {
  return Interpreter(options).run(graph, std::move(inputs), nullptr, 0);
}

Result<std::vector<RunValue>> run_node(const Node& node,
                                       std::span<const RunValue* const> inputs,
                                       const RunOptions& options) {
  return Interpreter(options).run_one(node, {inputs.begin(), inputs.end()},
                                      nullptr, {}, 0);
}

Result<Tensor> evaluate_elements(const Node& node,
                                 std::span<const RunValue* const> inputs,
                                 std::span<const int64_t> elements,
                                 const RunOptions& options) {
  HONE_ASSIGN_OR_RETURN(
      const std::vector<RunValue> results,
      Interpreter(options).run_one(node, {inputs.begin(), inputs.end()},
                                   nullptr, elements, 0));
  if (results.empty() || !results[0].tensor)
    return Error(ErrorKind::Unsupported,
                 fmt::format("{}: its output is no tensor", describe(node)));
  return *results[0].tensor;
}

}  // namespace hone::tensor
