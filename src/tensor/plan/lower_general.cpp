// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/lower_general.h"

#include <algorithm>

namespace hone::tensor {

// In lower_normalize.cpp; lower_layer_normalization() is the fast kernel's.
Status lower_any_layer_normalization(Planner& planner, int node);

namespace {

struct Row {
  Op op;
  Status (*lower)(Planner&, int);
};

constexpr Row kRows[] = {
    {Op::Abs, lower_any_elementwise},
    {Op::Acos, lower_any_elementwise},
    {Op::Acosh, lower_any_elementwise},
    {Op::Adagrad, lower_optimiser},
    {Op::Adam, lower_optimiser},
    {Op::Add, lower_any_elementwise},
    {Op::AffineGrid, lower_affine_grid},
    {Op::And, lower_any_elementwise},
    {Op::ArgMax, lower_argument},
    {Op::ArgMin, lower_argument},
    {Op::Asin, lower_any_elementwise},
    {Op::Asinh, lower_any_elementwise},
    {Op::Atan, lower_any_elementwise},
    {Op::Atanh, lower_any_elementwise},
    {Op::Attention, lower_attention},
    {Op::AveragePool, lower_any_pooling},
    {Op::BatchNormalization, lower_any_batch_normalization},
    {Op::Bernoulli, lower_bernoulli},
    {Op::BitCast, lower_alias},
    {Op::BitShift, lower_any_elementwise},
    {Op::BitwiseAnd, lower_any_elementwise},
    {Op::BitwiseNot, lower_any_elementwise},
    {Op::BitwiseOr, lower_any_elementwise},
    {Op::BitwiseXor, lower_any_elementwise},
    {Op::BlackmanWindow, lower_signal_window},
    {Op::Cast, lower_cast},
    {Op::CastLike, lower_cast},
    {Op::CausalConvWithState, lower_causal_convolution},
    {Op::Ceil, lower_any_elementwise},
    {Op::Celu, lower_any_elementwise},
    {Op::CenterCropPad, lower_center_crop_pad},
    {Op::Clip, lower_any_elementwise},
    {Op::Col2Im, lower_col2im},
    {Op::Compress, lower_compress},
    {Op::Concat, lower_any_concat},
    {Op::ConstantOfShape, lower_constant_of_shape},
    {Op::Conv, lower_any_convolution},
    {Op::ConvInteger, lower_any_convolution},
    {Op::ConvTranspose, lower_convolution_transpose},
    {Op::Cos, lower_any_elementwise},
    {Op::Cosh, lower_any_elementwise},
    {Op::CumProd, lower_cumulative},
    {Op::CumSum, lower_cumulative},
    {Op::DFT, lower_dft},
    {Op::DeformConv, lower_deform_conv},
    {Op::DepthToSpace, lower_space_to_depth},
    {Op::DequantizeLinear, lower_dequantize},
    {Op::Det, lower_det},
    {Op::Div, lower_any_elementwise},
    {Op::Dropout, lower_any_dropout},
    {Op::DynamicQuantizeLinear, lower_dynamic_quantize},
    {Op::Einsum, lower_einsum},
    {Op::Elu, lower_any_elementwise},
    {Op::Equal, lower_any_elementwise},
    {Op::Erf, lower_any_elementwise},
    {Op::Exp, lower_any_elementwise},
    {Op::Expand, lower_any_expand},
    {Op::EyeLike, lower_eye_like},
    {Op::Flatten, lower_alias},
    {Op::Floor, lower_any_elementwise},
    {Op::GRU, lower_any_recurrence},
    {Op::Gather, lower_gather},
    {Op::GatherElements, lower_gather_elements},
    {Op::GatherND, lower_gather_nd},
    {Op::Gelu, lower_any_elementwise},
    {Op::Gemm, lower_any_gemm},
    {Op::GlobalAveragePool, lower_global_pooling},
    {Op::GlobalLpPool, lower_global_pooling},
    {Op::GlobalMaxPool, lower_global_pooling},
    {Op::Greater, lower_any_elementwise},
    {Op::GreaterOrEqual, lower_any_elementwise},
    {Op::GridSample, lower_grid_sample},
    {Op::GroupNormalization, lower_group_normalization},
    {Op::HammingWindow, lower_signal_window},
    {Op::HannWindow, lower_signal_window},
    {Op::HardSigmoid, lower_any_elementwise},
    {Op::HardSwish, lower_any_elementwise},
    {Op::Hardmax, lower_any_softmax},
    {Op::Identity, lower_alias},
    {Op::InstanceNormalization, lower_group_normalization},
    {Op::IsInf, lower_any_elementwise},
    {Op::IsNaN, lower_any_elementwise},
    {Op::LRN, lower_lrn},
    {Op::LSTM, lower_any_recurrence},
    {Op::LayerNormalization, lower_any_layer_normalization},
    {Op::LeakyRelu, lower_any_elementwise},
    {Op::Less, lower_any_elementwise},
    {Op::LessOrEqual, lower_any_elementwise},
    {Op::LinearAttention, lower_linear_attention},
    {Op::Log, lower_any_elementwise},
    {Op::LogSoftmax, lower_any_softmax},
    {Op::LpNormalization, lower_lp_normalization},
    {Op::LpPool, lower_any_pooling},
    {Op::MatMul, lower_any_matmul},
    {Op::MatMulInteger, lower_any_matmul},
    {Op::Max, lower_any_elementwise},
    {Op::MaxPool, lower_any_pooling},
    {Op::MaxRoiPool, lower_max_roi_pool},
    {Op::MaxUnpool, lower_max_unpool},
    {Op::Mean, lower_any_elementwise},
    {Op::MeanVarianceNormalization, lower_mean_variance},
    {Op::MelWeightMatrix, lower_mel_weights},
    {Op::Min, lower_any_elementwise},
    {Op::Mish, lower_any_elementwise},
    {Op::Mod, lower_any_elementwise},
    {Op::Momentum, lower_optimiser},
    {Op::Mul, lower_any_elementwise},
    {Op::Multinomial, lower_multinomial},
    {Op::Neg, lower_any_elementwise},
    {Op::NegativeLogLikelihoodLoss, lower_loss},
    {Op::NonMaxSuppression, lower_non_max_suppression},
    {Op::NonZero, lower_non_zero},
    {Op::Not, lower_any_elementwise},
    {Op::OneHot, lower_one_hot},
    {Op::Or, lower_any_elementwise},
    {Op::PRelu, lower_any_elementwise},
    {Op::Pad, lower_pad},
    {Op::Pow, lower_any_elementwise},
    {Op::QLinearConv, lower_any_convolution},
    {Op::QLinearMatMul, lower_qlinear_matmul},
    {Op::QuantizeLinear, lower_quantize},
    {Op::RMSNormalization, lower_any_layer_normalization},
    {Op::RNN, lower_any_recurrence},
    {Op::RandomNormal, lower_random},
    {Op::RandomNormalLike, lower_random},
    {Op::RandomUniform, lower_random},
    {Op::RandomUniformLike, lower_random},
    {Op::Range, lower_range},
    {Op::Reciprocal, lower_any_elementwise},
    {Op::ReduceL1, lower_any_reduction},
    {Op::ReduceL2, lower_any_reduction},
    {Op::ReduceLogSum, lower_any_reduction},
    {Op::ReduceLogSumExp, lower_any_reduction},
    {Op::ReduceMax, lower_any_reduction},
    {Op::ReduceMean, lower_any_reduction},
    {Op::ReduceMin, lower_any_reduction},
    {Op::ReduceProd, lower_any_reduction},
    {Op::ReduceSum, lower_any_reduction},
    {Op::ReduceSumSquare, lower_any_reduction},
    {Op::Relu, lower_any_elementwise},
    {Op::Reshape, lower_alias},
    {Op::Resize, lower_resize},
    {Op::ReverseSequence, lower_reverse_sequence},
    {Op::RoiAlign, lower_roi_align},
    {Op::RotaryEmbedding, lower_rotary_embedding},
    {Op::Round, lower_any_elementwise},
    {Op::STFT, lower_stft},
    {Op::ScatterElements, lower_scatter_elements},
    {Op::ScatterND, lower_scatter_nd},
    {Op::Selu, lower_any_elementwise},
    {Op::Shape, lower_shape},
    {Op::Shrink, lower_any_elementwise},
    {Op::Sigmoid, lower_any_elementwise},
    {Op::Sign, lower_any_elementwise},
    {Op::Sin, lower_any_elementwise},
    {Op::Sinh, lower_any_elementwise},
    {Op::Size, lower_shape},
    {Op::Slice, lower_any_slice},
    {Op::Softmax, lower_any_softmax},
    {Op::SoftmaxCrossEntropyLoss, lower_loss},
    {Op::Softplus, lower_any_elementwise},
    {Op::Softsign, lower_any_elementwise},
    {Op::SpaceToDepth, lower_space_to_depth},
    {Op::Split, lower_any_split},
    {Op::Sqrt, lower_any_elementwise},
    {Op::Squeeze, lower_alias},
    {Op::Sub, lower_any_elementwise},
    {Op::Sum, lower_any_elementwise},
    {Op::SwiGLU, lower_any_elementwise},
    {Op::Swish, lower_any_elementwise},
    {Op::Tan, lower_any_elementwise},
    {Op::Tanh, lower_any_elementwise},
    {Op::TensorScatter, lower_tensor_scatter},
    {Op::TfIdfVectorizer, lower_tf_idf},
    {Op::ThresholdedRelu, lower_any_elementwise},
    {Op::Tile, lower_any_expand},
    {Op::TopK, lower_top_k},
    {Op::Transpose, lower_any_transpose},
    {Op::Trilu, lower_trilu},
    {Op::Unique, lower_unique},
    {Op::Unsqueeze, lower_alias},
    {Op::Where, lower_any_elementwise},
    {Op::Xor, lower_any_elementwise},
};

const Row* find_row(Op op) {
  const Row* const found = std::ranges::find(kRows, op, &Row::op);
  return found == std::end(kRows) ? nullptr : found;
}

}  // namespace

bool is_broadcasting(Op op) {
  const Row* const row = find_row(op);
  return row != nullptr && row->lower == lower_any_elementwise;
}

bool has_general_lowering(Op op) { return find_row(op) != nullptr; }

Status lower_general(Planner& planner, int node) {
  const Node& n = planner.graph().nodes[node];
  const Row* const row = find_row(n.op);
  if (row == nullptr)
    return planner.unsupported(n, "this operator is not compiled");
  HONE_RETURN_IF_ERROR(row->lower(planner, node));
  planner.mark_done(node);
  return {};
}

}  // namespace hone::tensor
