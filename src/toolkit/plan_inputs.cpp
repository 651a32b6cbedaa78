// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/plan_inputs.h"

#include <algorithm>
#include <map>

#include "base/random.h"

namespace hone::toolkit {

using tensor::Graph;
using tensor::Tensor;
using tensor::ValueId;

namespace {

// What the graph compares a number with, if there is such a node.
std::optional<int64_t> compared_with(const Graph& graph, ValueId input) {
  for (const tensor::Node& node : graph.nodes) {
    if (node.op != tensor::Op::Equal) continue;
    for (const int own : {0, 1}) {
      if (node.inputs[own] != input) continue;
      const tensor::Literal* const other =
          graph.literal_of(node.inputs[1 - own]);
      if (other == nullptr) continue;
      const auto numbers = other->to_integers();
      if (numbers && numbers->size() == 1) return (*numbers)[0];
    }
  }
  return {};
}

}  // namespace

std::vector<Tensor> random_inputs(const tensor::Plan& plan, const Graph& graph,
                                  uint64_t seed) {
  Random random(seed);
  std::vector<Tensor> inputs;
  // Of open sizes: a few, so that the check stays short.
  std::map<std::string, int64_t, std::less<>> symbols;
  const auto value_of = [&](std::string_view symbol) -> std::optional<int64_t> {
    const auto next = static_cast<int64_t>(2 + symbols.size() % 3);
    return symbols.try_emplace(std::string(symbol), next).first->second;
  };
  for (const tensor::PlanTensor& input : plan.inputs) {
    std::vector<int64_t> dims = input.dims;
    const auto& shape = graph[graph.inputs[inputs.size()]].type.shape;
    for (size_t d = 0; d < dims.size(); ++d)
      if (tensor::is_slot(dims[d]))
        dims[d] =
            std::max<int64_t>(evaluate((*shape)[d], value_of).value_or(2), 0);
    Tensor values(input.type, dims);
    const auto constant = compared_with(graph, graph.inputs[inputs.size()]);
    for (int64_t k = 0; k < values.size(); ++k) {
      if (is_float(input.type))
        values.data<double>()[k] =
            tensor::narrow(input.type, random.unit() * 2 - 1);
      else
        values.data<int64_t>()[k] = tensor::narrow(
            input.type,
            constant.value_or(static_cast<int64_t>(random.below(2))));
    }
    inputs.push_back(std::move(values));
  }
  return inputs;
}

PlanMemory plan_memory(const tensor::Plan& plan,
                       const std::vector<Tensor>& inputs) {
  constexpr size_t kBehind = 64;
  PlanMemory memory;
  for (const Tensor& input : inputs) {
    const tensor::Literal literal = input.to_literal();
    std::vector<std::byte> bytes(literal.bytes().begin(),
                                 literal.bytes().end());
    bytes.resize(bytes.size() + kBehind);
    memory.storage.push_back(std::move(bytes));
    memory.input_dims.push_back(input.dims());
  }
  for (const tensor::PlanTensor& output : plan.outputs)
    memory.storage.emplace_back(
        (tensor::has_slot(output.dims)
             ? 0
             : tensor::count_elements(output.dims).value_or(0)) *
            8 +
        kBehind);
  for (size_t i = 0; i < memory.storage.size(); ++i) {
    if (i < inputs.size())
      memory.inputs.push_back(memory.storage[i].data());
    else
      memory.outputs.push_back(memory.storage[i].data());
  }
  return memory;
}

}  // namespace hone::toolkit
