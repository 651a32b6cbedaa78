// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/graph.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"

namespace hone::tensor {

namespace {

// The attribute's value where it was given with that type.
template <typename T>
const T* given(const Node& node, std::string_view name) {
  const auto place = node.attributes.find(name);
  return place == node.attributes.end() ? nullptr
                                        : std::get_if<T>(&place->second);
}

std::vector<std::string> default_items(const Node& node,
                                       std::string_view name) {
  const std::optional<AttributeInfo> info = find_attribute(node.op, name);
  if (!info || info->default_text.empty()) return {};
  return split(info->default_text, ',');
}

template <typename T>
T read_number(std::string_view text) {
  T value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

template <typename T>
std::vector<T> read_numbers(const std::vector<std::string>& items) {
  std::vector<T> values;
  for (const std::string& item : items) values.push_back(read_number<T>(item));
  return values;
}

}  // namespace

bool Node::has(std::string_view attribute) const {
  return attributes.find(attribute) != attributes.end();
}

int64_t Node::integer(std::string_view attribute) const {
  if (const auto* value = given<int64_t>(*this, attribute)) return *value;
  const auto items = default_items(*this, attribute);
  return items.empty() ? 0 : read_number<int64_t>(items.front());
}

float Node::number(std::string_view attribute) const {
  if (const auto* value = given<float>(*this, attribute)) return *value;
  const auto items = default_items(*this, attribute);
  return items.empty() ? 0 : read_number<float>(items.front());
}

std::string Node::text(std::string_view attribute) const {
  if (const auto* value = given<std::string>(*this, attribute)) return *value;
  const auto items = default_items(*this, attribute);
  return items.empty() ? "" : items.front();
}

std::vector<int64_t> Node::integers(std::string_view attribute) const {
  if (const auto* value = given<std::vector<int64_t>>(*this, attribute))
    return *value;
  return read_numbers<int64_t>(default_items(*this, attribute));
}

std::vector<float> Node::numbers(std::string_view attribute) const {
  if (const auto* value = given<std::vector<float>>(*this, attribute))
    return *value;
  return read_numbers<float>(default_items(*this, attribute));
}

std::vector<std::string> Node::texts(std::string_view attribute) const {
  if (const auto* value = given<std::vector<std::string>>(*this, attribute))
    return *value;
  return default_items(*this, attribute);
}

const Graph* Node::graph(std::string_view attribute) const {
  const auto* value = given<std::shared_ptr<const Graph>>(*this, attribute);
  return value ? value->get() : nullptr;
}

const Literal* Node::literal(std::string_view attribute) const {
  return given<Literal>(*this, attribute);
}

ValueId Graph::add_value(std::string_view name, Type type) {
  // Names that were put in behind our back are counted first.
  for (; counted_ < values.size(); ++counted_)
    taken_.emplace(values[counted_].name, 1);
  std::string unique(name.empty() ? "v" : name);
  for (auto place = taken_.find(unique); place != taken_.end();
       place = taken_.find(unique))
    unique = fmt::format("{}_{}", name.empty() ? "v" : name, place->second++);
  taken_.emplace(unique, 1);
  values.push_back({.name = std::move(unique), .type = std::move(type)});
  counted_ = values.size();
  return static_cast<ValueId>(values.size() - 1);
}

ValueId Graph::add_constant(std::string_view name, Literal literal) {
  const ValueId id = add_value(name, literal.full_type());
  (*this)[id].literal = std::move(literal);
  return id;
}

ValueId Graph::find(std::string_view name) const {
  for (size_t i = 0; i < values.size(); ++i)
    if (values[i].name == name) return static_cast<ValueId>(i);
  return kNone;
}

std::string describe(const Node& node) {
  if (node.name.empty()) return fmt::format("a node {}", name_of(node.op));
  return fmt::format("node '{}' ({})", node.name, name_of(node.op));
}

}  // namespace hone::tensor
