// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operators of graphs (operators.def) with their arity and attributes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace hone::tensor {

enum class Op : uint16_t {
#define HONE_OPERATOR(id, name, domain, first, newest, in_least, in_most, \
                      out_least, out_most, kind, family, attributes)      \
  id,
#include "tensor/operators.def"
#undef HONE_OPERATOR
};

enum class OpKind : uint8_t { Primitive, Function };

enum class AttributeKind : uint8_t {
  Int,
  Float,
  String,
  Ints,
  Floats,
  Strings,
  Tensor,
  Graph,
  Type,
};

struct AttributeInfo {
  std::string_view name;
  AttributeKind kind;
  bool required = false;
  bool has_default = false;
  std::string_view default_text;  // items separated by commas
};

struct OpInfo {
  Op op;
  std::string_view name;
  std::string_view domain;  // "" is ai.onnx
  int first_version;
  int newest_version;
  // Counts of inputs and outputs; -1 is any number.
  int least_inputs, most_inputs;
  int least_outputs, most_outputs;
  OpKind kind;
  std::string_view family;
  std::string_view attributes;  // as in the table
};

// Sorted by name; the index of a row is its Op.
std::span<const OpInfo> operators();
inline const OpInfo& info(Op op);
std::optional<Op> find_operator(std::string_view domain, std::string_view name);
// The operator of that name in whichever domain; names are unique.
std::optional<Op> find_operator(std::string_view name);

// The attributes of a row, in the order of the table.
std::vector<AttributeInfo> attributes_of(Op op);
std::optional<AttributeInfo> find_attribute(Op op, std::string_view name);
std::string_view attribute_kind_name(AttributeKind kind);

inline std::string_view name_of(Op op) { return info(op).name; }

inline const OpInfo& info(Op op) {
  return operators()[static_cast<size_t>(op)];
}

}  // namespace hone::tensor
