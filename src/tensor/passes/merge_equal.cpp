// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Common subexpressions: nodes with the same operator, attributes and inputs,
// and constants with the same bits, are one. In order of definition, so that a
// chain of equal nodes is merged in one run. Random numbers and bodies are left
// as they are.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "base/hash.h"
#include "tensor/graph_text.h"
#include "tensor/passes/pass.h"
#include "tensor/passes/rewrite.h"

namespace hone::tensor {

namespace {

// Type and bits of a constant. Constants are compared whole where they meet.
std::string key_of(const Literal& literal) {
  std::string key = to_text(literal.full_type()) + " ";
  const auto bytes = literal.bytes();
  key += hash_bytes({reinterpret_cast<const char*>(bytes.data()), bytes.size()})
             .hex();
  for (const std::string& text : literal.texts())
    key += fmt::format(" {}:{}", text.size(), text);
  return key;
}

std::string key_of(const Attribute& attribute) {
  return std::visit(
      [](const auto& value) -> std::string {
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, Literal>)
          return key_of(value);
        else if constexpr (std::is_same_v<T, Type>)
          return to_text(value);
        else if constexpr (std::is_same_v<T, std::shared_ptr<const Graph>>)
          return "";  // never asked for
        else
          return fmt::format("{}", value);
      },
      attribute);
}

// Nothing where the node must stay.
std::optional<std::string> key_of(const Node& node) {
  const std::string_view family = info(node.op).family;
  if (family == "random" || family == "control") return std::nullopt;
  std::string key(name_of(node.op));
  for (const ValueId id : node.inputs)
    key += fmt::format(" {}", static_cast<int32_t>(id));
  key += fmt::format(" -> {}", node.outputs.size());
  for (const auto& [name, value] : node.attributes) {
    if (kind_of(value) == AttributeKind::Graph) return std::nullopt;
    key += fmt::format(" {}={}", name, key_of(value));
  }
  return key;
}

}  // namespace

Result<Graph> merge_equal(Graph graph) {
  HONE_RETURN_IF_ERROR(pass_over_bodies(graph, merge_equal));
  std::map<std::string, ValueId> constants;
  for (size_t i = 0; i < graph.values.size(); ++i) {
    if (!graph.values[i].literal) continue;
    const auto id = static_cast<ValueId>(i);
    const auto [place, is_new] =
        constants.emplace(key_of(*graph.values[i].literal), id);
    if (!is_new && !is_output(graph, id) &&
        *graph[place->second].literal == *graph.values[i].literal)
      replace_uses(graph, id, place->second);
  }
  std::map<std::string, size_t> seen;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::optional<std::string> key = key_of(graph.nodes[i]);
    if (!key) continue;
    const auto [place, is_new] = seen.emplace(*key, i);
    if (is_new) continue;
    const Node& first = graph.nodes[place->second];
    const Node& second = graph.nodes[i];
    bool covers = true;
    for (size_t k = 0; k < second.outputs.size(); ++k)
      covers &=
          second.outputs[k] == kNone ||
          (first.outputs[k] != kNone && !is_output(graph, second.outputs[k]));
    if (!covers) continue;
    const std::vector<ValueId> from = second.outputs, to = first.outputs;
    for (size_t k = 0; k < from.size(); ++k)
      if (from[k] != kNone) replace_uses(graph, from[k], to[k]);
  }
  return remove_dead(std::move(graph));
}

}  // namespace hone::tensor
