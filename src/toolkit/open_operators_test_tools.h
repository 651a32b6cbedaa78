// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators on tensors with sizes that come at run time: the rows of
// open_operators_test.cpp.
#pragma once

#include <string_view>

namespace hone::toolkit {

// What the graph reads, computes and returns. A list behind "=" is what the
// input holds; other integers are 0 and 1, other numbers between -1 and 1.
struct Row {
  std::string_view inputs, body;
  std::string_view results = "%y";
};

// %y = Op(%x), of numbers.
constexpr std::string_view kUnary[] = {"Abs",
                                       "Acos",
                                       "Acosh",
                                       "Asin",
                                       "Asinh",
                                       "Atan",
                                       "Atanh",
                                       "Ceil",
                                       "Celu",
                                       "Clip",
                                       "Cos",
                                       "Cosh",
                                       "Dropout",
                                       "Elu",
                                       "Erf",
                                       "Exp",
                                       "Flatten",
                                       "Floor",
                                       "Gelu",
                                       "HardSigmoid",
                                       "HardSwish",
                                       "Hardmax",
                                       "Identity",
                                       "IsInf",
                                       "IsNaN",
                                       "LeakyRelu",
                                       "Log",
                                       "LogSoftmax",
                                       "Mish",
                                       "Neg",
                                       "NonZero",
                                       "RandomNormalLike",
                                       "Reciprocal",
                                       "Relu",
                                       "Round",
                                       "Selu",
                                       "Shape",
                                       "Shrink",
                                       "Sigmoid",
                                       "Sign",
                                       "Sin",
                                       "Sinh",
                                       "Size",
                                       "Softmax",
                                       "Softplus",
                                       "Softsign",
                                       "Sqrt",
                                       "Swish",
                                       "Tan",
                                       "Tanh",
                                       "Transpose",
                                       "Trilu",
                                       "EyeLike",
                                       "Bernoulli",
                                       "ThresholdedRelu",
                                       "RandomUniformLike"};

// %y = Op(%a, %b), where one is broadcast.
constexpr std::string_view kBinary[] = {
    "Add",  "Div",         "Equal", "Greater", "GreaterOrEqual",
    "Less", "LessOrEqual", "Max",   "Mean",    "Min",
    "Mul",  "PRelu",       "Pow",   "Sub",     "Sum"};

constexpr std::string_view kReductions[] = {
    "ReduceL1",  "ReduceL2",       "ReduceLogSum", "ReduceLogSumExp",
    "ReduceMax", "ReduceMean",     "ReduceMin",    "ReduceProd",
    "ReduceSum", "ReduceSumSquare"};

constexpr Row kRows[] = {
    {"%r: f32[] = 0.5, %t: i64[] = 2, %x: f32[N, H], %g: f32[N, H], "
     "%h: f32[N, H]",
     "%y, %z = Adagrad(%r, %t, %x, %g, %h)", "%y, %z"},
    {"%r: f32[] = 0.5, %t: i64[] = 2, %x: f32[N, H], %g: f32[N, H], "
     "%v: f32[N, H], %h: f32[N, H]",
     "%y, %z, %w = Adam(%r, %t, %x, %g, %v, %h)", "%y, %z, %w"},
    {"%r: f32[] = 0.5, %t: i64[] = 2, %x: f32[N, H], %g: f32[N, H], "
     "%v: f32[N, H]",
     "%y, %z = Momentum(%r, %t, %x, %g, %v) {alpha = 0.5, beta = 0.5, "
     "norm_coefficient = 0.1, mode = \"standard\"}",
     "%y, %z"},
    {"%x: f32[N, 2, 3], %h: f32[H, W]",
     R"(%n = Shape(%x) {end = 1}
  %s = Shape(%h)
  %c: i64[1] = const [1]
  %d = Concat(%n, %c, %s) {axis = 0}
  %y = AffineGrid(%x, %d))"},
    {"%x: f32[2, 2, 3], %d: i64[4] = 2 1 3 4", "%y = AffineGrid(%x, %d)"},
    {"%a: bool[N, H], %b: bool[H]", "%y = And(%a, %b)"},
    {"%x: f32[N, H, W]", "%y = ArgMax(%x) {axis = 1}"},
    {"%x: f32[N, H, W]", "%y = ArgMin(%x) {axis = -1, keepdims = 0}"},
    {"%q: f32[N, 4, L, 8], %k: f32[N, 2, H, 8], %v: f32[N, 2, H, 4]",
     "%y = Attention(%q, %k, %v)"},
    {"%q: f32[N, L, 16], %k: f32[N, L, 8], %v: f32[N, L, 8], "
     "%m: f32[L, H + L], %pk: f32[N, 2, H, 4], %pv: f32[N, 2, H, 4]",
     "%y, %a, %b = Attention(%q, %k, %v, %m, %pk, %pv) {q_num_heads = 4, "
     "kv_num_heads = 2, is_causal = 1}",
     "%y, %a, %b"},
    {"%q: f32[N, M, L, W], %k: f32[N, M, H, W], %v: f32[N, M, H, W], "
     "%m: bool[L, H]",
     "%y, %a, %b, %s = Attention(%q, %k, %v, %m) {softcap = 2.0, "
     "qk_matmul_output_mode = 1}",
     "%y, %s"},
    {"%x: f32[N, M, H, W]",
     "%y = AveragePool(%x) {kernel_shape = [2, 3], auto_pad = \"SAME_UPPER\", "
     "strides = [2, 2]}"},
    {"%x: f32[N, 3, H, W]",
     "%y = AveragePool(%x) {kernel_shape = [3, 2], pads = [1, 0, 1, 1], "
     "count_include_pad = 1, ceil_mode = 1, strides = [2, 1]}"},
    {"%x: f32[N, M, H], %s: f32[M], %b: f32[M], %m: f32[M], %v: f32[M]",
     "%y = BatchNormalization(%x, %s, %b, %m, %v)"},
    {"%x: f32[N, H]", "%y = BitCast(%x) {to = 6}"},
    {"%a: u32[N, H], %b: u32[H]",
     "%y = BitShift(%a, %b) {direction = "
     "\"LEFT\"}"},
    {"%a: i32[N, H], %b: i32[H]", "%y = BitwiseAnd(%a, %b)"},
    {"%a: i32[N, H]", "%y = BitwiseNot(%a)"},
    {"%a: i32[N, H], %b: i32[H]", "%y = BitwiseOr(%a, %b)"},
    {"%a: i32[N, H], %b: i32[H]", "%y = BitwiseXor(%a, %b)"},
    {"%n: i64[] = 5", "%y = BlackmanWindow(%n)"},
    {"%n: i64[] = 5", "%y = HammingWindow(%n)"},
    {"%n: i64[] = 5", "%y = HannWindow(%n)"},
    {"%x: f32[N, H]", "%y = Cast(%x) {to = 10}"},
    {"%x: f32[N, H], %t: i8[1]", "%y = CastLike(%x, %t)"},
    {"%x: f32[N, M, L], %w: f32[M, 1, K]",
     "%y, %z = CausalConvWithState(%x, %w) {activation = \"silu\"}", "%y, %z"},
    {"%x: f32[N, M, L], %w: f32[M, 1, K + 1], %b: f32[M], %s: f32[N, M, K]",
     "%y, %z = CausalConvWithState(%x, %w, %b, %s)", "%y, %z"},
    {"%x: f32[N, H, W], %n: i64[2] = 4 11",
     "%y = CenterCropPad(%x, %n) {axes = [1, 2]}"},
    {"%x: f32[N, 12, L]",
     R"(%l = Shape(%x) {start = 2}
  %two: i64[1] = const [2]
  %n = Mul(%l, %two)
  %c: i64[1] = const [2]
  %s = Concat(%c, %n) {axis = 0}
  %b: i64[2] = const [2, 2]
  %y = Col2Im(%x, %s, %b) {strides = [1, 2]})"},
    {"%x: f32[N, 8, 6], %s: i64[2] = 3 4, %b: i64[2] = 2 2",
     "%y = Col2Im(%x, %s, %b)"},
    {"%x: f32[N, H], %c: bool[H]", "%y = Compress(%x, %c) {axis = 1}"},
    {"%a: f32[N, H], %b: f32[N, W]", "%y = Concat(%a, %b) {axis = 1}"},
    {"%n: i64[2] = 3 4", "%y = ConstantOfShape(%n)"},
    {"%x: f32[N, 4, H, W], %w: f32[6, 2, K, 3]",
     "%y = Conv(%x, %w) {group = 2, auto_pad = \"SAME_LOWER\", strides = "
     "[2, 1]}"},
    {"%x: f32[N, 2*M, H], %w: f32[3, 2*M, K], %b: f32[3]",
     "%y = Conv(%x, %w, %b) {dilations = [2], pads = [1, 2]}"},
    {"%x: u8[N, M, H, W], %w: u8[2, M, 2, 2], %z: u8[]",
     "%y = ConvInteger(%x, %w, %z) {pads = [1, 1, 1, 1]}"},
    {"%x: f32[N, 4, H, W], %w: f32[4, 3, K, 2], %b: f32[6]",
     "%y = ConvTranspose(%x, %w, %b) {group = 2, strides = [2, 3], "
     "output_padding = [1, 0], pads = [0, 1, 0, 0]}"},
    {"%x: f32[N, M, H], %w: f32[M, 2, 3]",
     "%y = ConvTranspose(%x, %w) {auto_pad = \"SAME_UPPER\", strides = [2]}"},
    {"%x: f32[N, H, W], %a: i64[] = 1", "%y = CumProd(%x, %a) {reverse = 1}"},
    {"%x: f32[N, H, W], %a: i64[] = 1", "%y = CumSum(%x, %a) {exclusive = 1}"},
    {"%x: f32[N, L, 2]", "%y = DFT(%x)"},
    {"%x: f32[N, L, 1], %n: i64[] = 7", "%y = DFT(%x, %n) {onesided = 1}"},
    {"%x: f32[N, L, H, 2], %a: i64[] = 2", "%y = DFT(%x, _, %a) {inverse = 1}"},
    {"%x: f32[N, 4, H + 1, W + 1], %w: f32[6, 2, 2, 2], "
     "%o: f32[N, 8, H, W], %b: f32[6], %m: f32[N, 4, H, W]",
     "%y = DeformConv(%x, %w, %o, %b, %m) {group = 2}"},
    {"%x: f32[N, 8, H, W]", "%y = DepthToSpace(%x) {blocksize = 2}"},
    {"%x: f32[N, M, 2*H, 2*W]", "%y = SpaceToDepth(%x) {blocksize = 2}"},
    {"%x: u8[N, M, H], %s: f32[M], %z: u8[M]",
     "%y = DequantizeLinear(%x, %s, %z)"},
    {"%x: i8[N, 2*H], %s: f32[N, H]",
     "%y = DequantizeLinear(%x, %s) {block_size = 2}"},
    {"%x: f32[N, H, H]", "%y = Det(%x)"},
    {"%x: f32[N, H]", "%y, %s, %z = DynamicQuantizeLinear(%x)", "%y, %s, %z"},
    {"%a: f32[N, H, W], %b: f32[N, L, W]",
     "%y = Einsum(%a, %b) {equation = \"nhw,nlw->nlh\"}"},
    {"%a: f32[N, H, W], %b: f32[1, W, L]",
     "%y = Einsum(%a, %b) {equation = \"...ij,...jk->...ik\"}"},
    {"%x: f32[N, 1], %n: i64[3] = 2 1 4", "%y = Expand(%x, %n)"},
    {"%x: f32[L, N, 3], %w: f32[1, 15, 3], %r: f32[1, 15, 5], %b: f32[1, 30]",
     "%y, %h = GRU(%x, %w, %r, %b) {hidden_size = 5, linear_before_reset = "
     "1}",
     "%y, %h"},
    {"%x: f32[L, N, M], %w: f32[2, 4*H, M], %r: f32[2, 4*H, H]",
     "%y, %h, %c = LSTM(%x, %w, %r) {direction = \"bidirectional\"}",
     "%y, %h, %c"},
    {"%x: f32[L, N, 3], %w: f32[1, 5, 3], %r: f32[1, 5, 5], %b: f32[1, 10], "
     "%n: i32[N]",
     "%y, %h = RNN(%x, %w, %r, %b, %n) {hidden_size = 5, direction = "
     "\"reverse\"}",
     "%y, %h"},
    {"%x: f32[H, W], %i: i64[N, M]", "%y = Gather(%x, %i)"},
    {"%x: f32[H, W], %i: i64[H, N]", "%y = GatherElements(%x, %i) {axis = 1}"},
    {"%x: f32[N, H, W], %i: i64[N, L, 1]",
     "%y = GatherND(%x, %i) {batch_dims = 1}"},
    {"%a: f32[H, N], %b: f32[L, H], %c: f32[L]",
     "%y = Gemm(%a, %b, %c) {transA = 1, transB = 1, alpha = 0.5}"},
    {"%x: f32[N, M, H, W]", "%y = GlobalAveragePool(%x)"},
    {"%x: f32[N, M, H, W]", "%y = GlobalLpPool(%x)"},
    {"%x: f32[N, M, H, W]", "%y = GlobalMaxPool(%x)"},
    {"%x: f32[N, M, H, W], %g: f32[N, L, K, 2]",
     "%y = GridSample(%x, %g) {padding_mode = \"reflection\"}"},
    {"%x: f32[N, 2*M, H], %s: f32[2*M], %b: f32[2*M]",
     "%y = GroupNormalization(%x, %s, %b) {num_groups = 2}"},
    {"%x: f32[N, M, H], %s: f32[M], %b: f32[M]",
     "%y = InstanceNormalization(%x, %s, %b)"},
    {"%x: f32[N, M, H]", "%y = LRN(%x) {size = 3}"},
    {"%x: f32[N, H, W], %s: f32[W], %b: f32[W]",
     "%y, %m, %d = LayerNormalization(%x, %s, %b)", "%y, %m, %d"},
    {"%q: f32[N, L, 8], %k: f32[N, L, 8], %v: f32[N, L, 2*W], "
     "%d: f32[N, L, 2], %b: f32[N, L, 1]",
     "%y, %s = LinearAttention(%q, %k, %v, _, %d, %b) {q_num_heads = 2, "
     "kv_num_heads = 2, update_rule = \"gated_delta\"}",
     "%y, %s"},
    {"%x: f32[N, H, W]", "%y = LpNormalization(%x) {axis = 1, p = 1}"},
    {"%x: f32[N, M, H]", "%y = LpPool(%x) {kernel_shape = [2], p = 2}"},
    {"%a: f32[N, 1, H, W], %b: f32[M, W, L]", "%y = MatMul(%a, %b)"},
    {"%a: f64[N, H, W], %b: f64[W]", "%y = MatMul(%a, %b)"},
    {"%a: u8[N, H, W], %b: i8[W, L], %z: u8[], %w: i8[L]",
     "%y = MatMulInteger(%a, %b, %z, %w)"},
    {"%x: f32[N, M, H, W]",
     "%y, %i = MaxPool(%x) {kernel_shape = [2, 2], strides = [2, 2], "
     "pads = [0, 1, 1, 0]}",
     "%y, %i"},
    {"%x: f32[N, M, H, W], %r: f32[L, 5]",
     R"(%a = Abs(%r)
  %y = MaxRoiPool(%x, %a) {pooled_shape = [2, 3], spatial_scale = 3.0})"},
    {"%x: f32[N, M, H, W], %i: i64[N, M, H, W]",
     "%y = MaxUnpool(%x, %i) {kernel_shape = [2, 2], strides = [2, 2]}"},
    {"%x: f32[1, 1, 2, 2], %i: i64[1, 1, 2, 2], %n: i64[4] = 1 1 5 6",
     "%y = MaxUnpool(%x, %i, %n) {kernel_shape = [2, 2], strides = [2, 2]}"},
    {"%x: f32[N, M, H, W]", "%y = MeanVarianceNormalization(%x)"},
    {"%b: i64[] = 4, %l: i64[] = 16, %r: i64[] = 8000, %m: f32[] = 10, "
     "%n: f32[] = 3000",
     "%y = MelWeightMatrix(%b, %l, %r, %m, %n)"},
    {"%a: i32[N, H], %b: i32[1] = 3", "%y = Mod(%a, %b)"},
    {"%x: f32[N, H]", "%y = Multinomial(%x) {sample_size = 4, seed = 1.0}"},
    {"%x: f32[N, 4, H], %t: i64[N, H]",
     "%y = NegativeLogLikelihoodLoss(%x, %t)"},
    {"%x: f32[N, 4, H], %t: i64[N, H]",
     "%y, %p = SoftmaxCrossEntropyLoss(%x, %t) {reduction = \"none\"}",
     "%y, %p"},
    {"%b: f32[N, L, 4], %s: f32[N, M, L], %n: i64[] = 2, %t: f32[] = 0.4",
     "%y = NonMaxSuppression(%b, %s, %n, %t) {center_point_box = 1}"},
    {"%x: bool[N, H]", "%y = Not(%x)"},
    {"%i: i64[N, H], %d: i64[] = 3, %v: f32[2]", "%y = OneHot(%i, %d, %v)"},
    {"%a: bool[N, H], %b: bool[H]", "%y = Or(%a, %b)"},
    {"%a: bool[N, H], %b: bool[H]", "%y = Xor(%a, %b)"},
    {"%x: f32[N, H, W], %p: i64[4] = 1 2 0 1, %v: f32[], %a: i64[2] = 1 -1",
     "%y = Pad(%x, %p, %v, %a)"},
    {"%x: f32[N, H + 2, W]",
     R"(%p: i64[6] = const [0, 1, 2, 0, 2, 0]
  %y = Pad(%x, %p) {mode = "reflect"})"},
    {"%x: u8[N, M, H, W], %xs: f32[] = 0.5, %xz: u8[], %w: u8[4, M, 2, 2], "
     "%ws: f32[4] = 0.25, %wz: u8[4], %ys: f32[] = 0.5, %yz: u8[]",
     "%y = QLinearConv(%x, %xs, %xz, %w, %ws, %wz, %ys, %yz)"},
    {"%x: u8[N, H, W], %xs: f32[] = 0.5, %xz: u8[], %w: u8[W, L], "
     "%ws: f32[L] = 0.25, %wz: u8[L], %ys: f32[] = 0.5, %yz: u8[]",
     "%y = QLinearMatMul(%x, %xs, %xz, %w, %ws, %wz, %ys, %yz)"},
    {"%x: f32[N, M, H], %s: f32[M] = 0.125, %z: i8[M]",
     "%y = QuantizeLinear(%x, %s, %z)"},
    {"%x: f32[N, H, W], %s: f32[W]", "%y = RMSNormalization(%x, %s)"},
    {"%a: f32[] = 1, %b: f32[] = 4, %c: f32[] = 0.5", "%y = Range(%a, %b, %c)"},
    {"%x: f32[N, H, W], %a: i64[1] = 1", "%y = ReduceSum(%x, %a)"},
    {"%x: f32[N, H, W], %a: i64[1] = -1",
     "%y = ReduceMax(%x, %a) {keepdims = 0}"},
    {"%x: f32[N, 6], %n: i64[3] = 0 2 -1", "%y = Reshape(%x, %n)"},
    {"%x: f32[N, 3, H, W], %n: f32[0], %s: f32[4] = 1 1 1.5 2",
     "%y = Resize(%x, %n, %s) {mode = \"linear\"}"},
    {"%x: f32[N, 3, H, W], %n: f32[0], %s: i64[2] = 4 5",
     "%y = Resize(%x, %n, _, %s) {axes = [2, 3], keep_aspect_ratio_policy = "
     "\"not_larger\"}"},
    {"%x: f32[N, H, W], %l: i64[N]",
     "%y = ReverseSequence(%x, %l) {time_axis = 1, batch_axis = 0}"},
    {"%x: f32[1, M, H, W], %r: f32[L, 4], %i: i64[L]",
     R"(%zero: i64[] = const [0]
  %j = Mul(%i, %zero)
  %y = RoiAlign(%x, %r, %j) {output_height = 2, output_width = 3,
                             spatial_scale = 2.0})"},
    {"%x: f32[N, 2, L, 2*W], %c: f32[N, L, W], %s: f32[N, L, W]",
     "%y = RotaryEmbedding(%x, %c, %s)"},
    {"%x: f32[N, L + 6, 1], %w: f32[4]",
     R"(%t: i64[] = const [2]
  %y = STFT(%x, %t, %w))"},
    {"%x: f32[N, 9, 1], %t: i64[] = 2, %n: i64[] = 4",
     "%y = STFT(%x, %t, _, %n)"},
    {"%x: f32[N, H], %i: i64[N, 1], %u: f32[N, 1]",
     "%y = ScatterElements(%x, %i, %u) {axis = 1, reduction = \"add\"}"},
    {"%x: f32[N, H], %i: i64[L, 1] = 0, %u: f32[L, H]",
     "%y = ScatterND(%x, %i, %u) {reduction = \"mul\"}"},
    {"%x: f32[N, H, W], %a: i64[2] = 1 0, %b: i64[2] = 4 -1, "
     "%c: i64[2] = 2 -2, %s: i64[2] = 1 1",
     "%y = Slice(%x, %a, %b, %c, %s)"},
    {"%x: f32[N, H], %n: i64[2] = 1 2",
     R"(%z: i64[1] = const [0]
  %e: i64[1] = const [3]
  %a: i64[1] = const [1]
  %c = Slice(%x, %z, %e, %a)
  %y, %r = Split(%c, %n) {axis = 1})",
     "%y, %r"},
    {"%x: f32[N, 2*H]", "%y, %z = Split(%x) {axis = 1, num_outputs = 2}",
     "%y, %z"},
    {"%x: f32[N, 1, H], %a: i64[1] = 1", "%y = Squeeze(%x, %a)"},
    {"%x: f32[N, H], %a: i64[1] = 1", "%y = Unsqueeze(%x, %a)"},
    {"%a: f32[N, H], %b: f32[N, H]", "%y = SwiGLU(%a, %b)"},
    {"%x: f32[N, 2, H, W], %u: f32[N, 2, 3, W], %i: i64[N]",
     "%y = TensorScatter(%x, %u, %i)"},
    {"%x: i32[N, H]",
     "%y = TfIdfVectorizer(%x) {max_gram_length = 2, max_skip_count = 1, "
     "min_gram_length = 1, mode = \"TF\", ngram_counts = [0, 2], "
     "ngram_indexes = [0, 1, 2], pool_int64s = [0, 1, 0, 1]}"},
    {"%x: f32[N, H], %n: i64[2] = 2 3", "%y = Tile(%x, %n)"},
    {"%x: f32[N, H], %k: i64[1] = 2", "%y, %i = TopK(%x, %k)", "%y, %i"},
    {"%x: i32[N, H]", "%y, %a, %b, %c = Unique(%x)", "%y, %a, %b, %c"},
    {"%x: f32[N, L] = 2 nan 1 nan -1 1 2", "%y, %a, %b, %c = Unique(%x)",
     "%y, %a, %b, %c"},
    {"%x: f32[N, L] = 2 nan 1 nan -1 1 2, %k: i64[1] = 2",
     "%y, %i = TopK(%x, %k) {largest = 0}", "%y, %i"},
    {"%x: i32[N, H]", "%y, %a, %b, %c = Unique(%x) {axis = 1, sorted = 0}",
     "%y, %a, %b, %c"},
    {"%c: bool[N, H], %a: f32[H], %b: f32[1]", "%y = Where(%c, %a, %b)"},
};

}  // namespace hone::toolkit
