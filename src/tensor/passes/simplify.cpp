// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nodes that give back one of their inputs are taken out. Signs of zero are the
// one thing that may change: -0 + 0 is 0, and becomes -0.
#include <algorithm>

#include "tensor/infer/infer.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

// Rank and every size known to be the same, if only by the same symbols.
bool same_type(const Graph& graph, ValueId a, ValueId b) {
  const Type& x = graph[a].type;
  return x == graph[b].type && x.is_tensor() && x.element && x.shape;
}

bool all_zero(const Graph& graph, ValueId id) {
  const Literal* literal = graph.literal_of(id);
  const auto values = literal ? literal->to_integers() : std::nullopt;
  return values && std::all_of(values->begin(), values->end(),
                               [](int64_t v) { return v == 0; });
}

bool is_identity_perm(const Node& node, const Graph& graph) {
  const std::vector<int64_t> perm = node.integers("perm");
  const Type& type = graph[node.inputs[0]].type;
  if (!node.has("perm")) return type.shape && type.shape->size() <= 1;
  for (size_t i = 0; i < perm.size(); ++i)
    if (perm[i] != static_cast<int64_t>(i)) return false;
  return true;
}

// The input that the node gives back as output 0, or kNone.
ValueId given_back(const Graph& graph, const Node& node) {
  const ValueId x = node.inputs.empty() ? kNone : node.inputs[0];
  if (x == kNone || !node.has_output(0)) return kNone;
  const ValueId y = node.outputs[0];
  const bool same = same_type(graph, x, y);
  // The other operand, where it is a constant number.
  const auto is = [&](size_t input, double value) {
    return node.has_input(input) &&
           scalar_of(graph, node.inputs[input]) == value;
  };
  switch (node.op) {
    case Op::Identity:
      return x;
    case Op::Dropout:
      return node.has_input(2) || node.has_output(1) ? kNone : x;
    case Op::Add:
    case Op::Mul: {
      const double unit = node.op == Op::Add ? 0 : 1;
      if (same && is(1, unit)) return x;
      if (node.has_input(1) && same_type(graph, node.inputs[1], y) &&
          is(0, unit))
        return node.inputs[1];
      return kNone;
    }
    case Op::Sub:
      return same && is(1, 0) ? x : kNone;
    case Op::Div:
    case Op::Pow:
      return same && is(1, 1) ? x : kNone;
    case Op::Cast:
    case Op::CastLike:
    case Op::Reshape:
    case Op::Flatten:
    case Op::Expand:
    case Op::Squeeze:
      return same ? x : kNone;
    case Op::Transpose:
      return is_identity_perm(node, graph) ? x : kNone;
    case Op::Pad:
      return same && all_zero(graph, node.inputs[1]) ? x : kNone;
    case Op::Concat:
    case Op::Max:
    case Op::Mean:
    case Op::Min:
    case Op::Sum:
      return node.inputs.size() == 1 ? x : kNone;
    default:
      return kNone;
  }
}

// Reshape of a Reshape: the first one need not be made. Where the second copies
// sizes from its input (0), they are those of the first.
void skip_reshapes(Graph& graph) {
  const std::vector<int32_t> makers = find_makers(graph);
  for (Node& node : graph.nodes) {
    if (node.op != Op::Reshape) continue;
    const int32_t maker = makers[index(node.inputs[0])];
    const Literal* wanted = graph.literal_of(node.inputs[1]);
    const auto dims = wanted ? wanted->to_integers() : std::nullopt;
    if (maker < 0 || !dims ||
        std::find(dims->begin(), dims->end(), 0) != dims->end())
      continue;
    const Node& first = graph.nodes[maker];
    if (first.op == Op::Reshape || first.op == Op::Flatten ||
        first.op == Op::Squeeze || first.op == Op::Unsqueeze)
      node.inputs[0] = first.inputs[0];
  }
}

// An output keeps its name: the node in front of it makes it, if nobody else
// reads what it made before.
void hand_over_outputs(Graph& graph) {
  for (size_t at = 0; at < graph.nodes.size();) {
    const ValueId to = given_back(graph, graph.nodes[at]);
    const int32_t maker = to == kNone ? -1 : find_makers(graph)[index(to)];
    if (maker < 0 || count_uses(graph)[index(to)] != 1) {
      ++at;
      continue;
    }
    for (ValueId& id : graph.nodes[maker].outputs)
      if (id == to) id = graph.nodes[at].outputs[0];
    graph.nodes.erase(graph.nodes.begin() + static_cast<int64_t>(at));
  }
}

}  // namespace

Result<Graph> simplify(Graph graph) {
  HONE_RETURN_IF_ERROR(infer_types(graph));
  skip_reshapes(graph);
  for (const Node& node : graph.nodes) {
    const ValueId to = given_back(graph, node);
    if (to != kNone && !is_output(graph, node.outputs[0]))
      replace_uses(graph, node.outputs[0], to);
  }
  HONE_ASSIGN_OR_RETURN(graph, remove_dead(std::move(graph)));
  hand_over_outputs(graph);
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, simplify));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
