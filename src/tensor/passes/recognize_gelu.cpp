// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exporters before opset 20 spell Gelu out, and put the factors of its product
// in any order:
//
//   x * (erf(x / sqrt(2)) + 1) * 0.5
#include <cmath>
#include <optional>

#include "tensor/infer/infer.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

struct Product {
  double number = 1;
  std::vector<ValueId> values;
};

class Matcher {
 public:
  explicit Matcher(const Graph& graph)
      : g_(graph), makers_(find_makers(graph)), uses_(count_uses(graph)) {}

  // x, where the node's result is Gelu(x).
  ValueId match(const Node& node) const {
    if (node.op != Op::Mul && node.op != Op::Div) return kNone;
    Product product;
    expand(node, product);
    if (product.values.size() != 2 || !near(product.number, 0.5)) return kNone;
    for (int k = 0; k < 2; ++k)
      if (is_gate(product.values[k], product.values[1 - k]))
        return product.values[1 - k];
    return kNone;
  }

 private:
  static bool near(double a, double b) { return std::fabs(a - b) < 1e-6; }

  const Node* maker(ValueId id) const {
    const int32_t at = makers_[index(id)];
    return at < 0 ? nullptr : &g_.nodes[at];
  }

  // A product's factors, through products that nobody else reads.
  void expand(const Node& node, Product& product) const {
    const auto number = [&](ValueId id) { return scalar_of(g_, id); };
    if (node.op == Op::Div) {
      const auto divisor = number(node.inputs[1]);
      if (divisor && *divisor != 0) {
        product.number /= *divisor;
        return factor(node.inputs[0], product);
      }
      product.values.push_back(node.outputs[0]);
      return;
    }
    for (const ValueId input : node.inputs) {
      if (const auto value = number(input))
        product.number *= *value;
      else
        factor(input, product);
    }
  }

  void factor(ValueId id, Product& product) const {
    const Node* const made = maker(id);
    if (made != nullptr && uses_[index(id)] == 1 &&
        (made->op == Op::Mul ||
         (made->op == Op::Div && scalar_of(g_, made->inputs[1]))) &&
        product.values.size() < 4)
      return expand(*made, product);
    product.values.push_back(id);
  }

  // erf(x / sqrt(2)) + 1
  bool is_gate(ValueId id, ValueId x) const {
    const Node* const add = maker(id);
    if (add == nullptr || add->op != Op::Add || uses_[index(id)] != 1)
      return false;
    for (int k = 0; k < 2; ++k) {
      const auto one = scalar_of(g_, add->inputs[k]);
      const Node* const erf = maker(add->inputs[1 - k]);
      if (!one || *one != 1 || erf == nullptr || erf->op != Op::Erf) continue;
      const Node* const scaled = maker(erf->inputs[0]);
      if (scaled == nullptr || (scaled->op != Op::Mul && scaled->op != Op::Div))
        continue;
      Product product;
      expand(*scaled, product);
      if (product.values.size() == 1 && product.values[0] == x &&
          near(product.number, std::sqrt(0.5)))
        return true;
    }
    return false;
  }

  const Graph& g_;
  std::vector<int32_t> makers_, uses_;
};

}  // namespace

Result<Graph> recognize_gelu(Graph graph) {
  HONE_RETURN_IF_ERROR(infer_types(graph));
  const Matcher matcher(graph);
  std::vector<std::pair<size_t, ValueId>> found;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const ValueId x = matcher.match(node);
    if (x != kNone && graph[x].type == graph[node.outputs[0]].type)
      found.emplace_back(i, x);
  }
  for (const auto& [i, x] : found) {
    Node& node = graph.nodes[i];
    node = {.op = Op::Gelu,
            .name = node.name,
            .inputs = {x},
            .outputs = node.outputs};
  }
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, recognize_gelu));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
