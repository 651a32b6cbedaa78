// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each operator is a function that writes its body in the text form, from the
// attributes that are given and the inputs that are there. An attribute or
// input that it does not ask for is an error.
#include "tensor/functions/contrib.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "tensor/custom_operators.h"
#include "tensor/functions/body.h"
#include "tensor/functions/splice.h"
#include "tensor/graph_text.h"

namespace hone::tensor {

namespace {

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

std::string fused_matmul(FunctionCall& c) {
  if (c.integer("transBatchA") != 0 || c.integer("transBatchB") != 0)
    c.refuse("batches that are transposed");
  return fmt::format(
      "(%a, %b) -> (%y) {{\n%k32: f32[] = const [{}]\n%k = CastLike(%k32, %a)\n"
      "%p = Einsum(%a, %b) {{equation = \"...{},...{}->...ik\"}}\n"
      "%y = Mul(%p, %k)\n}}",
      c.number("alpha", 1), c.integer("transA") != 0 ? "ji" : "ij",
      c.integer("transB") != 0 ? "kj" : "jk");
}

// --- Normalisation -----------------------------------------------------------

// %s, the sum that is normalised.
std::string skip_sum(FunctionCall& c, size_t bias) {
  return c.has(bias) ? "%j = Add(%x, %skip)\n%s = Add(%j, %bias)\n"
                     : "%s = Add(%x, %skip)\n";
}

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

std::string embed_layer_normalization(FunctionCall& c) {
  if (c.has(7) || c.wants(1)) c.refuse("a mask");
  if (c.integer("mask_index_type") != 0) c.refuse("mask_index_type");
  std::string text =
      "(%ids, %segments, %words, %places, %kinds, %g, %b, %mask, %at) -> (%y, "
      "%none, %s) {\n%w = Gather(%words, %ids)\n";
  if (c.has(8)) {
    text += "%p = Gather(%places, %at)\n";
  } else {
    text +=
        "%zero: i64[] = const [0]\n%one: i64[] = const [1]\n"
        "%sizes = Shape(%ids)\n%length = Gather(%sizes, %one)\n"
        "%order = Range(%zero, %length, %one)\n"
        "%p = Gather(%places, %order)\n";
  }
  text += "%wp = Add(%w, %p)\n";
  text += c.has(1) ? "%k = Gather(%kinds, %segments)\n%s = Add(%wp, %k)\n"
                   : "%s = Identity(%wp)\n";
  return text + fmt::format(
                    "%none = Identity(%s)\n"
                    "%y = LayerNormalization(%s, %g, %b) {{epsilon = "
                    "{}}}\n}}",
                    c.number("epsilon", 1e-12f));
}

// --- Quantised ---------------------------------------------------------------

std::string dequantized(std::string_view name) {
  return fmt::format("%{0}f = DequantizeLinear(%{0}, %{0}s, %{0}z)\n", name);
}

template <bool kMul>
std::string qlinear_binary(FunctionCall&) {
  return fmt::format(
      "(%a, %as, %az, %b, %bs, %bz, %ys, %yz) -> (%y) {{\n{}{}"
      "%r = {}(%af, %bf)\n%y = QuantizeLinear(%r, %ys, %yz)\n}}",
      dequantized("a"), dequantized("b"), kMul ? "Mul" : "Add");
}

std::string qlinear_unary(const std::string& node) {
  return fmt::format(
      "(%x, %xs, %xz, %ys, %yz) -> (%y) {{\n{}%r = {}\n"
      "%y = QuantizeLinear(%r, %ys, %yz)\n}}",
      dequantized("x"), node);
}

std::string qlinear_sigmoid(FunctionCall&) {
  return qlinear_unary("Sigmoid(%xf)");
}

std::string qlinear_leaky_relu(FunctionCall& c) {
  return qlinear_unary(
      fmt::format("LeakyRelu(%xf) {{alpha = {}}}", c.number("alpha", 0.01f)));
}

std::string qlinear_global_average_pool(FunctionCall& c) {
  if (c.integer("channels_last") != 0) c.refuse("channels that come last");
  return qlinear_unary("GlobalAveragePool(%xf)");
}

std::string quantize(FunctionCall& c) {
  return fmt::format(
      "(%x, %s, %z) -> (%y) {{\n%y = QuantizeLinear(%x, %s, %z){}\n}}",
      c.passed_on({"axis"}));
}

std::string dequantize(FunctionCall& c) {
  return fmt::format(
      "(%x, %s, %z) -> (%y) {{\n%y = DequantizeLinear(%x, %s, "
      "%z){}\n}}",
      c.passed_on({"axis"}));
}

std::string biased(bool has) {
  return has ? "%y = Add(%p, %bias)\n}" : "%y = Identity(%p)\n}";
}

std::string dynamic_quantize_matmul(FunctionCall& c) {
  return "(%a, %b, %bs, %bz, %bias) -> (%y) {\n"
         "%aq, %aqs, %aqz = DynamicQuantizeLinear(%a)\n" +
         dequantized("aq") + dequantized("b") + "%p = MatMul(%aqf, %bf)\n" +
         biased(c.has(4));
}

std::string matmul_integer_to_float(FunctionCall& c) {
  return "(%a, %b, %as, %bs, %az, %bz, %bias) -> (%y) {\n" + dequantized("a") +
         dequantized("b") + "%p = MatMul(%af, %bf)\n" + biased(c.has(6));
}

// --- Attention ---------------------------------------------------------------

// ONNX's attention over %q, %k and %v of three dimensions.
std::string attend(FunctionCall& c, const std::string& mask) {
  const int64_t heads = c.integer("num_heads");
  if (heads < 1) c.refuse("num_heads");
  std::string with =
      fmt::format("q_num_heads = {0}, kv_num_heads = {0}, is_causal = {1}",
                  heads, c.integer("unidirectional"));
  if (const float scale = c.number("scale", 0); scale != 0)
    with += fmt::format(", scale = {}", scale);
  return fmt::format("%y = Attention(%q, %k, %v{}) {{{}}}\n}}", mask, with);
}

std::string attention(FunctionCall& c) {
  if (c.has(3) || c.has(4) || c.has(6))
    c.refuse("a mask or what came before as input");
  if (c.integer("do_rotary") != 0) c.refuse("do_rotary");
  (void)c.number("mask_filter_value", 0);
  std::string text =
      "(%x, %w, %b, %m, %past, %bias) -> (%y) {\n%p = MatMul(%x, %w)\n";
  text += c.has(2) ? "%all = Add(%p, %b)\n" : "%all = Identity(%p)\n";
  text += "%q, %k, %v = Split(%all) {axis = -1, num_outputs = 3}\n";
  return text + attend(c, c.has(5) ? ", %bias" : "");
}

std::string multi_head_attention(FunctionCall& c) {
  if (!c.has(1) || !c.has(2)) c.refuse("queries, keys and values in one");
  if (c.has(4)) c.refuse("a mask of keys");
  if (c.has(6) || c.has(7)) c.refuse("what came before as input");
  (void)c.number("mask_filter_value", 0);
  std::string text = "(%qx, %kx, %vx, %b, %m, %bias) -> (%y) {\n";
  if (c.has(3)) {
    text += "%qb, %kb, %vb = Split(%b) {axis = 0, num_outputs = 3}\n";
    for (const char* name : {"q", "k", "v"})
      text += fmt::format("%{0} = Add(%{0}x, %{0}b)\n", name);
  } else {
    for (const char* name : {"q", "k", "v"})
      text += fmt::format("%{0} = Identity(%{0}x)\n", name);
  }
  return text + attend(c, c.has(5) ? ", %bias" : "");
}

struct Row {
  std::string_view name;
  size_t least, most;  // inputs
  size_t outputs;
  BodyWriter body;
};

constexpr Row kRows[] = {
    {"Attention", 2, 7, 1, attention},
    {"BiasGelu", 2, 2, 1, bias_gelu},
    {"DequantizeLinear", 2, 3, 1, dequantize},
    {"DynamicQuantizeMatMul", 3, 5, 1, dynamic_quantize_matmul},
    {"EmbedLayerNormalization", 7, 9, 3, embed_layer_normalization},
    {"FastGelu", 1, 2, 1, fast_gelu},
    {"FusedConv", 2, 4, 1, fused_conv},
    {"FusedGemm", 2, 3, 1, fused_gemm},
    {"FusedMatMul", 2, 2, 1, fused_matmul},
    {"Gelu", 1, 1, 1, gelu},
    {"MatMulIntegerToFloat", 4, 7, 1, matmul_integer_to_float},
    {"MultiHeadAttention", 3, 8, 1, multi_head_attention},
    {"QLinearAdd", 7, 8, 1, qlinear_binary<false>},
    {"QLinearGlobalAveragePool", 4, 5, 1, qlinear_global_average_pool},
    {"QLinearLeakyRelu", 4, 5, 1, qlinear_leaky_relu},
    {"QLinearMul", 7, 8, 1, qlinear_binary<true>},
    {"QLinearSigmoid", 4, 5, 1, qlinear_sigmoid},
    {"QuantizeLinear", 2, 3, 1, quantize},
    {"QuickGelu", 1, 1, 1, quick_gelu},
    {"SkipLayerNormalization", 3, 5, 4, skip_layer_normalization},
    {"SkipSimplifiedLayerNormalization", 3, 4, 4, skip_simplified},
};

constexpr std::string_view kDomain = "com.microsoft";

const Row* find_row(std::string_view name) {
  const Row* const found = std::ranges::find(kRows, name, &Row::name);
  return found == std::end(kRows) ? nullptr : found;
}

// Null where the node is no operator of the table.
const Row* row_of(const Node& node) {
  if (node.op != Op::CustomOperator) return nullptr;
  const std::string name = node.text(kCustomName);
  if (!name.starts_with(kDomain) ||
      !name.substr(kDomain.size()).starts_with("::"))
    return nullptr;
  return find_row(std::string_view(name).substr(kDomain.size() + 2));
}

}  // namespace

std::vector<std::string_view> contrib_operators() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.name);
  return names;
}

