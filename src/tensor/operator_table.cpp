// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/operator_table.h"

#include <algorithm>
#include <iterator>

namespace hone::tensor {

namespace {

constexpr OpInfo kOperators[] = {
#define HONE_OPERATOR(id, name, domain, first, newest, in_least, in_most, \
                      out_least, out_most, kind, family, attributes)      \
  {Op::id,  name,      domain,   first,        newest, in_least,          \
   in_most, out_least, out_most, OpKind::kind, family, attributes},
#include "tensor/operators.def"
#undef HONE_OPERATOR
};

constexpr std::string_view kKinds[] = {"int",    "float",  "string",
                                       "ints",   "floats", "strings",
                                       "tensor", "graph",  "type"};

AttributeInfo read_attribute(std::string_view text) {
  AttributeInfo info;
  const size_t colon = text.find(':');
  info.name = text.substr(0, colon);
  std::string_view rest = text.substr(colon + 1);
  if (const size_t equal = rest.find('='); equal != std::string_view::npos) {
    info.has_default = true;
    info.default_text = rest.substr(equal + 1);
    rest = rest.substr(0, equal);
  }
  if (rest.ends_with('!')) {
    info.required = true;
    rest.remove_suffix(1);
  }
  const auto kind = std::find(std::begin(kKinds), std::end(kKinds), rest);
  info.kind = static_cast<AttributeKind>(kind - std::begin(kKinds));
  return info;
}

}  // namespace

std::span<const OpInfo> operators() { return kOperators; }

std::optional<Op> find_operator(std::string_view name) {
  const auto row =
      std::lower_bound(std::begin(kOperators), std::end(kOperators), name,
                       [](const OpInfo& row, std::string_view wanted) {
                         return row.name < wanted;
                       });
  if (row == std::end(kOperators) || row->name != name) return std::nullopt;
  return row->op;
}

std::optional<Op> find_operator(std::string_view domain,
                                std::string_view name) {
  if (domain == "ai.onnx") domain = "";
  const std::optional<Op> op = find_operator(name);
  if (op && info(*op).domain == domain) return op;
  return std::nullopt;
}

std::vector<AttributeInfo> attributes_of(Op op) {
  std::vector<AttributeInfo> attributes;
  std::string_view text = info(op).attributes;
  while (!text.empty()) {
    const size_t blank = text.find(' ');
    attributes.push_back(read_attribute(text.substr(0, blank)));
    text = blank == std::string_view::npos ? "" : text.substr(blank + 1);
  }
  return attributes;
}

std::optional<AttributeInfo> find_attribute(Op op, std::string_view name) {
  for (const AttributeInfo& attribute : attributes_of(op))
    if (attribute.name == name) return attribute;
  return std::nullopt;
}

std::string_view attribute_kind_name(AttributeKind kind) {
  return kKinds[static_cast<size_t>(kind)];
}

}  // namespace hone::tensor
