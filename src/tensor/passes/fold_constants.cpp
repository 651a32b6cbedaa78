// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs the reference interpreter on nodes whose inputs are all constants, and
// writes down what inference knows: Shape and Size of values whose sizes are
// numbers, and the branch of an If whose condition is a constant. Results that
// would be much larger than what they are made from stay computed at run time.
#include <algorithm>

#include "tensor/infer/infer.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

constexpr int64_t kAlwaysSmall = 4096;  // elements

// Worth keeping as a constant: small, or no larger than the inputs together.
bool is_worth(const Tensor& result, int64_t input_elements) {
  return result.size() <= kAlwaysSmall || result.size() <= input_elements;
}

bool can_fold(const Graph& graph, const Node& node) {
  const std::string_view family = info(node.op).family;
  if (family == "random" || family == "control" || family == "sequence" ||
      !find_kernel(node.op))
    return false;
  for (const auto& [name, value] : node.attributes)
    if (kind_of(value) == AttributeKind::Graph) return false;
  for (const ValueId id : node.inputs)
    if (id != kNone && !graph.literal_of(id)) return false;
  return true;
}

// Weights of a convolution of quantised numbers: it computes with the integers.
bool is_quantized_weight(const Graph& graph, const Node& node) {
  if (node.op != Op::DequantizeLinear ||
      graph[node.inputs[0]].type.element != ElementType::I8)
    return false;
  const auto is_dequantized = [&](ValueId id) {
    return std::ranges::any_of(graph.nodes, [&](const Node& maker) {
      return maker.op == Op::DequantizeLinear && maker.outputs[0] == id &&
             !graph.literal_of(maker.inputs[0]);
    });
  };
  int readers = 0;
  for (const Node& reader : graph.nodes) {
    if (std::ranges::find(reader.inputs, node.outputs[0]) ==
        reader.inputs.end())
      continue;
    if (reader.op != Op::Conv || reader.inputs[1] != node.outputs[0] ||
        !is_dequantized(reader.inputs[0]))
      return false;
    ++readers;
  }
  return readers > 0;
}

// The sizes that Shape and Size ask for, as a constant.
std::optional<std::vector<RunValue>> known_shape(const Graph& graph,
                                                 const Node& node) {
  if (node.op != Op::Shape && node.op != Op::Size) return std::nullopt;
  const Type& type = graph[node.inputs[0]].type;
  if (!type.is_tensor() || !type.shape) return std::nullopt;
  const auto dims = static_dims(*type.shape);
  const auto count = dims ? count_elements(*dims) : std::nullopt;
  if (!count) return std::nullopt;
  if (node.op == Op::Size)
    return std::vector<RunValue>{Tensor::integer(*count)};
  const auto rank = static_cast<int64_t>(dims->size());
  const auto bound = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const int64_t start = bound(node.integer("start"));
  const int64_t end =
      std::max(start, node.has("end") ? bound(node.integer("end")) : rank);
  return std::vector<RunValue>{Tensor::integers(
      std::span(*dims).subspan(start, static_cast<size_t>(end - start)))};
}

std::optional<std::vector<RunValue>> computed(const Graph& graph,
                                              const Node& node) {
  if (!can_fold(graph, node) || is_quantized_weight(graph, node))
    return std::nullopt;
  std::vector<RunValue> values(node.inputs.size());
  std::vector<const RunValue*> inputs(node.inputs.size(), nullptr);
  int64_t elements = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNone) continue;
    values[i] = Tensor::from(*graph.literal_of(node.inputs[i]));
    elements += values[i].tensor->size();
    inputs[i] = &values[i];
  }
  // A node that fails here fails at run time too, with its own message.
  Result<std::vector<RunValue>> results = run_node(
      node, inputs, {.limits = {.elements = std::max(kAlwaysSmall, elements)}});
  if (!results) return std::nullopt;
  for (size_t i = 0; i < results->size(); ++i)
    if (node.has_output(i) &&
        (!(*results)[i].tensor || !is_worth(*(*results)[i].tensor, elements)))
      return std::nullopt;
  return *std::move(results);
}

