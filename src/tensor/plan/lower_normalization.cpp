// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Normalisation over the last dimensions, over channels, over neighbouring
// ones.
#include "tensor/kernel/normalization.h"

#include "tensor/plan/lower.h"

namespace hone::tensor {

Status lower_layer_normalization(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId result = node.outputs[0];
  if (planner.graph()[result].type.element != ElementType::F32)
    return planner.unsupported(node, "elements that are not f32");
  for (size_t i = 1; i < node.outputs.size(); ++i)
    if (node.has_output(i) && planner.is_used(node.outputs[i]))
      return planner.unsupported(node, "mean or deviation as a result");
  const std::vector<int64_t>& dims = planner.dims(result);
  const auto rank = static_cast<int64_t>(dims.size());
  const int64_t axis = node.integer("axis") < 0 ? node.integer("axis") + rank
                                                : node.integer("axis");
  int64_t n = 1;
  for (int64_t d = axis; d < rank; ++d) n *= dims[d];
  for (size_t i = 1; i < 3; ++i)
    if (node.has_input(i) && planner.elements(node.inputs[i]) != n)
      return planner.unsupported(node, "a scale or bias that is repeated");
  planner.mark_done(index);
  LayerNormTile tile = {.centred = node.op == Op::LayerNormalization,
                        .shift = node.has_input(2),
                        .lanes = kBlock};
  HONE_ASSIGN_OR_RETURN(const Stored x, planner.plain(node.inputs[0]));
  HONE_ASSIGN_OR_RETURN(const Stored scale, planner.plain(node.inputs[1]));
  Stored shift;
  if (tile.shift) {
    HONE_ASSIGN_OR_RETURN(shift, planner.plain(node.inputs[2]));
  }
  const Stored y = planner.new_plain(result);
  const float epsilon = node.number("epsilon");
  Step step = {.node = node.name,
               .pointers = {{y.buffer, 0}, {x.buffer, 0}, {scale.buffer, 0}},
               .sizes = {n},
               .tasks = planner.elements(result) / std::max<int64_t>(n, 1)};
  if (tile.shift) step.pointers.push_back({shift.buffer, 0});
  step.pointers.push_back({planner.add_weights(std::span(&epsilon, 1)), 0});
  step.flops = 8 * static_cast<double>(planner.elements(result));
  step.bytes = 8 * static_cast<double>(planner.elements(result));
  planner.add_step(planner.add_kernel(build_layer_norm(tile)), std::move(step));
  planner.define(result, y);
  return {};
}

// Each group of channels is a row; then channels are scaled and shifted.
Status lower_channel_normalization(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId result = node.outputs[0];
  const std::vector<int64_t>& dims = planner.dims(result);
  if (planner.graph()[result].type.element != ElementType::F32 ||
      planner.elements(result) == 0)
    return planner.unsupported(node, "expected elements of f32");
  const int64_t groups = node.op == Op::InstanceNormalization
                             ? dims[1]
                             : node.integer("num_groups");
  const int64_t rows = dims[0] * groups;
  const int64_t area = planner.elements(result) / (dims[0] * dims[1]);
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored x, planner.plain(node.inputs[0]));
  HONE_ASSIGN_OR_RETURN(const Stored scale, planner.plain(node.inputs[1]));
  HONE_ASSIGN_OR_RETURN(const Stored shift, planner.plain(node.inputs[2]));
  const Stored y = planner.new_plain(result);
  const int units = planner.new_buffer(planner.elements(result) * 4);
  const float epsilon = node.number("epsilon");
  const double elements = static_cast<double>(planner.elements(result));
  planner.add_step(
      planner.add_kernel(
          build_layer_norm({.scale = false, .shift = false, .lanes = kBlock})),
      {.node = node.name,
       .pointers = {{units, 0},
                    {x.buffer, 0},
                    {planner.add_weights(std::span(&epsilon, 1)), 0}},
       .sizes = {planner.elements(result) / rows},
       .tasks = rows,
       .flops = 6 * elements,
       .bytes = 8 * elements});
  const View to = planner.view(y, std::vector<int64_t>{dims[0], dims[1], area});
  View unit = to;
  unit.buffer = units;
  const auto channels = [&](const Stored& stored) {
    return View{.buffer = stored.buffer, .dims = to.dims, .strides = {0, 1, 0}};
  };
  planner.add_elementwise(
      node.name,
      {.inputs = 3, .steps = {{.op = KernelOp::Fma, .operands = {0, 1, 2}}}},
      to, {unit, channels(scale), channels(shift)});
  planner.define(result, y);
  return {};
}

Status lower_local_response(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId result = node.outputs[0];
  const std::vector<int64_t>& dims = planner.dims(result);
  if (planner.graph()[result].type.element != ElementType::F32 ||
      dims.size() < 2)
    return planner.unsupported(node, "expected f32 of two dimensions or more");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored x, planner.plain(node.inputs[0]));
  const Stored y = planner.new_plain(result);
  const LocalResponseTile tile = {
      .size = static_cast<int>(node.integer("size")),
      .alpha = node.number("alpha"),
      .beta = node.number("beta"),
      .bias = node.number("bias"),
      .lanes = kBlock};
  const int64_t planes = dims[0] * dims[1];
  const double elements = static_cast<double>(planner.elements(result));
  planner.add_step(planner.add_kernel(build_local_response(tile)),
                   {.node = node.name,
                    .pointers = {{y.buffer, 0}, {x.buffer, 0}},
                    .sizes = {dims[1], planner.elements(result) /
                                           std::max<int64_t>(planes, 1)},
                    .tasks = planes,
                    .flops = elements * (2 * tile.size + 4),
                    .bytes = 8 * elements});
  planner.define(result, y);
  return {};
}

}  // namespace hone::tensor