bool is_contrib_operator(std::string_view domain, std::string_view name) {
  return domain == kDomain && find_row(name) != nullptr;
}

bool is_contrib_node(const Node& node) {
  return row_of(node) != nullptr &&
         find_custom_operator(node.text(kCustomName)) == nullptr;
}

Status add_contrib(Graph& graph, const Node& node, std::vector<Node>& nodes) {
  const Row& row = *row_of(node);
  const std::string label =
      fmt::format("node '{}' ({}.{})", node.name, kDomain, row.name);
  if (node.inputs.size() < row.least || node.inputs.size() > row.most ||
      node.outputs.empty() || node.outputs.size() > row.outputs)
    return Error(
        ErrorKind::Malformed,
        fmt::format("{}: {} inputs and {} outputs; expected {} to {}, and 1 to "
                    "{}",
                    label, node.inputs.size(), node.outputs.size(), row.least,
                    row.most, row.outputs));
  FunctionCall call(graph, node);
  const std::string text =
      fmt::format("graph \"{}\" {}", row.name, row.body(call));
  HONE_RETURN_IF_ERROR(call.verdict(label, true));
  HONE_ASSIGN_OR_RETURN(const Graph body, parse_graph(text));
  splice(graph, body, node.inputs, node.outputs, row.name, node.name, nodes);
  return {};
}

}  // namespace hone::tensor
