// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/type.h"

#include <fmt/format.h>

#include "base/text.h"

namespace hone::tensor {

bool Type::is_static() const {
  if (!shape) return false;
  for (const Dim& dim : *shape)
    if (!dim.is_constant()) return false;
  return true;
}

Type Type::inner() const {
  Type type = *this;
  if (!type.wraps.empty()) type.wraps.erase(type.wraps.begin());
  return type;
}

Type Type::wrapped(Wrap wrap) const {
  Type type = *this;
  type.wraps.insert(type.wraps.begin(), wrap);
  return type;
}

Dim element_count(const Shape& shape) {
  Dim count = 1;
  for (const Dim& dim : shape) count = count * dim;
  return count;
}

std::optional<std::vector<int64_t>> static_dims(const Shape& shape) {
  std::vector<int64_t> dims;
  for (const Dim& dim : shape) {
    if (!dim.is_constant()) return std::nullopt;
    dims.push_back(dim.value());
  }
  return dims;
}

Shape to_shape(std::span<const int64_t> dims) {
  return {dims.begin(), dims.end()};
}

std::string to_text(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : ", ") + to_text(shape[i]);
  return text + "]";
}

std::string to_text(const Type& type) {
  std::string text;
  for (const Wrap wrap : type.wraps)
    text += wrap == Wrap::Sequence ? "seq(" : "opt(";
  if (!type.element)
    text += "?";
  else
    text += std::string(element_name(*type.element)) +
            (type.shape ? to_text(*type.shape) : "[*]");
  return text + std::string(type.wraps.size(), ')');
}

Result<Type> take_type(std::string_view& text) {
  const std::string_view given = text;
  const auto fail = [&](std::string_view expected) {
    return Error(ErrorKind::Malformed,
                 fmt::format("'{}' is no type: expected {}",
                             given.substr(0, given.find('\n')), expected));
  };
  Type type;
  while (text.starts_with("seq(") || text.starts_with("opt(")) {
    type.wraps.push_back(text[0] == 's' ? Wrap::Sequence : Wrap::Optional);
    text.remove_prefix(4);
    if (type.wraps.size() > kDeepestType)
      return fail("at most four containers");
  }
  if (text.starts_with('?')) {
    text.remove_prefix(1);
  } else {
    const size_t bracket = text.find('[');
    if (bracket == std::string_view::npos)
      return fail("an element type and sizes in brackets, such as f32[N, 3]");
    type.element = find_element_type(text.substr(0, bracket));
    if (!type.element)
      return fail("one of the element types that docs/reference names");
    const size_t end = text.find(']', bracket);
    if (end == std::string_view::npos) return fail("']' after the sizes");
    const std::string_view inside =
        trim(text.substr(bracket + 1, end - bracket - 1));
    text.remove_prefix(end + 1);
    if (inside != "*") {
      type.shape.emplace();
      // Commas within parentheses belong to min() and max().
      int depth = 0;
      size_t start = 0;
      for (size_t i = 0; !inside.empty() && i <= inside.size(); ++i) {
        const char c = i == inside.size() ? ',' : inside[i];
        depth += (c == '(') - (c == ')');
        if (c != ',' || (depth != 0 && i != inside.size())) continue;
        HONE_ASSIGN_OR_RETURN(Dim dim,
                              parse_dim(trim(inside.substr(start, i - start))));
        type.shape->push_back(std::move(dim));
        start = i + 1;
      }
    }
  }
  for (size_t i = 0; i < type.wraps.size(); ++i) {
    if (!text.starts_with(')')) return fail("')' after a container");
    text.remove_prefix(1);
  }
  return type;
}

Type join_types(const Type& a, const Type& b, int64_t& unknowns) {
  if (a.wraps != b.wraps || a.element != b.element) return {};
  Type type = {.wraps = a.wraps, .element = a.element};
  if (!a.shape || !b.shape || a.shape->size() != b.shape->size()) return type;
  type.shape = a.shape;
  for (size_t i = 0; i < a.shape->size(); ++i)
    if (!((*a.shape)[i] == (*b.shape)[i]))
      (*type.shape)[i] = Dim::symbol(fmt::format("?{}", unknowns++));
  return type;
}

bool compatible(const Type& given, const Type& wanted) {
  if (!given.element || !wanted.element) return true;
  if (given.wraps != wanted.wraps || given.element != wanted.element)
    return false;
  if (!given.shape || !wanted.shape) return true;
  if (given.shape->size() != wanted.shape->size()) return false;
  for (size_t i = 0; i < given.shape->size(); ++i) {
    const Dim& x = (*given.shape)[i];
    const Dim& y = (*wanted.shape)[i];
    if (x.is_constant() && y.is_constant() && x.value() != y.value())
      return false;
  }
  return true;
}

}  // namespace hone::tensor
