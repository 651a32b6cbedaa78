// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies of operators that sum: normalisations, losses, reductions, and the
// convolution that carries its state. Floats of 16 bits are summed in 32.
#include <fmt/format.h>

#include <algorithm>

#include "tensor/functions/written_bodies.h"

namespace hone::tensor {

namespace {

// The number of f64 for f64 and integers, of f32 for other floats.
int64_t wide(ElementType type) {
  return onnx_number(is_float(type) && type != ElementType::F64
                         ? ElementType::F32
                         : ElementType::F64);
}

// %n of %x, less its mean (unless `rms`) and by the root of its variance, both
// along %over; %mean and %inverse, where they are read.
std::string normalized(bool rms, float epsilon) {
  return fmt::format(
      "%e64: f64[] = const [{}]\n%epsilon = CastLike(%e64, %x)\n"
      "{}%squares = Mul(%d, %d)\n%variance = ReduceMean(%squares, %over)\n"
      "%padded = Add(%variance, %epsilon)\n%root = Sqrt(%padded)\n"
      "%inverse = Reciprocal(%root)\n%n = Div(%d, %root)\n",
      epsilon,
      rms ? "%d = Identity(%x)\n"
          : "%mean = ReduceMean(%x, %over)\n%d = Sub(%x, %mean)\n");
}

}  // namespace

std::string bernoulli_body(FunctionCall& c) {
  const int64_t type = c.node().has("dtype") ? c.node().integer("dtype")
                                             : onnx_number(c.need_element(0));
  return fmt::format(
      "(%x) -> (%y) {{\n%drawn = RandomUniformLike(%x) {{dtype = 11{}}}\n"
      "%chance = Cast(%x) {{to = 11}}\n%falls = Less(%drawn, %chance)\n"
      "%y = Cast(%falls) {{to = {}}}\n}}",
      c.node().has("seed")
          ? fmt::format(", seed = {:#}", c.node().number("seed"))
          : "",
      type);
}

std::string cast_like_body(FunctionCall& c) {
  return fmt::format(
      "(%x, %like) -> (%y) {{\n%y = Cast(%x) {{to = {}, round_mode = \"{}\", "
      "saturate = {}}}\n}}",
      onnx_number(c.need_element(1)), c.node().text("round_mode"),
      c.node().integer("saturate"));
}

// What came before stands in front of the data.
std::string causal_convolution_body(FunctionCall& c) {
  const auto channels = c.size(1, 0) ? c.size(1, 0) : c.size(0, 1);
  if (!channels) c.refuse("the number of channels is not known");
  const std::string activation = c.node().text("activation");
  const bool smooth = activation == "silu" || activation == "swish";
  if (!smooth && activation != "none")
    c.refuse(fmt::format("activation '{}'", activation));
  std::string text =
      "(%x, %w, %b, %past) -> (%y, %present) {\n"
      "%last: i64[1] = const [2]\n%length = Shape(%x) {end = 3, start = 2}\n";
  if (c.has(3))
    text += "%joined = Concat(%past, %x) {axis = 2}\n";
  else
    text +=
        "%none: i64[1] = const [0]\n%one: i64[1] = const [1]\n"
        "%window = Shape(%w) {end = 3, start = 2}\n"
        "%before = Sub(%window, %one)\n"
        "%pads = Concat(%before, %none) {axis = 0}\n"
        "%joined = Pad(%x, %pads, _, %last)\n";
  return text + fmt::format(
                    "%end: i64[1] = const [{}]\n"
                    "%present = Slice(%joined, %length, %end, %last)\n"
                    "%sum = Conv(%joined, %w, %b) {{group = {}}}\n{}}}",
                    kToTheEnd, channels.value_or(1),
                    smooth ? "%share = Sigmoid(%sum)\n%y = Mul(%sum, %share)\n"
                           : "%y = Identity(%sum)\n");
}

std::string group_normalization_body(FunctionCall& c) {
  const ElementType type = c.need_element(0);
  return fmt::format(
             "(%x0, %scale, %bias) -> (%y) {{\n%sizes = Shape(%x0)\n"
             "%groups: i64[3] = const [0, {0}, -1]\n%over: i64[1] = const [2]\n"
             "%blocks = Reshape(%x0, %groups)\n"
             "%x = Cast(%blocks) {{to = {1}}}\n",
             c.node().integer("num_groups"),
             type == ElementType::F64 ? wide(type)
                                      : c.node().integer("stash_type")) +
         normalized(false, c.node().number("epsilon")) +
         "%images = Shape(%x0) {end = 2}\n%rest: i64[1] = const [-1]\n"
         "%channels = Concat(%images, %rest) {axis = 0}\n"
         "%one: i64[1] = const [1]\n%lines0 = Reshape(%n, %channels)\n"
         "%lines = CastLike(%lines0, %x0)\n"
         "%s = Unsqueeze(%scale, %one)\n%b = Unsqueeze(%bias, %one)\n"
         "%scaled = Mul(%lines, %s)\n%shifted = Add(%scaled, %b)\n"
         "%y = Reshape(%shifted, %sizes) {allowzero = 1}\n}";
}

std::string layer_normalization_body(FunctionCall& c) {
  const bool rms = c.node().op == Op::RMSNormalization;
  const ElementType type = c.need_element(0);
  const int64_t axis = c.node().integer("axis");
  std::vector<int64_t> over;
  for (int64_t i = axis; i < (axis < 0 ? 0 : c.need_rank(0)); ++i)
    over.push_back(i);
  const int64_t stash = c.node().integer("stash_type") == 1
                            ? onnx_number(ElementType::F32)
                            : onnx_number(type);
  // What is too wide for the stash is computed as it is.
  std::string text = fmt::format("(%x0, %scale, %bias) -> (%y{}) {{\n{}",
                                 rms ? "" : ", %mean_out, %inverse_out",
                                 list_constant("over", over)) +
                     fmt::format("%x = Cast(%x0) {{to = {}}}\n", wide(type)) +
                     normalized(rms, c.node().number("epsilon")) +
                     "%l = CastLike(%n, %x0)\n";
  if (!rms) {
    text += fmt::format("%mean_out = Cast(%mean) {{to = {0}}}\n", stash);
    text += fmt::format("%inverse_out = Cast(%inverse) {{to = {0}}}\n", stash);
  }
  text += c.has(1) ? "%scaled = Mul(%l, %scale)\n" : "%scaled = Identity(%l)\n";
  return text + (c.has(2) ? "%y = Add(%scaled, %bias)\n}"
                          : "%y = Identity(%scaled)\n}");
}

// Picks the class of each place, weighs it, and sums. An ignored place weighs
// nothing.
std::string loss_body(FunctionCall& c) {
  const bool cross = c.node().op == Op::SoftmaxCrossEntropyLoss;
  const std::string reduction = c.node().text("reduction");
  if (reduction != "none" && reduction != "sum" && reduction != "mean")
    c.refuse(fmt::format("reduction '{}'", reduction));
  const ElementType type = c.need_element(0);
  const std::string to = fmt::format("{{to = {}}}", wide(type));
  std::string text = fmt::format(
      "(%x, %target0, %weight0) -> (%y{0}) {{\n{1}"
      "%logs = Cast(%logs0) {2}\n%target = Cast(%target0) {{to = 7}}\n"
      "%class: i64[1] = const [1]\n%0: i64[] = const [0]\n"
      "%none64: f64[] = const [0]\n%none = Cast(%none64) {2}\n"
      "%one64: f64[] = const [1]\n%one = Cast(%one64) {2}\n",
      cross ? ", %logs0" : "",
      cross ? "%logs0 = LogSoftmax(%x) {axis = 1}\n"
            : "%logs0 = Identity(%x)\n",
      to);
  const bool ignores = c.node().has("ignore_index");
  text += ignores ? fmt::format(
                        "%off: i64[] = const [{}]\n"
                        "%out = Equal(%target, %off)\n"
                        "%label = Where(%out, %0, %target)\n",
                        c.node().integer("ignore_index"))
                  : "%label = Identity(%target)\n";
  text += c.has(2)
              ? fmt::format(
                    "%weight = Cast(%weight0) {}\n"
                    "%each = Gather(%weight, %label)\n",
                    to)
              : "%places = Shape(%target)\n%each = Expand(%one, %places)\n";
  text +=
      "%index = Unsqueeze(%label, %class)\n"
      "%picked = GatherElements(%logs, %index) {axis = 1}\n"
      "%found = Squeeze(%picked, %class)\n%worse = Mul(%found, %each)\n"
      "%full = Neg(%worse)\n";
  text += ignores ? "%loss = Where(%out, %none, %full)\n"
                    "%counted = Where(%out, %none, %each)\n"
                  : "%loss = Identity(%full)\n%counted = Identity(%each)\n";
  if (reduction == "none") {
    text += "%result = Identity(%loss)\n";
  } else {
    text += "%sum = ReduceSum(%loss) {keepdims = 0}\n";
    text += reduction == "sum" ? "%result = Identity(%sum)\n"
                               : "%all = ReduceSum(%counted) {keepdims = 0}\n"
                                 "%result = Div(%sum, %all)\n";
  }
  return text + "%y = CastLike(%result, %x)\n}";
}

// Norms and logarithms of sums, which integers have too.
std::string reduce_body(FunctionCall& c) {
  const int64_t keeps = c.node().integer("keepdims");
  const std::string noop = fmt::format(
      ", noop_with_empty_axes = {}", c.node().integer("noop_with_empty_axes"));
  const auto reduced = [&](std::string_view op, std::string_view x, bool keep) {
    return fmt::format("{}({}, %axes) {{keepdims = {}{}}}\n", op, x,
                       keep ? 1 : 0, noop);
  };
  std::string text =
      fmt::format("(%x0, %axes) -> (%y) {{\n%x = Cast(%x0) {{to = {}}}\n",
                  wide(c.need_element(0)));
  switch (c.node().op) {
    case Op::ReduceL2:
      text += "%sum = " + reduced("ReduceSumSquare", "%x", keeps != 0) +
              "%r = Sqrt(%sum)\n";
      break;
    case Op::ReduceLogSum:
      text += "%sum = " + reduced("ReduceSum", "%x", keeps != 0) +
              "%r = Log(%sum)\n";
      break;
    default:
      // Less the largest, that no exponential overflows.
      text += "%none64: f64[] = const [0]\n%none = CastLike(%none64, %x)\n";
      for (const bool keep : {true, false}) {
        if (!keep && keeps != 0) break;
        text += fmt::format("%most{0} = ", keep ? 1 : 0) +
                reduced("ReduceMax", "%x", keep) +
                fmt::format(
                    "%ends{0} = IsInf(%most{0})\n"
                    "%shift{0} = Where(%ends{0}, %none, %most{0})\n",
                    keep ? 1 : 0);
      }
      text += "%less = Sub(%x, %shift1)\n%powers = Exp(%less)\n%sum = " +
              reduced("ReduceSum", "%powers", keeps != 0) +
              fmt::format("%log = Log(%sum)\n%r = Add(%log, %shift{})\n",
                          keeps != 0 ? 1 : 0);
  }
  return text + "%y = CastLike(%r, %x0)\n}";
}

}  // namespace hone::tensor
