// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/plan_inputs.h"

#include <algorithm>
#include <map>

#include "base/random.h"

namespace hone::toolkit {

using tensor::ElementType;
using tensor::Graph;
using tensor::RunValue;
using tensor::Tensor;
using tensor::Type;
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

void fill(Tensor& values, Random& random, std::optional<int64_t> constant) {
  for (int64_t k = 0; k < values.size(); ++k) {
    if (values.type() == ElementType::Str)
      values.data<std::string>()[k] =
          std::vector{"Monday", "a b", "2.5", ""}[random.below(4)];
    else if (is_float(values.type()))
      values.data<double>()[k] =
          tensor::narrow(values.type(), random.unit() * 2 - 1);
    else
      values.data<int64_t>()[k] = tensor::narrow(
          values.type(),
          constant.value_or(static_cast<int64_t>(random.below(2))));
  }
}

RunValue random_value(const Type& type, Random& random) {
  if (type.is_optional())
    return RunValue::optional({random_value(type.inner(), random)},
                              type.inner());
  if (type.is_sequence()) {
    std::vector<RunValue> items;
    for (int i = 0; i < 2; ++i)
      items.push_back(random_value(type.inner(), random));
    return RunValue::sequence(std::move(items), type.inner());
  }
  tensor::Dims dims = {2, 3};
  if (type.shape) dims.clear();
  for (size_t d = 0; type.shape && d < type.shape->size(); ++d) {
    const tensor::Dim& dim = (*type.shape)[d];
    dims.push_back(dim.is_constant() ? dim.value() : 3);
  }
  Tensor values(type.element.value_or(ElementType::F32), dims);
  if (!is_complex(values.type())) fill(values, random, {});
  return RunValue(std::move(values));
}

}  // namespace

std::vector<RunValue> random_inputs(const tensor::Plan& plan,
                                    const Graph& graph, uint64_t seed) {
  Random random(seed);
  std::vector<RunValue> inputs;
  // Of open sizes: a few, so that the check stays short.
  std::map<std::string, int64_t, std::less<>> symbols;
  const auto value_of = [&](std::string_view symbol) -> std::optional<int64_t> {
    const auto next = static_cast<int64_t>(2 + symbols.size() % 3);
    return symbols.try_emplace(std::string(symbol), next).first->second;
  };
  for (const tensor::PlanTensor& input : plan.inputs) {
    const ValueId id = graph.inputs[inputs.size()];
    if (input.value) {
      inputs.push_back(random_value(graph[id].type, random));
      continue;
    }
    std::vector<int64_t> dims = input.dims;
    const auto& shape = graph[graph.inputs[inputs.size()]].type.shape;
    for (size_t d = 0; d < dims.size(); ++d)
      if (tensor::is_slot(dims[d]))
        dims[d] =
            std::max<int64_t>(evaluate((*shape)[d], value_of).value_or(2), 0);
    Tensor values(input.type, dims);
    fill(values, random, compared_with(graph, id));
    inputs.emplace_back(std::move(values));
  }
  return inputs;
}

PlanMemory plan_memory(const tensor::Plan& plan,
                       const std::vector<RunValue>& inputs) {
  constexpr size_t kBehind = 64;
  PlanMemory memory;
  for (size_t i = 0; i < inputs.size(); ++i) {
    memory.input_dims.emplace_back();
    memory.storage.emplace_back();
    if (plan.inputs[i].value) continue;
    const Tensor& input = *inputs[i].tensor;
    const tensor::Literal literal = input.to_literal();
    std::vector<std::byte> bytes(literal.bytes().begin(),
                                 literal.bytes().end());
    bytes.resize(bytes.size() + kBehind);
    memory.storage.back() = std::move(bytes);
    memory.input_dims.back() = input.dims();
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
      memory.inputs.push_back(
          plan.inputs[i].value ? memory.values.add(inputs[i])
                               : static_cast<void*>(memory.storage[i].data()));
    else
      memory.outputs.push_back(
          plan.outputs[i - inputs.size()].value
              ? memory.values.add_result()
              : static_cast<void*>(memory.storage[i].data()));
  }
  return memory;
}

}  // namespace hone::toolkit
