// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// If, Loop, and SequenceMap; Scan is in scan.cpp.
#include "tensor/interpreter/kernels.h"
#include "tensor/interpreter/stack.h"

namespace hone::tensor {

namespace {

Result<bool> truth(const Call& call, const RunValue& value) {
  if (!value.is_tensor() || !value.tensor ||
      value.tensor->type() != ElementType::Bool || value.tensor->size() != 1)
    return call.error("a condition that is not one Boolean");
  return value.tensor->integer_at(0) != 0;
}

Status run_if(Call& call) {
  HONE_ASSIGN_OR_RETURN(const bool yes, truth(call, call.value(0)));
  const Graph& body = *call.node().graph(yes ? "then_branch" : "else_branch");
  HONE_ASSIGN_OR_RETURN(std::vector<RunValue> results, call.run_body(body, {}));
  if (results.size() < call.outputs())
    return call.error("a branch gives {} outputs", results.size());
  for (size_t i = 0; i < call.outputs(); ++i)
    call.set(i, std::move(results[i]));
  return {};
}

// Inputs: trip count, condition, states. The body takes the iteration's number,
// the condition and the states; it gives the condition, the states, and a slice
// of each scan output.
Status run_loop(Call& call) {
  const Graph& body = *call.node().graph("body");
  int64_t trips = std::numeric_limits<int64_t>::max();
  if (call.has(0)) {
    HONE_ASSIGN_OR_RETURN(trips, call.integer_of(0));
  }
  bool go = true;
  if (call.has(1)) {
    HONE_ASSIGN_OR_RETURN(go, truth(call, call.value(1)));
  }
  std::vector<RunValue> states;
  for (size_t i = 2; i < call.inputs(); ++i) {
    if (!call.has(i)) return call.error("state {} is absent", i - 2);
    states.push_back(call.value(i));
  }
  if (body.inputs.size() != states.size() + 2 ||
      body.outputs.size() < states.size() + 1)
    return call.error("the body has {} inputs and {} outputs for {} states",
                      body.inputs.size(), body.outputs.size(), states.size());
  const size_t scans = body.outputs.size() - 1 - states.size();
  if (call.outputs() > states.size() + scans)
    return call.error("more outputs than the body gives");
  std::vector<Stack> stacks(scans);
  for (int64_t i = 0; go && i < trips; ++i) {
    std::vector<RunValue> inputs = {Tensor::integer(i), Tensor::boolean(go)};
    for (RunValue& state : states) inputs.push_back(std::move(state));
    HONE_ASSIGN_OR_RETURN(std::vector<RunValue> results,
                          call.run_body(body, std::move(inputs)));
    HONE_ASSIGN_OR_RETURN(go, truth(call, results[0]));
    for (size_t s = 0; s < states.size(); ++s)
      states[s] = std::move(results[1 + s]);
    for (size_t s = 0; s < scans; ++s)
      HONE_RETURN_IF_ERROR(
          stacks[s].push(call, std::move(results[1 + states.size() + s])));
  }
  for (size_t s = 0; s < states.size(); ++s) call.set(s, std::move(states[s]));
  for (size_t s = 0; s < scans; ++s) {
    const Value& slice = body[body.outputs[1 + states.size() + s]];
    HONE_ASSIGN_OR_RETURN(Tensor all, stacks[s].join(call, 0, slice.type));
    call.set(states.size() + s, std::move(all));
  }
  return {};
}

// Runs the body on each item; inputs that are no sequences go in as they are.
Status sequence_map(Call& call) {
  const Graph& body = *call.node().graph("body");
  if (call.value(0).kind != RunValue::Kind::Sequence)
    return call.error("input 0 is no sequence");
  const size_t length = call.value(0).items.size();
  std::vector<std::vector<RunValue>> outputs(body.outputs.size());
  for (size_t i = 0; i < length; ++i) {
    std::vector<RunValue> inputs;
    for (size_t k = 0; k < call.inputs(); ++k) {
      if (!call.has(k)) return call.error("input {} is absent", k);
      const RunValue& value = call.value(k);
      const bool is_sequence = value.kind == RunValue::Kind::Sequence;
      if (is_sequence && value.items.size() != length)
        return call.error("sequences of {} and {} items", length,
                          value.items.size());
      inputs.push_back(is_sequence ? value.items[i] : value);
    }
    HONE_ASSIGN_OR_RETURN(std::vector<RunValue> results,
                          call.run_body(body, std::move(inputs)));
    for (size_t k = 0; k < results.size(); ++k)
      outputs[k].push_back(std::move(results[k]));
  }
  if (call.outputs() > outputs.size())
    return call.error("more outputs than the body gives");
  for (size_t k = 0; k < call.outputs(); ++k)
    call.set(k, RunValue::sequence(std::move(outputs[k]),
                                   body[body.outputs[k]].type));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::If, run_if},
    {Op::Loop, run_loop},
    {Op::SequenceMap, sequence_map},
};

}  // namespace

std::span<const KernelRow> control_kernels() { return kRows; }

}  // namespace hone::tensor
