// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exporters before opset 17 spell LayerNormalization out:
//
//   d = x - mean(x)
//   d / sqrt(mean(d * d) + epsilon) * scale + bias
//
// with means over the last dimension, scale and bias constants of its size.
#include <optional>

#include "tensor/infer/infer.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

struct Match {
  ValueId x, scale, bias;
  double epsilon;
};

class Matcher {
 public:
  explicit Matcher(const Graph& graph)
      : g_(graph), makers_(find_makers(graph)) {}

  // Of the last addition.
  std::optional<Match> match(const Node& add) const {
    if (add.op != Op::Add) return {};
    for (int k = 0; k < 2; ++k) {
      const Node* const scaled = maker(add.inputs[1 - k], Op::Mul);
      if (scaled == nullptr) continue;
      for (int j = 0; j < 2; ++j) {
        const auto ratio = match_ratio(scaled->inputs[1 - j]);
        if (!ratio || !is_row(scaled->inputs[j], ratio->x) ||
            !is_row(add.inputs[k], ratio->x))
          continue;
        return Match{ratio->x, scaled->inputs[j], add.inputs[k],
                     ratio->epsilon};
      }
    }
    return {};
  }

 private:
  struct Ratio {
    ValueId x;
    double epsilon;
  };

  const Node* maker(ValueId id, Op op) const {
    if (id == kNone || makers_[index(id)] < 0) return nullptr;
    const Node& node = g_.nodes[makers_[index(id)]];
    return node.op == op ? &node : nullptr;
  }

  // A constant of as many numbers as the last dimension of x has.
  bool is_row(ValueId id, ValueId x) const {
    const Literal* const literal = g_.literal_of(id);
    const auto& shape = g_[x].type.shape;
    return literal != nullptr && literal->dims().size() == 1 && shape &&
           !shape->empty() && shape->back().is(literal->size()) &&
           g_[x].type.element == literal->type();
  }

  // The input of a mean over the last dimension that is kept.
  ValueId mean_of(ValueId id) const {
    const Node* const mean = maker(id, Op::ReduceMean);
    if (mean == nullptr || mean->integer("keepdims") == 0 ||
        !mean->has_input(1))
      return kNone;
    const Literal* const axes = g_.literal_of(mean->inputs[1]);
    const auto& shape = g_[mean->inputs[0]].type.shape;
    if (axes == nullptr || !shape) return kNone;
    const auto numbers = axes->to_integers();
    if (!numbers || numbers->size() != 1) return kNone;
    const auto rank = static_cast<int64_t>(shape->size());
    return (*numbers)[0] == -1 || (*numbers)[0] == rank - 1 ? mean->inputs[0]
                                                            : kNone;
  }

  // d of d * d.
  ValueId root_of_square(ValueId id) const {
    if (const Node* const power = maker(id, Op::Pow))
      return scalar_of(g_, power->inputs[1]) == 2 ? power->inputs[0] : kNone;
    if (const Node* const product = maker(id, Op::Mul))
      return product->inputs[0] == product->inputs[1] ? product->inputs[0]
                                                      : kNone;
    return kNone;
  }

  std::optional<Ratio> match_ratio(ValueId id) const {
    const Node* const ratio = maker(id, Op::Div);
    if (ratio == nullptr) return {};
    const Node* const centred = maker(ratio->inputs[0], Op::Sub);
    const Node* const root = maker(ratio->inputs[1], Op::Sqrt);
    if (centred == nullptr || root == nullptr ||
        mean_of(centred->inputs[1]) != centred->inputs[0])
      return {};
    const Node* const sum = maker(root->inputs[0], Op::Add);
    for (int k = 0; sum != nullptr && k < 2; ++k) {
      const auto epsilon = scalar_of(g_, sum->inputs[k]);
      const ValueId square = mean_of(sum->inputs[1 - k]);
      if (epsilon && square != kNone &&
          same_difference(root_of_square(square), *centred))
        return Ratio{centred->inputs[0], *epsilon};
    }
    return {};
  }

  // Some files compute the difference twice.
  bool same_difference(ValueId id, const Node& centred) const {
    if (id == centred.outputs[0]) return true;
    const Node* const other = maker(id, Op::Sub);
    return other != nullptr && other->inputs == centred.inputs;
  }

  const Graph& g_;
  std::vector<int32_t> makers_;
};

}  // namespace

Result<Graph> recognize_normalizations(Graph graph) {
  HONE_RETURN_IF_ERROR(infer_types(graph));
  const Matcher matcher(graph);
  std::vector<std::pair<size_t, Match>> found;
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (const auto match = matcher.match(graph.nodes[i]))
      found.emplace_back(i, *match);
  for (const auto& [i, match] : found) {
    Node& node = graph.nodes[i];
    node = {.op = Op::LayerNormalization,
            .name = node.name,
            .inputs = {match.x, match.scale, match.bias},
            .outputs = node.outputs,
            .attributes = {{"epsilon", static_cast<float>(match.epsilon)}}};
  }
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, recognize_normalizations));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
