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
#include "tensor/functions/contrib_bodies.h"
#include "tensor/functions/splice.h"
#include "tensor/graph_text.h"

namespace hone::tensor {

namespace {

struct Row {
  std::string_view name;
  size_t least, most;  // inputs
  size_t outputs;
  BodyWriter body;
};

constexpr size_t kAny = SIZE_MAX;

constexpr Row kRows[] = {
    {"Attention", 2, 7, 2, contrib::attention},
    {"BiasGelu", 2, 2, 1, contrib::bias_gelu},
    {"CDist", 2, 2, 1, contrib::cdist},
    {"DequantizeLinear", 2, 3, 1, contrib::dequantize},
    {"DynamicQuantizeMatMul", 3, 5, 1, contrib::dynamic_quantize_matmul},
    {"EmbedLayerNormalization", 7, 9, 3, contrib::embed_layer_normalization},
    {"ExpandDims", 2, 2, 1, contrib::expand_dims},
    {"FastGelu", 1, 2, 1, contrib::fast_gelu},
    {"FusedConv", 2, 4, 1, contrib::fused_conv},
    {"FusedGemm", 2, 3, 1, contrib::fused_gemm},
    {"FusedMatMul", 2, 2, 1, contrib::fused_matmul},
    {"GatherBlockQuantized", 3, 4, 1, contrib::gather_block_quantized},
    {"GatherND", 2, 2, 1, contrib::gather_nd},
    {"Gelu", 1, 1, 1, contrib::gelu},
    {"GridSample", 2, 2, 1, contrib::grid_sample},
    {"GroupQueryAttention", 7, 16, 4, contrib::group_query_attention},
    {"MatMulInteger16", 2, 2, 1, contrib::matmul_integer_16},
    {"MatMulIntegerToFloat", 4, 7, 1, contrib::matmul_integer_to_float},
    {"MatMulNBits", 3, 6, 1, contrib::matmul_n_bits},
    {"MultiHeadAttention", 1, 10, 4, contrib::multi_head_attention},
    {"NhwcMaxPool", 1, 1, 1, contrib::nhwc_max_pool},
    {"Pad", 2, 3, 1, contrib::pad},
    {"QAttention", 5, 9, 2, contrib::quantized_attention},
    {"QEmbedLayerNormalization", 13, 18, 2,
     contrib::quantized_embed_layer_normalization},
    {"QGemm", 6, 9, 1, contrib::qgemm},
    {"QLinearAdd", 7, 8, 1, contrib::qlinear_add},
    {"QLinearAveragePool", 4, 5, 1, contrib::qlinear_average_pool},
    {"QLinearConcat", 5, kAny, 1, contrib::qlinear_concat},
    {"QLinearConv", 8, 9, 1, contrib::qlinear_conv},
    {"QLinearGlobalAveragePool", 4, 5, 1, contrib::qlinear_global_average_pool},
    {"QLinearLeakyRelu", 4, 5, 1, contrib::qlinear_leaky_relu},
    {"QLinearMul", 7, 8, 1, contrib::qlinear_mul},
    {"QLinearSigmoid", 4, 5, 1, contrib::qlinear_sigmoid},
    {"QLinearSoftmax", 4, 5, 1, contrib::qlinear_softmax},
    {"QLinearWhere", 9, 9, 1, contrib::qlinear_where},
    {"QuantizeLinear", 2, 3, 1, contrib::quantize},
    {"QuickGelu", 1, 1, 1, contrib::quick_gelu},
    {"Range", 2, 3, 1, contrib::range},
    {"RotaryEmbedding", 4, 4, 1, contrib::rotary_embedding},
    {"SimplifiedLayerNormalization", 2, 2, 2,
     contrib::simplified_layer_normalization},
    {"SkipLayerNormalization", 3, 5, 4, contrib::skip_layer_normalization},
    {"SkipSimplifiedLayerNormalization", 3, 4, 4, contrib::skip_simplified},
    {"TransposeMatMul", 2, 2, 1, contrib::fused_matmul},
    {"Trilu", 1, 2, 1, contrib::trilu},
    {"Unique", 1, 1, 3, contrib::unique},
};

constexpr std::string_view kDomain = "com.microsoft";
constexpr std::string_view kSimplified = "SimplifiedLayerNormalization";

const Row* find_row(std::string_view name) {
  const Row* const found = std::ranges::find(kRows, name, &Row::name);
  return found == std::end(kRows) ? nullptr : found;
}

// Null where the node is no operator of the table.
const Row* row_of(const Node& node) {
  if (node.op != Op::CustomOperator) return nullptr;
  const std::string full = node.text(kCustomName);
  const std::string_view name = full;
  const size_t at = name.find("::");
  if (at == name.npos ||
      !is_contrib_operator(name.substr(0, at), name.substr(at + 2)))
    return nullptr;
  return find_row(name.substr(at + 2));
}

}  // namespace

std::vector<std::string_view> contrib_operators() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.name);
  return names;
}

bool is_contrib_operator(std::string_view domain, std::string_view name) {
  // ONNX Runtime's optimizer writes this one without a domain.
  if (domain.empty()) return name == kSimplified;
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
        fmt::format(
            "{}: {} inputs and {} outputs; expected {} {}, and 1 to {}", label,
            node.inputs.size(), node.outputs.size(), row.least,
            row.most == kAny ? "or more" : fmt::format("to {}", row.most),
            row.outputs));
  FunctionCall call(graph, node);
  const std::string text =
      fmt::format("graph \"{}\" {}", row.name, row.body(call));
  HONE_RETURN_IF_ERROR(call.verdict(label, true));
  HONE_ASSIGN_OR_RETURN(const Graph body, parse_graph(text));
  splice(graph, body, node.inputs, node.outputs, row.name, node.name, nodes);
  return {};
}

}  // namespace hone::tensor
