// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sequences and optionals of which everything is known but the items are lists
// of values here, and no node is left of them: an item at a constant position
// is that value, a concatenation one of tensors, a SequenceMap its body as
// often as there are items. What is not known so is built where it is read
// first.
#include <map>
#include <set>
#include <utility>

#include "tensor/functions/splice.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

using Ids = std::vector<ValueId>;

// Longer ones stay sequences of the run.
constexpr size_t kLongest = 256;

class Flattener {
 public:
  explicit Flattener(Graph graph) : graph_(std::move(graph)) {}

  Result<Graph> run() {
    for (Node& node : std::exchange(graph_.nodes, {})) {
      if (is_flattened(node)) continue;
      for (const ValueId input : node.inputs) build(input);
      for (const auto& [name, value] : node.attributes)
        if (const Graph* const body = node.graph(name))
          for (const Capture& capture : body->captures) build(capture.outer);
      graph_.nodes.push_back(std::move(node));
    }
    for (const ValueId output : graph_.outputs) build(output);
    return std::move(graph_);
  }

 private:
  void emit(Node node) { graph_.nodes.push_back(std::move(node)); }

  // A known sequence or optional that somebody reads as it is.
  void build(ValueId id) {
    if (id == kNone || !built_.insert(id).second) return;
    if (const auto found = lists_.find(id); found != lists_.end()) {
      Node node = {.op = Op::SequenceConstruct,
                   .inputs = found->second,
                   .outputs = {id}};
      if (node.inputs.empty()) {
        node.op = Op::SequenceEmpty;
        const auto element = graph_[id].type.element;
        node.attributes["dtype"] = static_cast<int64_t>(
            onnx_number(element.value_or(ElementType::F32)));
      }
      for (const ValueId item : node.inputs) build(item);
      emit(std::move(node));
    } else if (const auto given = optionals_.find(id);
               given != optionals_.end()) {
      Node node = {.op = Op::Optional, .outputs = {id}};
      if (given->second != kNone) {
        build(given->second);
        node.inputs.push_back(given->second);
      } else {
        node.attributes["type"] = graph_[id].type.inner();
      }
      emit(std::move(node));
    }
  }

  const Ids* list(const Node& node, size_t input) const {
    if (!node.has_input(input)) return nullptr;
    const auto found = lists_.find(node.inputs[input]);
    return found == lists_.end() ? nullptr : &found->second;
  }

  // A constant position, counted from the front; `otherwise` where none is
  // given.
  std::optional<int64_t> position(const Node& node, size_t input, int64_t size,
                                  int64_t limit, int64_t otherwise) const {
    int64_t at = otherwise;
    if (node.has_input(input)) {
      const Literal* const literal = graph_.literal_of(node.inputs[input]);
      const auto numbers = literal ? literal->to_integers() : std::nullopt;
      if (!numbers || numbers->size() != 1) return {};
      at = numbers->front();
      if (at < 0) at += size;
    }
    if (at < 0 || at >= limit) return {};
    return at;
  }

  bool know(ValueId id, Ids items) {
    if (items.size() > kLongest) return false;
    lists_[id] = std::move(items);
    return true;
  }

  // The same value under another name.
  bool same(const Node& node, ValueId from) {
    const ValueId to = node.outputs[0];
    if (const auto found = lists_.find(from); found != lists_.end())
      return know(to, found->second);
    if (const auto found = optionals_.find(from); found != optionals_.end()) {
      optionals_[to] = found->second;
      return true;
    }
    emit({.op = Op::Identity,
          .name = node.name,
          .inputs = {from},
          .outputs = {to}});
    return true;
  }

  bool is_constant(const Node& node, Literal literal) {
    const ValueId value = graph_.add_constant("known", std::move(literal));
    return same(node, value);
  }

  bool is_flattened(const Node& node) {
    switch (node.op) {
      case Op::Identity:
        return (lists_.contains(node.inputs[0]) ||
                optionals_.contains(node.inputs[0])) &&
               same(node, node.inputs[0]);
      case Op::SequenceConstruct:
        return know(node.outputs[0], node.inputs);
      case Op::SequenceEmpty:
        return know(node.outputs[0], {});
      case Op::SequenceInsert:
        return insert(node);
      case Op::SequenceErase:
        return erase(node);
      case Op::SequenceAt:
        return at(node);
      case Op::SequenceLength:
        if (const Ids* const items = list(node, 0))
          return is_constant(
              node, Literal::integer(static_cast<int64_t>(items->size())));
        return false;
      case Op::SplitToSequence:
        return split(node);
      case Op::ConcatFromSequence:
        return concat(node);
      case Op::SequenceMap:
        return map(node);
      case Op::Optional:
        optionals_[node.outputs[0]] =
            node.has_input(0) ? node.inputs[0] : kNone;
        return true;
      case Op::OptionalHasElement:
        return has_element(node);
      case Op::OptionalGetElement:
        return get_element(node);
      default:
        return false;
    }
  }

  bool insert(const Node& node) {
    const Ids* const items = list(node, 0);
    if (items == nullptr) return false;
    const auto size = static_cast<int64_t>(items->size());
    const auto where = position(node, 2, size, size + 1, size);
    if (!where) return false;
    Ids more = *items;
    more.insert(more.begin() + *where, node.inputs[1]);
    return know(node.outputs[0], std::move(more));
  }

  bool erase(const Node& node) {
    const Ids* const items = list(node, 0);
    if (items == nullptr) return false;
    const auto size = static_cast<int64_t>(items->size());
    const auto where = position(node, 1, size, size, size - 1);
    if (!where) return false;
    Ids less = *items;
    less.erase(less.begin() + *where);
    return know(node.outputs[0], std::move(less));
  }

