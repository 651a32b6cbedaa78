// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Softmax and reductions over neighbouring dimensions of plain tensors.
#include <algorithm>
#include <numeric>

#include "tensor/kernel/reduction.h"
#include "tensor/plan/lower.h"

namespace hone::tensor {

namespace {

// [outer][n][inner]
struct Split {
  Dim outer = 1, n = 1, inner = 1;
};

Split split_at(const std::vector<Dim>& dims, size_t first, size_t behind) {
  Split split;
  for (size_t i = 0; i < dims.size(); ++i)
    (i < first ? split.outer : i < behind ? split.n : split.inner) *= dims[i];
  return split;
}

void emit(Planner& planner, const Node& node, VectorKernel kernel,
          const Split& split, const Stored& to, const Stored& from) {
  const double count = planner.estimate(split.outer * split.n * split.inner);
  Step step = {.node = node.name,
               .pointers = {{to.buffer, 0}, {from.buffer, 0}},
               .sizes = {split.n},
               .tasks = split.outer,
               .flops = count,
               .bytes = count * 4};
  if (split.inner != 1) step.sizes.push_back(split.inner);
  planner.add_step(planner.add_kernel(std::move(kernel)), std::move(step));
}

std::optional<Reduction> reduction_of(Op op) {
  switch (op) {
    case Op::ReduceMax:
      return Reduction::Max;
    case Op::ReduceMean:
      return Reduction::Mean;
    case Op::ReduceMin:
      return Reduction::Min;
    case Op::ReduceSum:
      return Reduction::Sum;
    case Op::ReduceSumSquare:
      return Reduction::SumSquare;
    default:
      return {};
  }
}

bool is_f32(const Planner& planner, const Node& node) {
  return planner.graph()[node.outputs[0]].type.element == ElementType::F32;
}

}  // namespace

Status lower_softmax(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (!is_f32(planner, node))
    return planner.unsupported(node, "elements that are not f32");
  const std::vector<Dim> dims = planner.sizes(node.outputs[0]);
  if (planner.sizes(node.inputs[0]) != dims)
    return planner.unsupported(node, "sizes that contradict its result's");
  const auto rank = static_cast<int64_t>(dims.size());
  const int64_t axis =
      (node.integer("axis") + rank) % std::max<int64_t>(rank, 1);
  const Split split = split_at(dims, axis, axis + 1);
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored from, planner.plain(node.inputs[0]));
  const Stored to = planner.new_plain(node.outputs[0]);
  emit(planner, node,
       build_softmax(node.op == Op::LogSoftmax, split.inner == 1, kBlock),
       split, to, from);
  planner.define(node.outputs[0], to);
  return {};
}

Status lower_reduction(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  if (!is_f32(planner, node))
    return planner.unsupported(node, "elements that are not f32");
  const std::vector<Dim> dims = planner.sizes(node.inputs[0]);
  const auto rank = static_cast<int64_t>(dims.size());
  std::vector<int64_t> axes;
  if (node.has_input(1)) {
    const auto given = planner.integers(node.inputs[1]);
    if (!given) return planner.unsupported(node, "axes that are computed");
    axes = *given;
  }
  if (axes.empty()) {
    if (node.integer("noop_with_empty_axes") != 0)
      return planner.unsupported(node, "no axes");
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  for (int64_t& axis : axes) axis = (axis + rank) % std::max<int64_t>(rank, 1);
  std::ranges::sort(axes);
  for (size_t i = 1; i < axes.size(); ++i)
    if (axes[i] != axes[i - 1] + 1)
      return planner.unsupported(node, "axes that are no neighbours");
  const Split split =
      rank == 0 ? Split{} : split_at(dims, axes.front(), axes.back() + 1);
  Dim results = 1;
  for (const Dim& size : planner.sizes(node.outputs[0])) results *= size;
  if (results != split.outer * split.inner)
    return planner.unsupported(node, "sizes that contradict its result's");
  planner.mark_done(index);
  HONE_ASSIGN_OR_RETURN(const Stored from, planner.plain(node.inputs[0]));
  const Stored to = planner.new_plain(node.outputs[0]);
  emit(planner, node,
       build_reduction(*reduction_of(node.op), split.inner == 1, kBlock), split,
       to, from);
  planner.define(node.outputs[0], to);
  return {};
}

}  // namespace hone::tensor
