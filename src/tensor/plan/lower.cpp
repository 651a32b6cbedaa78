// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/lower.h"

#include <algorithm>

#include "tensor/plan/expression_of.h"
#include "tensor/plan/loop_step.h"
#include "tensor/plan/lower_general.h"
#include "tensor/plan/value_steps.h"

namespace hone::tensor {

namespace {

using Lowering = Status (*)(Planner&, int);

Lowering find_lowering(Op op) {
  switch (op) {
    case Op::Attention:
      return lower_attention_heads;
    case Op::Conv:
      return lower_convolution;
    case Op::AveragePool:
    case Op::MaxPool:
      return lower_pooling;
    case Op::GlobalAveragePool:
      return lower_global_average;
    case Op::Gemm:
    case Op::MatMul:
      return lower_matmul;
    case Op::DequantizeLinear:
      return lower_dequantize_bytes;
    case Op::QuantizeLinear:
      return lower_quantize_bytes;
    case Op::GRU:
    case Op::LSTM:
    case Op::RNN:
      return lower_recurrence;
    case Op::GroupNormalization:
    case Op::InstanceNormalization:
      return lower_channel_normalization;
    case Op::LRN:
      return lower_local_response;
    case Op::LayerNormalization:
    case Op::RMSNormalization:
      return lower_layer_normalization;
    case Op::LogSoftmax:
    case Op::Softmax:
      return lower_softmax;
    case Op::ReduceMax:
    case Op::ReduceMean:
    case Op::ReduceMin:
    case Op::ReduceSum:
    case Op::ReduceSumSquare:
      return lower_reduction;
    case Op::Flatten:
    case Op::Identity:
    case Op::Reshape:
    case Op::Squeeze:
    case Op::Unsqueeze:
      return lower_reshape;
    case Op::Transpose:
      return lower_transpose;
    case Op::Concat:
      return lower_concat;
    case Op::Gather:
      return lower_pick;
    case Op::Slice:
      return lower_slice;
    case Op::Split:
      return lower_split;
    case Op::Expand:
      return lower_expand;
    case Op::DepthToSpace:
      return lower_depth_to_space;
    case Op::Resize:
      return lower_upsample;
    default:
      return is_elementwise(op) ? lower_elementwise : nullptr;
  }
}

// For what the fast kernels refuse.
Lowering find_loop_lowering(Op op) {
  switch (op) {
    case Op::Conv:
      return lower_spatial_convolution;
    case Op::ConvTranspose:
      return lower_spatial_transpose;
    case Op::Einsum:
    case Op::Gemm:
    case Op::MatMul:
      return lower_contraction;
    case Op::Gather:
      return lower_row_gather;
    case Op::Pad:
      return lower_pad_by_axes;
    case Op::Resize:
      return lower_resize_by_axes;
    default:
      return nullptr;
  }
}

// Fast kernels compute with f32; some of them move other elements.
bool can_be_fast(const Planner& planner, const Node& node) {
  switch (node.op) {
    case Op::Concat:
    case Op::DepthToSpace:
    case Op::Expand:
    case Op::Flatten:
    case Op::Gather:
    case Op::Identity:
    case Op::QuantizeLinear:
    case Op::Reshape:
    case Op::Slice:
    case Op::Split:
    case Op::Squeeze:
    case Op::Transpose:
    case Op::Unsqueeze:
      return true;
    default:
      return std::ranges::all_of(node.outputs, [&](ValueId id) {
        return id == kNone ||
               planner.graph()[id].type.element == ElementType::F32;
      });
  }
}

}  // namespace

bool has_lowering(Op op) {
  return find_lowering(op) != nullptr || has_general_lowering(op);
}

Status lower_node(Planner& planner, int node) {
  const Node& n = planner.graph().nodes[node];
  if (works_on_values(planner, n)) return lower_values(planner, node);
  const auto is_text = [&](ValueId id) {
    return id != kNone && planner.graph()[id].type.element == ElementType::Str;
  };
  if (can_be_called(n.op, std::ranges::any_of(n.inputs, is_text) ||
                              std::ranges::any_of(n.outputs, is_text)))
    return lower_called(planner, node);
  for (const auto* ids : {&n.inputs, &n.outputs})
    for (const ValueId id : *ids)
      if (id != kNone && planner.is_boxed(id))
        return planner.unsupported(
            n, "'" + planner.graph()[id].name +
                   "' has a number of dimensions that is known only when the "
                   "model runs");
  const bool is_dynamic = planner.is_dynamic(n);
  if (is_dynamic) HONE_RETURN_IF_ERROR(define_sizes(planner, n));
  // The fast kernels first, then loop trees; they say what they do not take
  // before they do anything.
  const Lowering lowerings[] = {find_lowering(n.op), find_loop_lowering(n.op)};
  const bool has_general = has_general_lowering(n.op);
  for (const Lowering lowering : lowerings) {
    if (lowering == nullptr || !can_be_fast(planner, n) || !planner.can_know(n))
      continue;
    const Status status = lowering(planner, node);
    if (status.ok() || status.error().kind != ErrorKind::Unsupported ||
        !has_general)
      return status;
  }
  return lower_general(planner, node);
}

}  // namespace hone::tensor
