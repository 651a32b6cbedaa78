// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exporters spell attention out, between transposes that turn heads:
//
//   %q = Transpose(Reshape(x)) {perm = [0, 2, 1, 3]}      b x heads x length x
//   size %t = Transpose(Reshape(y)) {perm = [0, 2, 3, 1]}      the keys, turned
//   %s = Softmax(MatMul(%q, %t) / c + mask)          →    Attention(x, y, z,
//   mask) %o = MatMul(%s, %v) Reshape(Transpose(%o) {perm = [0, 2, 1, 3]})
//
// First the two products become Attention of four dimensions; then, where all
// three operands and the result are turned, Attention of three dimensions,
// whose heads lie within rows. Only f32 is looked at, and sizes must be equal
// whatever open ones turn out to be: that is what one kernel does. Where a mask
// hides all keys of a query, the result is 0 as Attention has it; spelt out it
// is NaN.
#include <algorithm>
#include <optional>

#include "tensor/infer/infer.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

using Dims = std::vector<int64_t>;

const Dims kTurned = {0, 2, 1, 3};

struct Match {
  ValueId q, k, v, mask = kNone;
  Dims turn;  // of the keys, which are no value yet; or empty
  double scale = 1;
};

class Matcher {
 public:
  explicit Matcher(const Graph& graph)
      : g_(graph), makers_(find_makers(graph)), uses_(count_uses(graph)) {}

  const Node* maker(ValueId id) const {
    const int32_t at = id == kNone ? -1 : makers_[index(id)];
    return at < 0 ? nullptr : &g_.nodes[at];
  }
  const Node* maker(ValueId id, Op op) const {
    const Node* const node = maker(id);
    return node != nullptr && node->op == op ? node : nullptr;
  }
  bool is_read_once(ValueId id) const { return uses_[index(id)] == 1; }

  // Of f32.
  std::optional<Shape> dims(ValueId id) const {
    const Type& type = g_[id].type;
    if (!type.is_tensor() || type.element != ElementType::F32) return {};
    return type.shape;
  }

  Dims perm(const Node& transpose) const {
    if (transpose.has("perm")) return transpose.integers("perm");
    const auto own = dims(transpose.inputs[0]);
    Dims perm;
    for (size_t i = own ? own->size() : 0; i > 0; --i)
      perm.push_back(static_cast<int64_t>(i) - 1);
    return perm;
  }

  // Of the product with the values.
  std::optional<Match> match(const Node& product) const {
    if (product.op != Op::MatMul) return {};
    const Node* const softmax = maker(product.inputs[0], Op::Softmax);
    const auto shape = dims(product.inputs[0]);
    if (softmax == nullptr || !is_read_once(product.inputs[0]) || !shape ||
        shape->size() < 3 || shape->size() > 4)
      return {};
    const auto rank = static_cast<int64_t>(shape->size());
    const int64_t axis = softmax->integer("axis");
    if (axis != -1 && axis != rank - 1) return {};
    Match m = {.v = product.inputs[1]};
    ValueId scores = softmax->inputs[0];
    if (const Node* const add = maker(scores, Op::Add);
        add != nullptr && is_read_once(scores)) {
      const int own = is_score(add->inputs[0]) ? 0 : 1;
      if (!is_mask(add->inputs[1 - own], *shape)) return {};
      m.mask = add->inputs[1 - own];
      scores = add->inputs[own];
    }
    scores = without_scale(scores, m.scale);
    const Node* const first = maker(scores, Op::MatMul);
    if (first == nullptr || !is_read_once(scores)) return {};
    m.q = without_scale(first->inputs[0], m.scale);
    if (!find_keys(without_scale(first->inputs[1], m.scale), m)) return {};
    return fits(m, *shape) ? std::optional(m) : std::nullopt;
  }

 private:
  bool is_score(ValueId id) const {
    double scale = 1;
    return maker(without_scale(id, scale), Op::MatMul) != nullptr;
  }

