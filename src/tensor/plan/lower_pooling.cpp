// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/pooling.h"

#include "tensor/plan/lower.h"
#include "tensor/plan/lower_quantized.h"
#include "tensor/plan/window.h"

namespace hone::tensor {

void add_pooling(Planner& planner, const Node& node, const PoolingTile& tile,
                 const WindowShape& shape, const Stored& from,
                 const Stored& to) {
  const Layout &x = from.layout, &y = to.layout;
  const int kernel = planner.add_kernel(build_pooling(tile));
  const double outputs =
      planner.estimate(y.images * y.planes() * kBlock * y.height * y.width);
  planner.add_step(
      kernel, {.node = node.name,
               .pointers = {{to.buffer, y.inside(), y.image()},
                            {from.buffer, x.inside(), x.image()}},
               .sizes = {y.height, y.width, x.height, x.width, shape.halo.top,
                         shape.halo.left, x.height + shape.halo.bottom,
                         x.width + shape.halo.right, y.plane(), y.row(),
                         x.plane(), x.row()},
               .tasks = y.planes(),
               .repeats = y.images,
               .flops = outputs * shape.window.height * shape.window.width,
               .bytes = outputs * 8});
}

Status lower_pooling(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  HONE_ASSIGN_OR_RETURN(const WindowShape shape, window_of(planner, node));
  if (node.has_output(1) && planner.is_used(node.outputs[1]))
    return planner.unsupported(node, "indices of the largest elements");
  // Taps outside of the input do not count, so any number of windows is safe.
  const std::vector<Dim> x = planner.image_dims(node.inputs[0]);
  const std::vector<Dim> y = planner.image_dims(node.outputs[0]);
  if (x[0] != y[0] || x[1] != y[1] || !x[1].is_constant())
    return planner.unsupported(node, "sizes that contradict its result's");
  if (node.op == Op::MaxPool && lower_byte_pooling(planner, index, shape))
    return {};
  PoolingTile tile = {.window = shape.window, .lanes = kBlock};
  if (node.op == Op::AveragePool)
    tile.kind = node.integer("count_include_pad") != 0
                    ? PoolingTile::Kind::AverageWhole
                    : PoolingTile::Kind::Average;
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored from,
                        planner.blocked(node.inputs[0], Halo{}));
  const Stored to = planner.new_blocked(node.outputs[0]);
  add_pooling(planner, node, tile, shape, from, to);
  planner.define(node.outputs[0], to);
  return {};
}

Status lower_global_average(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const size_t rank = planner.dims(node.inputs[0]).size();
  if (rank != 3 && rank != 4)
    return planner.unsupported(node, "expected an image, or a row");
  const std::vector<Dim> sizes = planner.image_dims(node.inputs[0]);
  if (!sizes[1].is_constant() || planner.image_dims(node.outputs[0]) !=
                                     std::vector<Dim>{sizes[0], sizes[1], 1, 1})
    return planner.unsupported(node, "sizes that contradict its result's");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored from,
                        planner.blocked(node.inputs[0], Halo{}));
  const Stored to = planner.new_blocked(node.outputs[0]);
  const Layout &x = from.layout, &y = to.layout;
  planner.add_step(planner.add_kernel(build_global_average(kBlock)),
                   {.node = node.name,
                    .pointers = {{to.buffer, y.inside(), y.image()},
                                 {from.buffer, x.inside(), x.image()}},
                    .sizes = {x.height, x.width, y.plane(), x.plane(), x.row()},
                    .tasks = y.planes(),
                    .repeats = y.images,
                    .flops = planner.estimate(x.size()),
                    .bytes = planner.estimate(x.size()) * 4});
  planner.define(node.outputs[0], to);
  return {};
}

}  // namespace hone::tensor
