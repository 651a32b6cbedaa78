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
  const std::vector<Dim> dims = planner.sizes(result);
  const auto rank = static_cast<int64_t>(dims.size());
  const int64_t axis = node.integer("axis") < 0 ? node.integer("axis") + rank
                                                : node.integer("axis");
  Dim n = 1, rows = 1;
  for (int64_t d = 0; d < rank; ++d) (d < axis ? rows : n) *= dims[d];
  if (planner.sizes(node.inputs[0]) != dims)
    return planner.unsupported(node, "sizes that contradict its result's");
  for (size_t i = 1; i < 3; ++i)
    if (node.has_input(i) && (planner.is_dynamic(node.inputs[i]) ||
                              n != planner.elements(node.inputs[i])))
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
               .tasks = rows};
  if (tile.shift) step.pointers.push_back({shift.buffer, 0});
  step.pointers.push_back({planner.add_weights(std::span(&epsilon, 1)), 0});
  step.flops = 8 * planner.estimate(rows * n);
  step.bytes = 8 * planner.estimate(rows * n);
  planner.add_step(planner.add_kernel(build_layer_norm(tile)), std::move(step));
  planner.define(result, y);
  return {};
}

// Each group of channels is a row; then channels are scaled and shifted.
Status lower_channel_normalization(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId result = node.outputs[0];
  const std::vector<Dim> dims = planner.sizes(result);
  if (planner.graph()[result].type.element != ElementType::F32 ||
      planner.elements(result) == 0)
    return planner.unsupported(node, "expected elements of f32");
  if (planner.sizes(node.inputs[0]) != dims || dims.size() < 2 ||
      !dims[1].is_constant())
    return planner.unsupported(node, "an open number of channels");
  for (size_t i = 1; i < 3; ++i)
    if (planner.sizes(node.inputs[i]) != std::vector<Dim>{dims[1]})
      return planner.unsupported(node, "not one scale and bias a channel");
  const int64_t groups = node.op == Op::InstanceNormalization
                             ? dims[1].value()
                             : node.integer("num_groups");
  const Dim rows = dims[0] * groups;
  Dim area = 1;
  for (size_t d = 2; d < dims.size(); ++d) area *= dims[d];
  const Dim all = dims[0] * dims[1] * area;
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored x, planner.plain(node.inputs[0]));
  HONE_ASSIGN_OR_RETURN(const Stored scale, planner.plain(node.inputs[1]));
  HONE_ASSIGN_OR_RETURN(const Stored shift, planner.plain(node.inputs[2]));
  const Stored y = planner.new_plain(result);
  const int units = planner.new_buffer(all * 4);
  const float epsilon = node.number("epsilon");
  const double elements = planner.estimate(all);
  planner.add_step(
      planner.add_kernel(
          build_layer_norm({.scale = false, .shift = false, .lanes = kBlock})),
      {.node = node.name,
       .pointers = {{units, 0},
                    {x.buffer, 0},
                    {planner.add_weights(std::span(&epsilon, 1)), 0}},
       .sizes = {area * (dims[1].value() / std::max<int64_t>(groups, 1))},
       .tasks = rows,
       .flops = 6 * elements,
       .bytes = 8 * elements});
  const View to = planner.view(y, std::vector<Dim>{dims[0], dims[1], area});
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
  const std::vector<Dim> dims = planner.sizes(result);
  if (planner.graph()[result].type.element != ElementType::F32 ||
      dims.size() < 2 || planner.sizes(node.inputs[0]) != dims)
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
  const Dim planes = dims[0] * dims[1];
  Dim area = 1;
  for (size_t d = 2; d < dims.size(); ++d) area *= dims[d];
  const double elements = planner.estimate(planes * area);
  planner.add_step(planner.add_kernel(build_local_response(tile)),
                   {.node = node.name,
                    .pointers = {{y.buffer, 0}, {x.buffer, 0}},
                    .sizes = {dims[1], area},
                    .tasks = planes,
                    .flops = elements * (2 * tile.size + 4),
                    .bytes = 8 * elements});
  planner.define(result, y);
  return {};
}

}  // namespace hone::tensor