  // Behind products with constants that nobody else reads.
  ValueId without_scale(ValueId id, double& scale) const {
    while (is_read_once(id)) {
      const Node* const node = maker(id);
      if (node == nullptr || (node->op != Op::Mul && node->op != Op::Div))
        break;
      int own = 0;
      auto number = scalar_of(g_, node->inputs[1]);
      if (!number && node->op == Op::Mul) {
        own = 1;
        number = scalar_of(g_, node->inputs[0]);
      }
      if (!number || *number == 0 || dims(node->inputs[own]) != dims(id)) break;
      scale = node->op == Op::Mul ? scale * *number : scale / *number;
      id = node->inputs[own];
    }
    return id;
  }

  // The keys in rows: what was turned, turned otherwise or not at all.
  bool find_keys(ValueId turned, Match& m) const {
    const Node* const transpose = maker(turned, Op::Transpose);
    if (transpose == nullptr) return false;
    Dims order = perm(*transpose);
    if (order.size() < 2) return false;
    std::swap(order[order.size() - 1], order[order.size() - 2]);
    m.k = transpose->inputs[0];
    if (!std::ranges::is_sorted(order)) m.turn = std::move(order);
    return true;
  }

  // A number for each score, the last dimension written out.
  bool is_mask(ValueId id, const Shape& scores) const {
    const auto own = dims(id);
    if (!own || own->empty() || own->back() != scores.back() ||
        own->size() > (scores.size() == 4 ? 4 : 2))
      return false;
    for (size_t i = 0; i < own->size(); ++i) {
      const Dim& size = (*own)[own->size() - 1 - i];
      if (!size.is(1) && size != scores[scores.size() - 1 - i]) return false;
    }
    return true;
  }

  bool fits(const Match& m, const Shape& scores) const {
    const auto q = dims(m.q), v = dims(m.v);
    auto k = dims(m.k);
    if (!q || !k || !v || q->size() != scores.size() ||
        k->size() != q->size() || v->size() != q->size() || m.scale <= 0)
      return false;
    if (!m.turn.empty()) {
      const Shape before = *k;
      for (size_t i = 0; i < k->size(); ++i) (*k)[i] = before[m.turn[i]];
    }
    const size_t last = q->size() - 1;
    for (size_t i = 0; i + 1 < last; ++i)
      if ((*q)[i] != (*k)[i] || (*q)[i] != (*v)[i]) return false;
    return (*q)[last] == (*k)[last] && (*k)[last - 1] == (*v)[last - 1] &&
           std::ranges::find(*q, Dim(0)) == q->end() &&
           std::ranges::find(*v, Dim(0)) == v->end();
  }

  const Graph& g_;
  std::vector<int32_t> makers_, uses_;
};

// Turned keys stand right before the node that reads them.
void write_attention(Graph& graph, size_t at, Match m) {
  if (!m.turn.empty()) {
    const ValueId turned = graph.add_value(graph[m.k].name + "/keys");
    graph.nodes.insert(graph.nodes.begin() + static_cast<int64_t>(at),
                       {.op = Op::Transpose,
                        .inputs = {m.k},
                        .outputs = {turned},
                        .attributes = {{"perm", std::move(m.turn)}}});
    m.k = turned;
    ++at;
  }
  Node& node = graph.nodes[at];
  const bool has_heads = graph[m.q].type.shape->size() == 4;
  node = {.op = Op::Attention,
          .name = node.name,
          .inputs = {m.q, m.k, m.v},
          .outputs = node.outputs,
          .attributes = {{"scale", static_cast<float>(m.scale)}}};
  if (!has_heads) {
    node.attributes["q_num_heads"] = int64_t{1};
    node.attributes["kv_num_heads"] = int64_t{1};
  }
  if (m.mask != kNone) node.inputs.push_back(m.mask);
}

// What stands before the turn of heads, [b, length, heads, size], or kNone.
ValueId before_turn(const Matcher& matcher, ValueId id) {
  const Node* const transpose = matcher.maker(id, Op::Transpose);
  if (transpose == nullptr || matcher.perm(*transpose) != kTurned) return kNone;
  return transpose->inputs[0];
}

