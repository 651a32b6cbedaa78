// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scan: a body over the slices of tensors, with states carried along.
#include "tensor/interpreter/kernels.h"
#include "tensor/interpreter/stack.h"

namespace hone::tensor {

namespace {

// The attribute's list, or zeros.
Result<Dims> list_or_zeros(const Call& call, std::string_view name,
                           size_t count) {
  Dims list = call.integers(name);
  if (list.empty()) list.assign(count, 0);
  if (list.size() != count)
    return call.error("{} has {} numbers; expected {}", name, list.size(),
                      count);
  return list;
}

Status scan(Call& call) {
  const Graph& body = *call.node().graph("body");
  const int64_t given = call.integer("num_scan_inputs");
  if (given < 1 || given > static_cast<int64_t>(call.inputs()))
    return call.error("num_scan_inputs of {}", given);
  const auto scans = static_cast<size_t>(given);
  const size_t states = call.inputs() - scans;
  if (body.inputs.size() != call.inputs() || body.outputs.size() < states ||
      call.outputs() > body.outputs.size())
    return call.error("the body does not fit {} states and {} scan inputs",
                      states, scans);
  for (size_t i = 0; i < call.inputs(); ++i)
    if (!call.has(i) || !call.value(i).is_tensor())
      return call.error("input {} is no tensor", i);
  const size_t results = body.outputs.size() - states;
  HONE_ASSIGN_OR_RETURN(Dims in_axes,
                        list_or_zeros(call, "scan_input_axes", scans));
  HONE_ASSIGN_OR_RETURN(const Dims in_back,
                        list_or_zeros(call, "scan_input_directions", scans));
  HONE_ASSIGN_OR_RETURN(const Dims out_axes,
                        list_or_zeros(call, "scan_output_axes", results));
  HONE_ASSIGN_OR_RETURN(const Dims out_back,
                        list_or_zeros(call, "scan_output_directions", results));
  int64_t length = -1;
  for (size_t i = 0; i < scans; ++i) {
    const Tensor& x = call.in(states + i);
    HONE_ASSIGN_OR_RETURN(in_axes[i], call.axis(in_axes[i], x.rank()));
    if (length >= 0 && x.dim(in_axes[i]) != length)
      return call.error("scan inputs of lengths {} and {}", length,
                        x.dim(in_axes[i]));
    length = x.dim(in_axes[i]);
  }
  std::vector<RunValue> state;
  for (size_t i = 0; i < states; ++i) state.push_back(call.value(i));
  std::vector<Stack> stacks(results);
  for (int64_t t = 0; t < length; ++t) {
    std::vector<RunValue> inputs = state;
    for (size_t i = 0; i < scans; ++i) {
      HONE_ASSIGN_OR_RETURN(Tensor slice,
                            slice_at(call, call.in(states + i), in_axes[i],
                                     in_back[i] ? length - 1 - t : t));
      inputs.emplace_back(std::move(slice));
    }
    HONE_ASSIGN_OR_RETURN(std::vector<RunValue> outputs,
                          call.run_body(body, std::move(inputs)));
    for (size_t i = 0; i < states; ++i) state[i] = std::move(outputs[i]);
    for (size_t i = 0; i < results; ++i)
      HONE_RETURN_IF_ERROR(
          stacks[i].push(call, std::move(outputs[states + i])));
  }
  for (size_t i = 0; i < states; ++i) call.set(i, std::move(state[i]));
  for (size_t i = 0; i < results; ++i) {
    HONE_ASSIGN_OR_RETURN(
        Tensor all,
        stacks[i].join(call, out_axes[i], body[body.outputs[states + i]].type,
                       out_back[i] != 0));
    call.set(states + i, std::move(all));
  }
  return {};
}

constexpr KernelRow kRows[] = {{Op::Scan, scan}};

}  // namespace

std::span<const KernelRow> scan_kernels() { return kRows; }

}  // namespace hone::tensor
