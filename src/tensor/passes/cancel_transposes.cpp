// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exporters put transposes around operators that want another layout:
//
//   %a = Transpose(%x) {perm = [0, 2, 3, 1]}     %b = Relu(%x)
//   %b = Relu(%a)                           →
//   %y = Transpose(%b) {perm = [0, 3, 1, 2]}     (the transposes are gone)
//
// A transpose that only an element-by-element operator reads moves behind it;
// two that meet become one. Moving always goes towards the outputs, so it ends.
#include "tensor/infer/infer.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

bool is_pointwise(const Node& node) {
  const std::string_view family = info(node.op).family;
  return family == "elementwise" || family == "activation" ||
         family == "arithmetic" || node.op == Op::Cast;
}

// Attribute, or the reversal that stands for it; empty where the rank is open.
std::vector<int64_t> perm_of(const Graph& graph, const Node& node) {
  if (node.has("perm")) return node.integers("perm");
  const Type& type = graph[node.inputs[0]].type;
  std::vector<int64_t> perm;
  for (size_t i = type.shape ? type.shape->size() : 0; i > 0; --i)
    perm.push_back(static_cast<int64_t>(i) - 1);
  return perm;
}

class Mover {
 public:
  explicit Mover(Graph& graph) : graph_(graph) { refresh(); }

  bool join(Node& node) {
    const Node* first =
        node.op == Op::Transpose ? maker(node.inputs[0]) : nullptr;
    if (!first || first->op != Op::Transpose) return false;
    const std::vector<int64_t> inner = perm_of(graph_, *first);
    const std::vector<int64_t> outer = perm_of(graph_, node);
    if (inner.empty() || inner.size() != outer.size()) return false;
    std::vector<int64_t> both;
    for (const int64_t axis : outer) both.push_back(inner[axis]);
    node.attributes["perm"] = std::move(both);
    node.inputs[0] = first->inputs[0];
    return true;
  }

  // op(Transpose(x), Transpose(y), scalar) is Transpose(op(x, y, scalar)).
  bool move(size_t at) {
    Node& node = graph_.nodes[at];
    if (!is_pointwise(node) || node.outputs.size() != 1) return false;
    std::vector<int64_t> perm;
    std::vector<ValueId> inputs;
    for (const ValueId id : node.inputs) {
      const Node* from = id == kNone ? nullptr : maker(id);
      const Type* type = id == kNone ? nullptr : &graph_[id].type;
      if (type && type->shape && type->shape->empty()) {
        inputs.push_back(id);  // a scalar
        continue;
      }
      if (!from || from->op != Op::Transpose || uses_[index(id)] != 1)
        return false;
      const std::vector<int64_t> one = perm_of(graph_, *from);
      if (one.empty() || (!perm.empty() && perm != one)) return false;
      perm = one;
      inputs.push_back(from->inputs[0]);
    }
    if (perm.empty()) return false;
    const ValueId y = node.outputs[0];
    const ValueId before = graph_.add_value(graph_[y].name + "/moved");
    node.inputs = std::move(inputs);
    node.outputs = {before};
    Node transpose = {
        Op::Transpose, node.name, {before}, {y}, {{"perm", std::move(perm)}}};
    graph_.nodes.insert(graph_.nodes.begin() + static_cast<int64_t>(at) + 1,
                        std::move(transpose));
    return true;
  }

  void refresh() {
    uses_ = count_uses(graph_);
    makers_ = find_makers(graph_);
  }

 private:
  const Node* maker(ValueId id) const {
    const int32_t at = makers_[index(id)];
    return at < 0 ? nullptr : &graph_.nodes[at];
  }

  Graph& graph_;
  std::vector<int32_t> uses_, makers_;
};

}  // namespace

Result<Graph> cancel_transposes(Graph graph) {
  HONE_RETURN_IF_ERROR(infer_types(graph));
  Mover mover(graph);
  for (size_t at = 0; at < graph.nodes.size(); ++at) {
    if (!mover.join(graph.nodes[at]) && !mover.move(at)) continue;
    HONE_RETURN_IF_ERROR(infer_types(graph));
    mover.refresh();
  }
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, cancel_transposes));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
