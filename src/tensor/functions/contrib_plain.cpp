// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of com.microsoft that are ONNX's with something more: a bias, an
// activation, a sum before.
#include <fmt/format.h>

#include "tensor/functions/contrib_bodies.h"

namespace hone::tensor::contrib {

// --- Activations -------------------------------------------------------------

std::string gelu(FunctionCall&) { return "(%x) -> (%y) {\n%y = Gelu(%x)\n}"; }

std::string bias_gelu(FunctionCall&) {
  return "(%x, %b) -> (%y) {\n%s = Add(%x, %b)\n%y = Gelu(%s)\n}";
}

std::string fast_gelu(FunctionCall& c) {
  return fmt::format(
      "(%x, %b) -> (%y) {{\n%s = {}\n%y = Gelu(%s) "
      "{{approximate = \"tanh\"}}\n}}",
      c.has(1) ? "Add(%x, %b)" : "Identity(%x)");
}

std::string quick_gelu(FunctionCall& c) {
  return fmt::format(
      "(%x) -> (%y) {{\n%a32: f32[] = const [{}]\n%a = CastLike(%a32, %x)\n"
      "%m = Mul(%x, %a)\n%s = Sigmoid(%m)\n%y = Mul(%x, %s)\n}}",
      c.number("alpha", 1.702f));
}

namespace {

// The activation of %r, as %y.
std::string activation(FunctionCall& c, const std::string& name,
                       const std::vector<float>& given) {
  const auto at = [&](size_t i, float otherwise) {
    return i < given.size() ? given[i] : otherwise;
  };
  if (name.empty()) return "%y = Identity(%r)\n";
  if (name == "Relu" || name == "Sigmoid" || name == "Tanh")
    return fmt::format("%y = {}(%r)\n", name);
  if (name == "LeakyRelu")
    return fmt::format("%y = LeakyRelu(%r) {{alpha = {}}}\n", at(0, 0.01f));
  if (name == "HardSigmoid")
    return fmt::format("%y = HardSigmoid(%r) {{alpha = {}, beta = {}}}\n",
                       at(0, 0.2f), at(1, 0.5f));
  if (name == "Clip" && given.size() == 2)
    return fmt::format(
        "%low: f32[] = const [{}]\n%high: f32[] = const [{}]\n"
        "%y = Clip(%r, %low, %high)\n",
        given[0], given[1]);
  c.refuse(fmt::format("activation '{}'", name));
  return "";
}

}  // namespace

std::string fused_conv(FunctionCall& c) {
  const std::string with = c.passed_on(
      {"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"});
  return fmt::format(
      "(%x, %w, %b, %z) -> (%y) {{\n%c = Conv(%x, %w, %b){}\n"
      "%r = {}\n{}}}",
      with, c.has(3) ? "Add(%c, %z)" : "Identity(%c)",
      activation(c, c.text("activation", ""), c.numbers("activation_params")));
}

std::string fused_gemm(FunctionCall& c) {
  const std::string body = activation(
      c, c.text("activation", ""),
      {c.number("activation_alpha", 0.01f), c.number("activation_beta", 0.5f)});
  return fmt::format(
      "(%a, %b, %c) -> (%y) {{\n%r = Gemm(%a, %b, %c) {{alpha = "
      "{}, beta = {}, transA = {}, transB = {}}}\n{}}}",
      c.number("alpha", 1), c.number("beta", 1), c.integer("transA"),
      c.integer("transB"), body);
}

namespace {

// The last axis but one of a batch may come first.
std::string batches_first(FunctionCall& c, size_t input,
                          std::string_view name) {
  const int64_t rank = c.need_rank(input);
  std::string perm;
  for (int64_t i = 1; i + 1 < rank; ++i) perm += fmt::format("{}, ", i);
  return fmt::format("%{0} = Transpose(%{0}0) {{perm = [{1}0, {2}]}}\n", name,
                     perm, rank - 1);
}

}  // namespace

std::string fused_matmul(FunctionCall& c) {
  std::string text = fmt::format(
      "(%a0, %b0) -> (%y) {{\n%k32: f32[] = const [{}]\n"
      "%k = CastLike(%k32, %a0)\n",
      c.number("alpha", 1));
  text += c.integer("transBatchA") != 0 ? batches_first(c, 0, "a")
                                        : "%a = Identity(%a0)\n";
  text += c.integer("transBatchB") != 0 ? batches_first(c, 1, "b")
                                        : "%b = Identity(%b0)\n";
  // A vector has nothing to turn.
  const bool turn_a = c.integer("transA") != 0 && c.rank(0) != 1;
  const bool turn_b = c.integer("transB") != 0 && c.rank(1) != 1;
  if (!turn_a && !turn_b)
    return text + "%p = MatMul(%a, %b)\n%y = Mul(%p, %k)\n}";
  return text +
         fmt::format(
             "%p = Einsum(%a, %b) {{equation = \"...{},...{}->...ik\"}}\n"
             "%y = Mul(%p, %k)\n}}",
             turn_a ? "ji" : "ij", turn_b ? "kj" : "jk");
}

// --- Normalisation -----------------------------------------------------------

namespace {

// %s, the sum that is normalised.
std::string skip_sum(FunctionCall& c, size_t bias) {
  return c.has(bias) ? "%j = Add(%x, %skip)\n%s = Add(%j, %bias)\n"
                     : "%s = Add(%x, %skip)\n";
}

}  // namespace

std::string skip_layer_normalization(FunctionCall& c) {
  const bool moments = c.wants(1) || c.wants(2);
  return fmt::format(
      "(%x, %skip, %g, %b, %bias) -> (%y, %mean, %root, %s) {{\n{}"
      "%y{} = LayerNormalization(%s, %g, %b) {{epsilon = {}}}\n{}}}",
      skip_sum(c, 4), moments ? ", %mean, %root" : "",
      c.number("epsilon", 1e-12f),
      moments ? "" : "%mean = Identity(%s)\n%root = Identity(%s)\n");
}

std::string skip_simplified(FunctionCall& c) {
  if (c.wants(1) || c.wants(2)) c.refuse("the mean or its inverse as output");
  return fmt::format(
      "(%x, %skip, %g, %bias) -> (%y, %mean, %root, %s) {{\n{}"
      "%mean = Identity(%s)\n%root = Identity(%s)\n"
      "%y = RMSNormalization(%s, %g) {{epsilon = {}}}\n}}",
      skip_sum(c, 3), c.number("epsilon", 1e-12f));
}

namespace {

// Of tables %words, %places, %kinds, and %g and %b, all of them numbers.
std::string embedded(FunctionCall& c, bool kinds, bool places_given,
                     size_t mask) {
  std::string text = "%w = Gather(%words, %ids)\n";
  text += places_given
              ? "%p = Gather(%places, %at)\n"
              : "%zero: i64[] = const [0]\n%one: i64[] = const [1]\n"
                "%sizes = Shape(%ids)\n%length = Gather(%sizes, %one)\n"
                "%order = Range(%zero, %length, %one)\n"
                "%p = Gather(%places, %order)\n";
  text += "%wp = Add(%w, %p)\n";
  text += kinds ? "%k = Gather(%kinds, %segments)\n%s = Add(%wp, %k)\n"
                : "%s = Identity(%wp)\n";
  // How many words of a line count.
  if (c.integer("mask_index_type") != 0) c.refuse("mask_index_type");
  text += c.has(mask)
              ? "%ones: i32[] = const [1]\n%line: i64[1] = const [1]\n"
                "%there = Equal(%mask, %ones)\n"
                "%marks = Cast(%there) {to = 6}\n"
                "%index = ReduceSum(%marks, %line) {keepdims = 0}\n"
              : "%lines = Shape(%ids) {end = 1}\n"
                "%index = ConstantOfShape(%lines) {value = i32[1] [0]}\n";
  return text +
         fmt::format("%y = LayerNormalization(%s, %g, %b) {{epsilon = {}}}\n}}",
                     c.number("epsilon", 1e-12f));
}

}  // namespace

std::string embed_layer_normalization(FunctionCall& c) {
  return "(%ids, %segments, %words, %places, %kinds, %g, %b, %mask, %at) -> "
         "(%y, %index, %s) {\n" +
         embedded(c, c.has(1), c.has(8), 7);
}

std::string quantized_embed_layer_normalization(FunctionCall& c) {
  std::string text =
      "(%ids, %segments, %wordsq, %placesq, %kindsq, %gq, %bq, %mask, %wordss, "
      "%placess, %kindss, %gs, %bs, %wordsz, %placesz, %kindsz, %gz, %bz) -> "
      "(%y, %index) {\n";
  for (const std::string name : {"words", "places", "kinds", "g", "b"})
    if (name != "kinds" || c.has(1))
      text +=
          fmt::format("%{0} = DequantizeLinear(%{0}q, %{0}s, %{0}z)\n", name);
  return text + embedded(c, c.has(1), false, 7);
}

// Over the last axes; the inverse of the root is of the data as they came.
std::string simplified_layer_normalization(FunctionCall& c) {
  const int64_t axis = c.integer("axis", -1);
  const float epsilon = c.number("epsilon", 1e-5f);
  if (c.integer("stash_type", 1) != 1) c.refuse("stash_type");
  std::string text = fmt::format(
      "(%x, %g) -> (%y, %inverse) {{\n"
      "%y = RMSNormalization(%x, %g) {{axis = {}, epsilon = {}}}\n",
      axis, epsilon);
  if (!c.wants(1)) return text + "%inverse = Identity(%x)\n}";
  std::vector<int64_t> over;
  for (int64_t i = axis; i < (axis < 0 ? 0 : c.need_rank(0)); ++i)
    over.push_back(i);
  return text + list_constant("over", over) +
         fmt::format(
             "%x32 = Cast(%x) {{to = 1}}\n%e: f32[] = const [{}]\n"
             "%squares = Mul(%x32, %x32)\n%mean = ReduceMean(%squares, %over)\n"
             "%sum = Add(%mean, %e)\n%root = Sqrt(%sum)\n"
             "%inverse = Reciprocal(%root)\n}}",
             epsilon);
}

}  // namespace hone::tensor::contrib