  bool at(const Node& node) {
    const Ids* const items = list(node, 0);
    if (items == nullptr) return false;
    const auto size = static_cast<int64_t>(items->size());
    const auto where = position(node, 1, size, size, -1);
    return where && same(node, (*items)[*where]);
  }

  bool has_element(const Node& node) {
    if (!node.has_input(0))
      return is_constant(
          node, Literal::own(ElementType::Bool, {}, {std::byte{0}}).value());
    const auto found = optionals_.find(node.inputs[0]);
    const Type& type = graph_[node.inputs[0]].type;
    // What is no optional is a value.
    if (found == optionals_.end() &&
        (type.is_optional() || (type.is_tensor() && !type.element)))
      return false;
    const bool has = found == optionals_.end() || found->second != kNone;
    return is_constant(
        node, Literal::own(ElementType::Bool, {}, {std::byte{has}}).value());
  }

  bool get_element(const Node& node) {
    const auto found = optionals_.find(node.inputs[0]);
    if (found != optionals_.end())
      return found->second != kNone && same(node, found->second);
    const Type& type = graph_[node.inputs[0]].type;
    return !type.is_optional() && type.element && same(node, node.inputs[0]);
  }

  ValueId constant(const std::vector<int64_t>& numbers) {
    return graph_.add_constant("sizes", Literal::integers(numbers));
  }

  bool split(const Node& node) {
    const Type& type = graph_[node.inputs[0]].type;
    if (!type.is_tensor() || !type.shape || type.shape->empty()) return false;
    const auto rank = static_cast<int64_t>(type.shape->size());
    int64_t axis = node.integer("axis");
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank || !(*type.shape)[axis].is_constant())
      return false;
    const int64_t length = (*type.shape)[axis].value();
    std::vector<int64_t> sizes;
    if (node.has_input(1)) {
      const Literal* const literal = graph_.literal_of(node.inputs[1]);
      const auto numbers = literal ? literal->to_integers() : std::nullopt;
      if (!numbers) return false;
      sizes = *numbers;
      if (literal->dims().empty()) {
        const int64_t each = sizes.front();
        if (each < 1) return false;
        sizes.clear();
        for (int64_t rest = length; rest > 0; rest -= each)
          sizes.push_back(std::min(rest, each));
      }
    } else {
      sizes.assign(static_cast<size_t>(length), 1);
    }
    if (sizes.empty() || sizes.size() > kLongest) return false;
    int64_t sum = 0;
    for (const int64_t size : sizes) sum += size;
    if (sum != length) return false;
    const bool drops = !node.has_input(1) && node.integer("keepdims") == 0;
    Node parts = {.op = Op::Split,
                  .name = node.name,
                  .inputs = {node.inputs[0], constant(sizes)},
                  .attributes = {{"axis", axis}}};
    Ids items;
    std::vector<Node> squeezes;
    for (size_t i = 0; i < sizes.size(); ++i) {
      parts.outputs.push_back(graph_.add_value("part"));
      items.push_back(parts.outputs.back());
      if (!drops) continue;
      items.back() = graph_.add_value("item");
      squeezes.push_back({.op = Op::Squeeze,
                          .name = node.name,
                          .inputs = {parts.outputs.back(), constant({axis})},
                          .outputs = {items.back()}});
    }
    emit(std::move(parts));
    for (Node& squeeze : squeezes) emit(std::move(squeeze));
    return know(node.outputs[0], std::move(items));
  }

  bool concat(const Node& node) {
    const Ids* const items = list(node, 0);
    if (items == nullptr || items->empty()) return false;
    Ids parts = *items;
    if (node.integer("new_axis") != 0)
      for (ValueId& part : parts) {
        const ValueId wide = graph_.add_value("wide");
        emit({.op = Op::Unsqueeze,
              .name = node.name,
              .inputs = {part, constant({node.integer("axis")})},
              .outputs = {wide}});
        part = wide;
      }
    emit({.op = Op::Concat,
          .name = node.name,
          .inputs = std::move(parts),
          .outputs = node.outputs,
          .attributes = {{"axis", node.integer("axis")}}});
    return true;
  }

  bool map(const Node& node) {
    const Ids* const first = list(node, 0);
    if (first == nullptr) return false;
    const size_t count = first->size();
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      const Ids* const items = list(node, i);
      if (graph_[node.inputs[i]].type.is_sequence() &&
          (items == nullptr || items->size() != count))
        return false;
    }
    std::vector<Ids> results(node.outputs.size());
    const Graph& body = *node.graph("body");
    for (const Capture& capture : body.captures) build(capture.outer);
    for (size_t n = 0; n < count; ++n) {
      Ids inputs, outputs;
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        const Ids* const items = list(node, i);
        inputs.push_back(items ? (*items)[n] : node.inputs[i]);
      }
      for (Ids& result : results) {
        outputs.push_back(graph_.add_value("item"));
        result.push_back(outputs.back());
      }
      splice(graph_, body, inputs, outputs, "map", node.name, graph_.nodes);
    }
    for (size_t i = 0; i < results.size(); ++i)
      if (node.has_output(i)) know(node.outputs[i], std::move(results[i]));
    return true;
  }

  Graph graph_;
  std::map<ValueId, Ids> lists_;
  std::map<ValueId, ValueId> optionals_;  // kNone: without a value
  std::set<ValueId> built_;
};

}  // namespace

Result<Graph> flatten_sequences(Graph graph) {
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, flatten_sequences));
  return Flattener(std::move(graph)).run();
}

}  // namespace hone::tensor