// The only reader of `id`, if it turns heads back; or -1.
int turned_back(const Graph& graph, const Matcher& matcher, ValueId id) {
  if (!matcher.is_read_once(id)) return -1;
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    if (graph.nodes[i].op == Op::Transpose && graph.nodes[i].inputs[0] == id)
      return matcher.perm(graph.nodes[i]) == kTurned ? static_cast<int>(i) : -1;
  return -1;
}

// Of Reshape; sizes that are open stay where they are.
ValueId add_shape(Graph& graph, const std::string& name, const Shape& shape) {
  Dims dims;
  for (const Dim& dim : shape)
    dims.push_back(dim.is_constant() ? dim.value() : 0);
  return graph.add_constant(name, Literal::integers(dims));
}

// Attention of four dimensions whose heads are turned on all sides becomes one
// of three.
bool pack_heads(Graph& graph, size_t at) {
  const Node node = graph.nodes[at];
  if (node.op != Op::Attention || node.inputs.size() > 4 ||
      node.outputs.size() != 1 || node.has("q_num_heads"))
    return false;
  const Matcher matcher(graph);
  const int back = turned_back(graph, matcher, node.outputs[0]);
  std::vector<ValueId> plain;
  std::vector<Shape> sizes;
  for (size_t i = 0; i < 3; ++i) {
    plain.push_back(before_turn(matcher, node.inputs[i]));
    const auto dims = plain[i] == kNone ? std::nullopt : matcher.dims(plain[i]);
    if (back < 0 || !dims || !(*dims)[2].is_constant() ||
        !(*dims)[3].is_constant())
      return false;
    sizes.push_back(*dims);
  }
  std::vector<Node> nodes;
  Node packed = node;
  for (size_t i = 0; i < 3; ++i) {
    const std::string name = graph[plain[i]].name + "/heads";
    const ValueId shape =
        add_shape(graph, name + "/shape",
                  {sizes[i][0], sizes[i][1], sizes[i][2] * sizes[i][3]});
    packed.inputs[i] = graph.add_value(name);
    nodes.push_back({.op = Op::Reshape,
                     .inputs = {plain[i], shape},
                     .outputs = {packed.inputs[i]}});
  }
  const ValueId result = graph.nodes[back].outputs[0];
  const std::string name = graph[result].name;
  const ValueId shape =
      add_shape(graph, name + "/shape",
                {sizes[0][0], sizes[0][1], sizes[0][2], sizes[2][3]});
  packed.outputs = {graph.add_value(name + "/heads")};
  packed.attributes["q_num_heads"] = sizes[0][2].value();
  packed.attributes["kv_num_heads"] = sizes[1][2].value();
  graph.nodes[back] = {.op = Op::Reshape,
                       .name = graph.nodes[back].name,
                       .inputs = {packed.outputs[0], shape},
                       .outputs = {result}};
  nodes.push_back(std::move(packed));
  graph.nodes.erase(graph.nodes.begin() + static_cast<int64_t>(at));
  graph.nodes.insert(graph.nodes.begin() + static_cast<int64_t>(at),
                     std::make_move_iterator(nodes.begin()),
                     std::make_move_iterator(nodes.end()));
  return true;
}

}  // namespace

Result<Graph> recognize_attention(Graph graph) {
  HONE_RETURN_IF_ERROR(infer_types(graph));
  for (size_t at = 0; at < graph.nodes.size(); ++at) {
    if (graph.nodes[at].op != Op::MatMul) continue;
    if (const auto found = Matcher(graph).match(graph.nodes[at])) {
      write_attention(graph, at, *found);
      HONE_RETURN_IF_ERROR(infer_types(graph));
    }
  }
  HONE_ASSIGN_OR_RETURN(graph, remove_dead(std::move(graph)));
  HONE_RETURN_IF_ERROR(infer_types(graph));
  for (size_t at = 0; at < graph.nodes.size(); ++at)
    if (pack_heads(graph, at)) HONE_RETURN_IF_ERROR(infer_types(graph));
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, recognize_attention));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