// The nodes of an If's branch in place of the If.
void inline_branch(Graph& graph, size_t at) {
  const Node node = graph.nodes[at];
  const bool yes =
      graph.literal_of(node.inputs[0])->to_integers()->front() != 0;
  const Graph& body = *node.graph(yes ? "then_branch" : "else_branch");
  std::vector<ValueId> fresh(body.values.size(), kNone);
  for (const Capture& capture : body.captures)
    fresh[index(capture.inner)] = capture.outer;
  for (size_t i = 0; i < body.values.size(); ++i) {
    if (fresh[i] != kNone) continue;
    fresh[i] = graph.add_value(body.values[i].name, body.values[i].type);
    graph[fresh[i]].literal = body.values[i].literal;
  }
  std::vector<Node> nodes;
  for (Node inner : body.nodes) {
    for (auto* ids : {&inner.inputs, &inner.outputs})
      for (ValueId& id : *ids)
        if (id != kNone) id = fresh[index(id)];
    for (auto& [name, value] : inner.attributes)
      if (const Graph* deeper = inner.graph(name)) {
        auto copy = std::make_shared<Graph>(*deeper);
        for (Capture& capture : copy->captures)
          capture.outer = fresh[index(capture.outer)];
        value = std::shared_ptr<const Graph>(std::move(copy));
      }
    nodes.push_back(std::move(inner));
  }
  // The If's outputs keep their names; simplify() removes what is in between.
  for (size_t i = 0; i < node.outputs.size(); ++i)
    if (node.outputs[i] != kNone)
      nodes.push_back({Op::Identity,
                       node.name,
                       {fresh[index(body.outputs[i])]},
                       {node.outputs[i]},
                       {}});
  graph.nodes.erase(graph.nodes.begin() + static_cast<int64_t>(at));
  graph.nodes.insert(graph.nodes.begin() + static_cast<int64_t>(at),
                     std::make_move_iterator(nodes.begin()),
                     std::make_move_iterator(nodes.end()));
}

// What a body captures of the graph's constants becomes its own.
void give_constants(Graph& graph) {
  for (Node& node : graph.nodes)
    for (auto& [name, value] : node.attributes) {
      const Graph* const body = node.graph(name);
      const auto is_constant = [&](const Capture& capture) {
        return graph.literal_of(capture.outer) != nullptr;
      };
      if (body == nullptr || std::ranges::none_of(body->captures, is_constant))
        continue;
      auto copy = std::make_shared<Graph>(*body);
      for (const Capture& capture : body->captures)
        if (is_constant(capture)) {
          (*copy)[capture.inner].literal = graph[capture.outer].literal;
          (*copy)[capture.inner].type = graph[capture.outer].type;
        }
      std::erase_if(copy->captures, is_constant);
      value = std::shared_ptr<const Graph>(std::move(copy));
    }
}

Status fold(Graph& graph) {
  for (size_t at = 0; at < graph.nodes.size();) {
    const Node& node = graph.nodes[at];
    if (node.op == Op::If && graph.literal_of(node.inputs[0]) &&
        graph.literal_of(node.inputs[0])->size() == 1) {
      inline_branch(graph, at);
      continue;
    }
    std::optional<std::vector<RunValue>> results = known_shape(graph, node);
    if (!results) results = computed(graph, node);
    if (!results) {
      ++at;
      continue;
    }
    const std::vector<ValueId> outputs = node.outputs;
    graph.nodes.erase(graph.nodes.begin() + static_cast<int64_t>(at));
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i] == kNone) continue;
      Value& value = graph[outputs[i]];
      value.literal = (*results)[i].tensor->to_literal();
      value.type = value.literal->full_type();
    }
  }
  give_constants(graph);
  return pass_over_bodies(graph, [](Graph body) -> Result<Graph> {
    HONE_RETURN_IF_ERROR(fold(body));
    return body;
  });
}

}  // namespace

Result<Graph> fold_constants(Graph graph) {
  HONE_RETURN_IF_ERROR(infer_types(graph));
  HONE_RETURN_IF_ERROR(fold(graph));
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
