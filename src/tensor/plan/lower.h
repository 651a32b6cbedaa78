// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From nodes of a graph to steps of a plan, one source for each family of
// operators. A lowering may take later nodes with it (Planner::mark_done).
#pragma once

#include "tensor/plan/planner.h"

namespace hone::tensor {

// Whether there is a lowering for this operator, for some of its inputs.
bool has_lowering(Op op);

// Unsupported names the node and why.
Status lower_node(Planner& planner, int node);

Status lower_attention_heads(Planner& planner, int node);
Status lower_convolution(Planner& planner, int node);
Status lower_pick(Planner& planner, int node);
Status lower_channel_normalization(Planner& planner, int node);
Status lower_pooling(Planner& planner, int node);
Status lower_global_average(Planner& planner, int node);
Status lower_layer_normalization(Planner& planner, int node);
Status lower_local_response(Planner& planner, int node);
Status lower_matmul(Planner& planner, int node);
Status lower_elementwise(Planner& planner, int node);
Status lower_recurrence(Planner& planner, int node);
Status lower_quantize_bytes(Planner& planner, int node);
Status lower_dequantize_bytes(Planner& planner, int node);
Status lower_softmax(Planner& planner, int node);
Status lower_reduction(Planner& planner, int node);
Status lower_reshape(Planner& planner, int node);
Status lower_transpose(Planner& planner, int node);
Status lower_concat(Planner& planner, int node);
Status lower_slice(Planner& planner, int node);
Status lower_split(Planner& planner, int node);
Status lower_expand(Planner& planner, int node);
Status lower_depth_to_space(Planner& planner, int node);
Status lower_upsample(Planner& planner, int node);

}  // namespace hone::tensor
