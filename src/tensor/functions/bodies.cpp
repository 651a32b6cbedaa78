// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What functions are made of, sorted by operator. Numbers are f32 constants,
// brought to the type of %x by CastLike.
#include "tensor/functions/body.h"
#include "tensor/functions/flex_attention.h"
#include "tensor/functions/sequence_map.h"
#include "tensor/functions/written_bodies.h"

namespace hone::tensor {

namespace {

bool is_tanh(const Node& node) { return node.text("approximate") == "tanh"; }
bool bounds_both(const Node& n) { return n.has_input(1) && n.has_input(2); }
bool bounds_below(const Node& n) { return n.has_input(1); }
bool bounds_above(const Node& n) { return n.has_input(2); }

constexpr FunctionBody kBodies[] = {
    {Op::AffineGrid, nullptr, affine_grid_body},
    {Op::Attention, nullptr, attention_body},
    {Op::Bernoulli, nullptr, bernoulli_body},
    {Op::BlackmanWindow, nullptr, signal_window_body},
    {Op::CastLike, nullptr, cast_like_body},
    {Op::CausalConvWithState, nullptr, causal_convolution_body},
    {Op::Celu, nullptr, R"(graph "Celu" (%x) -> (%y) {
  %a32: f32[] = const [${alpha}]
  %a = CastLike(%a32, %x)
  %d = Div(%x, %a)
  %e = Elu(%d)
  %y = Mul(%a, %e)
})"},
    {Op::CenterCropPad, nullptr, center_crop_pad_body},
    {Op::Clip, bounds_both, R"(graph "Clip" (%x, %low, %high) -> (%y) {
  %m = Max(%x, %low)
  %y = Min(%m, %high)
})"},
    {Op::Clip, bounds_below, R"(graph "Clip" (%x, %low) -> (%y) {
  %y = Max(%x, %low)
})"},
    {Op::Clip, bounds_above, R"(graph "Clip" (%x, %low, %high) -> (%y) {
  %y = Min(%x, %high)
})"},
    {Op::Clip, nullptr, R"(graph "Clip" (%x) -> (%y) {
  %y = Identity(%x)
})"},
    {Op::DepthToSpace, nullptr, depth_to_space_body},
    {Op::DynamicQuantizeLinear, nullptr,
     R"(graph "DynamicQuantizeLinear" (%x) -> (%y, %scale, %zero) {
  %none: f32[] = const [0]
  %full: f32[] = const [255]
  %least0 = ReduceMin(%x) {keepdims = 0}
  %most0 = ReduceMax(%x) {keepdims = 0}
  %least = Min(%least0, %none)
  %most = Max(%most0, %none)
  %range = Sub(%most, %least)
  %scale = Div(%range, %full)
  %down = Sub(%none, %least)
  %place = Div(%down, %scale)
  %low = Max(%place, %none)
  %inside = Min(%low, %full)
  %round = Round(%inside)
  %zero = Cast(%round) {to = 2}
  %y = QuantizeLinear(%x, %scale, %zero)
})"},
    {Op::Elu, nullptr, R"(graph "Elu" (%x) -> (%y) {
  %zero32: f32[] = const [0]
  %one32: f32[] = const [1]
  %a32: f32[] = const [${alpha}]
  %zero = CastLike(%zero32, %x)
  %one = CastLike(%one32, %x)
  %a = CastLike(%a32, %x)
  %e = Exp(%x)
  %s = Sub(%e, %one)
  %m = Mul(%a, %s)
  %c = Less(%x, %zero)
  %y = Where(%c, %m, %x)
})"},
    {Op::FlexAttention, nullptr, flex_attention_nodes},
    {Op::Gelu, is_tanh, R"(graph "Gelu" (%x) -> (%y) {
  %half32: f32[] = const [0.5]
  %one32: f32[] = const [1]
  %k32: f32[] = const [0.044715]
  %r32: f32[] = const [0.7978845608]
  %half = CastLike(%half32, %x)
  %one = CastLike(%one32, %x)
  %k = CastLike(%k32, %x)
  %r = CastLike(%r32, %x)
  %x2 = Mul(%x, %x)
  %x3 = Mul(%x2, %x)
  %kx = Mul(%k, %x3)
  %i = Add(%x, %kx)
  %ri = Mul(%r, %i)
  %t = Tanh(%ri)
  %p = Add(%one, %t)
  %h = Mul(%half, %x)
  %y = Mul(%h, %p)
})"},
    {Op::Gelu, nullptr, R"(graph "Gelu" (%x) -> (%y) {
  %half32: f32[] = const [0.5]
  %one32: f32[] = const [1]
  %root32: f32[] = const [1.4142135624]
  %half = CastLike(%half32, %x)
  %one = CastLike(%one32, %x)
  %root = CastLike(%root32, %x)
  %d = Div(%x, %root)
  %e = Erf(%d)
  %p = Add(%one, %e)
  %h = Mul(%half, %x)
  %y = Mul(%h, %p)
})"},
    {Op::GreaterOrEqual, nullptr, R"(graph "GreaterOrEqual" (%a, %b) -> (%y) {
  %g = Greater(%a, %b)
  %e = Equal(%a, %b)
  %y = Or(%g, %e)
})"},
    {Op::GroupNormalization, nullptr, group_normalization_body},
    {Op::HammingWindow, nullptr, signal_window_body},
    {Op::HannWindow, nullptr, signal_window_body},
    {Op::HardSigmoid, nullptr, R"(graph "HardSigmoid" (%x) -> (%y) {
  %zero32: f32[] = const [0]
  %one32: f32[] = const [1]
  %a32: f32[] = const [${alpha}]
  %b32: f32[] = const [${beta}]
  %zero = CastLike(%zero32, %x)
  %one = CastLike(%one32, %x)
  %a = CastLike(%a32, %x)
  %b = CastLike(%b32, %x)
  %m = Mul(%x, %a)
  %s = Add(%m, %b)
  %l = Max(%s, %zero)
  %y = Min(%l, %one)
})"},
    {Op::HardSwish, nullptr, R"(graph "HardSwish" (%x) -> (%y) {
  %h = HardSigmoid(%x) {alpha = 0.16666667, beta = 0.5}
  %y = Mul(%x, %h)
})"},
    {Op::LayerNormalization, nullptr, layer_normalization_body},
    {Op::LeakyRelu, nullptr, R"(graph "LeakyRelu" (%x) -> (%y) {
  %zero32: f32[] = const [0]
  %a32: f32[] = const [${alpha}]
  %zero = CastLike(%zero32, %x)
  %a = CastLike(%a32, %x)
  %m = Mul(%a, %x)
  %c = Less(%x, %zero)
  %y = Where(%c, %m, %x)
})"},
    {Op::LessOrEqual, nullptr, R"(graph "LessOrEqual" (%a, %b) -> (%y) {
  %g = Less(%a, %b)
  %e = Equal(%a, %b)
  %y = Or(%g, %e)
})"},
    {Op::LinearAttention, nullptr, linear_attention_body},
    {Op::LogSoftmax, nullptr, R"(graph "LogSoftmax" (%x) -> (%y) {
  %axis: i64[1] = const [${axis}]
  %m = ReduceMax(%x, %axis)
  %d = Sub(%x, %m)
  %e = Exp(%d)
  %s = ReduceSum(%e, %axis)
  %l = Log(%s)
  %y = Sub(%d, %l)
})"},
    {Op::MeanVarianceNormalization, nullptr,
     R"(graph "MeanVarianceNormalization" (%x) -> (%y) {
  %e32: f32[] = const [1e-9]
  %e = CastLike(%e32, %x)
  %axes: i64[${axes.size}] = const ${axes}
  %m = ReduceMean(%x, %axes)
  %d = Sub(%x, %m)
  %d2 = Mul(%d, %d)
  %v = ReduceMean(%d2, %axes)
  %r = Sqrt(%v)
  %re = Add(%r, %e)
  %y = Div(%d, %re)
})"},
    {Op::Mish, nullptr, R"(graph "Mish" (%x) -> (%y) {
  %s = Softplus(%x)
  %t = Tanh(%s)
  %y = Mul(%x, %t)
})"},
    {Op::NegativeLogLikelihoodLoss, nullptr, loss_body},
    {Op::PRelu, nullptr, R"(graph "PRelu" (%x, %slope) -> (%y) {
  %zero32: f32[] = const [0]
  %zero = CastLike(%zero32, %x)
  %m = Mul(%slope, %x)
  %c = Less(%x, %zero)
  %y = Where(%c, %m, %x)
})"},
    {Op::RMSNormalization, nullptr, layer_normalization_body},
    {Op::Range, nullptr, range_body},
    {Op::ReduceL1, nullptr, R"(graph "ReduceL1" (%x, %axes) -> (%y) {
  %a = Abs(%x)
  %y = ReduceSum(%a, %axes) {keepdims = ${keepdims}, noop_with_empty_axes = ${noop_with_empty_axes}}
})"},
    {Op::ReduceL2, nullptr, reduce_body},
    {Op::ReduceLogSum, nullptr, reduce_body},
    {Op::ReduceLogSumExp, nullptr, reduce_body},
    {Op::ReduceSumSquare, nullptr,
     R"(graph "ReduceSumSquare" (%x, %axes) -> (%y) {
  %a = Mul(%x, %x)
  %y = ReduceSum(%a, %axes) {keepdims = ${keepdims}, noop_with_empty_axes = ${noop_with_empty_axes}}
})"},
    {Op::Relu, nullptr, R"(graph "Relu" (%x) -> (%y) {
  %zero32: f32[] = const [0]
  %zero = CastLike(%zero32, %x)
  %y = Max(%x, %zero)
})"},
    {Op::RotaryEmbedding, nullptr, rotary_embedding_body},
    {Op::Selu, nullptr, R"(graph "Selu" (%x) -> (%y) {
  %g32: f32[] = const [${gamma}]
  %g = CastLike(%g32, %x)
  %e = Elu(%x) {alpha = ${alpha}}
  %y = Mul(%g, %e)
})"},
    {Op::SequenceMap, nullptr, sequence_map_nodes},
    {Op::Shrink, nullptr, R"(graph "Shrink" (%x) -> (%y) {
  %zero32: f32[] = const [0]
  %l32: f32[] = const [${lambd}]
  %b32: f32[] = const [${bias}]
  %zero = CastLike(%zero32, %x)
  %l = CastLike(%l32, %x)
  %b = CastLike(%b32, %x)
  %n = Neg(%l)
  %below = Less(%x, %n)
  %above = Less(%l, %x)
  %up = Add(%x, %b)
  %down = Sub(%x, %b)
  %inner = Where(%above, %down, %zero)
  %y = Where(%below, %up, %inner)
})"},
    {Op::Softmax, nullptr, R"(graph "Softmax" (%x) -> (%y) {
  %axis: i64[1] = const [${axis}]
  %m = ReduceMax(%x, %axis)
  %d = Sub(%x, %m)
  %e = Exp(%d)
  %s = ReduceSum(%e, %axis)
  %y = Div(%e, %s)
})"},
    {Op::SoftmaxCrossEntropyLoss, nullptr, loss_body},
    {Op::Softplus, nullptr, R"(graph "Softplus" (%x) -> (%y) {
  %zero32: f32[] = const [0]
  %one32: f32[] = const [1]
  %zero = CastLike(%zero32, %x)
  %one = CastLike(%one32, %x)
  %m = Max(%x, %zero)
  %a = Abs(%x)
  %n = Neg(%a)
  %e = Exp(%n)
  %p = Add(%e, %one)
  %l = Log(%p)
  %y = Add(%m, %l)
})"},
    {Op::Softsign, nullptr, R"(graph "Softsign" (%x) -> (%y) {
  %one32: f32[] = const [1]
  %one = CastLike(%one32, %x)
  %a = Abs(%x)
  %p = Add(%one, %a)
  %y = Div(%x, %p)
})"},
    {Op::SpaceToDepth, nullptr, space_to_depth_body},
    {Op::SwiGLU, nullptr, R"(graph "SwiGLU" (%a, %b) -> (%y) {
  %s = Swish(%a) {alpha = ${alpha}}
  %y = Mul(%s, %b)
})"},
    {Op::Swish, nullptr, R"(graph "Swish" (%x) -> (%y) {
  %a32: f32[] = const [${alpha}]
  %a = CastLike(%a32, %x)
  %m = Mul(%a, %x)
  %s = Sigmoid(%m)
  %y = Mul(%x, %s)
})"},
    {Op::ThresholdedRelu, nullptr, R"(graph "ThresholdedRelu" (%x) -> (%y) {
  %zero32: f32[] = const [0]
  %a32: f32[] = const [${alpha}]
  %zero = CastLike(%zero32, %x)
  %a = CastLike(%a32, %x)
  %c = Less(%a, %x)
  %y = Where(%c, %x, %zero)
})"},
};

}  // namespace

std::span<const FunctionBody> function_bodies() { return kBodies; }

}  // namespace hone::tensor
