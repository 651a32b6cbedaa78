// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/functions/call.h"

#include <fmt/format.h>

#include "tensor/custom_operators.h"

namespace hone::tensor {

std::optional<ElementType> FunctionCall::element(size_t input) const {
  return has(input) ? graph_[node_.inputs[input]].type.element : std::nullopt;
}

const Shape* FunctionCall::shape(size_t input) const {
  if (!has(input)) return nullptr;
  const Type& type = graph_[node_.inputs[input]].type;
  return type.is_tensor() && type.shape ? &*type.shape : nullptr;
}

std::optional<int64_t> FunctionCall::rank(size_t input) const {
  const Shape* const found = shape(input);
  if (found == nullptr) return {};
  return static_cast<int64_t>(found->size());
}

std::optional<int64_t> FunctionCall::size(size_t input, int64_t axis) const {
  const Shape* const found = shape(input);
  if (found == nullptr) return {};
  if (axis < 0) axis += static_cast<int64_t>(found->size());
  if (axis < 0 || axis >= static_cast<int64_t>(found->size()) ||
      !(*found)[axis].is_constant())
    return {};
  return (*found)[axis].value();
}

ElementType FunctionCall::need_element(size_t input) {
  const auto found = element(input);
  if (!found)
    refuse(fmt::format("the element type of input {} is not known", input));
  return found.value_or(ElementType::F32);
}

int64_t FunctionCall::need_rank(size_t input) {
  const auto found = rank(input);
  if (!found)
    refuse(fmt::format("the number of dimensions of input {} is not known",
                       input));
  return found.value_or(1);
}

int64_t FunctionCall::need_size(size_t input, int64_t axis) {
  const auto found = size(input, axis);
  if (!found)
    refuse(fmt::format("the size of input {} along axis {} is not known", input,
                       axis));
  return found.value_or(1);
}

const Attribute* FunctionCall::find(std::string_view name, AttributeKind kind) {
  asked_.emplace(name);
  const auto found = node_.attributes.find(name);
  if (found == node_.attributes.end()) return nullptr;
  if (kind_of(found->second) == kind) return &found->second;
  refuse(fmt::format("attribute '{}' has another kind", name));
  return nullptr;
}

int64_t FunctionCall::integer(std::string_view name, int64_t otherwise) {
  const Attribute* const value = find(name, AttributeKind::Int);
  return value == nullptr ? otherwise : std::get<int64_t>(*value);
}

float FunctionCall::number(std::string_view name, float otherwise) {
  const Attribute* const value = find(name, AttributeKind::Float);
  return value == nullptr ? otherwise : std::get<float>(*value);
}

std::string FunctionCall::text(std::string_view name,
                               std::string_view otherwise) {
  const Attribute* const value = find(name, AttributeKind::String);
  return value == nullptr ? std::string(otherwise)
                          : std::get<std::string>(*value);
}

std::vector<int64_t> FunctionCall::integers(std::string_view name) {
  const Attribute* const value = find(name, AttributeKind::Ints);
  return value == nullptr ? std::vector<int64_t>()
                          : std::get<std::vector<int64_t>>(*value);
}

std::vector<float> FunctionCall::numbers(std::string_view name) {
  const Attribute* const value = find(name, AttributeKind::Floats);
  return value == nullptr ? std::vector<float>()
                          : std::get<std::vector<float>>(*value);
}

std::string FunctionCall::passed_on(
    std::initializer_list<std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    asked_.emplace(name);
    const auto found = node_.attributes.find(name);
    if (found == node_.attributes.end()) continue;
    const Attribute& a = found->second;
    if (const auto* i = std::get_if<int64_t>(&a))
      text += fmt::format("{} = {}, ", name, *i);
    else if (const auto* s = std::get_if<std::string>(&a))
      text += fmt::format("{} = \"{}\", ", name, *s);
    else if (const auto* list = std::get_if<std::vector<int64_t>>(&a))
      text += fmt::format("{} = [{}], ", name, fmt::join(*list, ", "));
  }
  if (text.empty()) return "";
  text.resize(text.size() - 2);
  return " {" + text + "}";
}

void FunctionCall::refuse(std::string why) {
  if (refused_.empty()) refused_ = std::move(why);
}

Status FunctionCall::verdict(std::string_view label, bool all_asked) const {
  std::string why = refused_;
  for (const auto& [attribute, value] : node_.attributes)
    if (why.empty() && all_asked && attribute != kCustomName &&
        !asked_.contains(attribute))
      why = fmt::format("attribute '{}' is not understood", attribute);
  if (why.empty()) return {};
  return Error(ErrorKind::Unsupported, fmt::format("{}: {}", label, why));
}

std::string scalar_like(std::string_view name, double value,
                        std::string_view like) {
  return fmt::format(
      "%{0}64: f64[] = const [{1}]\n%{0} = CastLike(%{0}64, %{2})\n", name,
      value, like);
}

std::string list_constant(std::string_view name,
                          const std::vector<int64_t>& values) {
  return fmt::format("%{}: i64[{}] = const [{}]\n", name, values.size(),
                     fmt::join(values, ", "));
}

}  // namespace hone::tensor
