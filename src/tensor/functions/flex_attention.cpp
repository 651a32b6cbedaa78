// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// FlexAttention: products, softmax and products again, with the user's graphs
// for scores and shares between them.
#include "tensor/functions/flex_attention.h"

#include <fmt/format.h>

#include <cmath>

#include "tensor/functions/splice.h"
#include "tensor/graph_text.h"

namespace hone::tensor {

namespace {

// Heads of keys and values stand for several heads of queries.
std::string repeated(std::string_view name, int64_t heads, int64_t shared,
                     int64_t size) {
  if (shared == 1) return fmt::format("  %{0}_all = Identity(%{0})\n", name);
  return fmt::format(
      "  %{0}_axis: i64[1] = const [2]\n"
      "  %{0}_times: i64[5] = const [1, 1, {1}, 1, 1]\n"
      "  %{0}_sizes: i64[4] = const [0, {2}, -1, {3}]\n"
      "  %{0}_split = Unsqueeze(%{0}, %{0}_axis)\n"
      "  %{0}_many = Expand(%{0}_split, %{0}_times)\n"
      "  %{0}_all = Reshape(%{0}_many, %{0}_sizes)\n",
      name, shared, heads, size);
}

// Sizes 1 and 3: heads, and numbers of a head.
std::optional<std::pair<int64_t, int64_t>> heads_of(const Type& type) {
  if (!type.shape || type.shape->size() != 4) return {};
  const Dim &heads = (*type.shape)[1], &size = (*type.shape)[3];
  if (!heads.is_constant() || !size.is_constant() || heads.value() < 1 ||
      size.value() < 1)
    return {};
  return std::pair(heads.value(), size.value());
}

}  // namespace

Result<std::vector<Node>> flex_attention_nodes(Graph& graph, const Node& node) {
  const auto q = heads_of(graph[node.inputs[0]].type);
  const auto k = heads_of(graph[node.inputs[1]].type);
  const auto v = heads_of(graph[node.inputs[2]].type);
  const auto type = graph[node.inputs[0]].type.element;
  if (!q || !k || !v || !type || k->first != v->first ||
      k->second != q->second || q->first % k->first != 0)
    return Error(ErrorKind::Unsupported,
                 describe(node) +
                     ": heads that do not fit, or whose number is not known");
  int64_t precision = onnx_number(*type == ElementType::F64 ? ElementType::F64
                                                            : ElementType::F32);
  if (node.has("softmax_precision"))
    precision = node.integer("softmax_precision");
  const double scale = node.has("scale")
                           ? node.number("scale")
                           : 1 / std::sqrt(static_cast<double>(q->second));
  const int64_t shared = q->first / k->first;
  std::vector<Node> nodes;
  const auto add = [&](const std::string& text,
                       std::initializer_list<ValueId> inputs,
                       ValueId output) -> Status {
    HONE_ASSIGN_OR_RETURN(const Graph body, parse_graph(text));
    const ValueId outputs[] = {output};
    splice(graph, body, inputs, outputs, name_of(node.op), node.name, nodes);
    return {};
  };
  // The user's graph, or nothing.
  const auto through = [&](std::string_view name, ValueId x) {
    const Graph* const body = node.graph(name);
    if (body == nullptr) return x;
    const ValueId inputs[] = {x};
    const ValueId outputs[] = {graph.add_value(name)};
    splice(graph, *body, inputs, outputs, name, node.name, nodes);
    return outputs[0];
  };
  const ValueId scores = graph.add_value("scores");
  HONE_RETURN_IF_ERROR(
      add(fmt::format("graph \"scores\" (%q, %key) -> (%s) {{\n"
                      "  %root32: f32[] = const [{}]\n"
                      "  %root = CastLike(%root32, %q)\n"
                      "  %qs = Mul(%q, %root)\n"
                      "  %k = Mul(%key, %root)\n{}"
                      "  %kt = Transpose(%k_all) {{perm = [0, 1, 3, 2]}}\n"
                      "  %m = MatMul(%qs, %kt)\n"
                      "  %s = Cast(%m) {{to = {}}}\n}}\n",
                      static_cast<float>(std::sqrt(scale)),
                      repeated("k", q->first, shared, k->second), precision),
          {node.inputs[0], node.inputs[1]}, scores));
  const ValueId shares = graph.add_value("shares");
  HONE_RETURN_IF_ERROR(add(
      "graph \"shares\" (%s) -> (%p) {\n  %p = Softmax(%s) {axis = -1}\n}\n",
      {through("score_mod", scores)}, shares));
  HONE_RETURN_IF_ERROR(
      add(fmt::format("graph \"sums\" (%p, %v) -> (%y) {{\n{}"
                      "  %c = Cast(%v_all) {{to = {}}}\n"
                      "  %m = MatMul(%p, %c)\n"
                      "  %y = Cast(%m) {{to = {}}}\n}}\n",
                      repeated("v", q->first, shared, v->second), precision,
                      onnx_number(*type)),
          {through("prob_mod", shares), node.inputs[2]}, node.outputs[0]));
  return nodes;
}

}  // namespace hone::tensor
