// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators and sorts of terms (ops.def).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hone::term {

enum class Op : uint8_t {
#define HONE_OP(identifier, name, arity, operands, result, precedence, text) \
  identifier,
#include "term/ops.def"
#undef HONE_OP
};

enum class Sort : uint8_t { Bool, Int };

enum class Operands : uint8_t { Bools, Ints, Leaf, Let, Same, Select };
enum class ResultSort : uint8_t { Bool, Int, Operand };

struct OpInfo {
  std::string_view name;
  int arity;
  Operands operands;
  ResultSort result;
  int precedence;  // 0: written as a function, or a leaf
  std::string_view sentence;
};

inline constexpr OpInfo kOps[] = {
#define HONE_OP(identifier, name, arity, operands, result, precedence, text) \
  {name, arity, Operands::operands, ResultSort::result, precedence, text},
#include "term/ops.def"
#undef HONE_OP
};
inline constexpr int kOpCount = sizeof(kOps) / sizeof(kOps[0]);

constexpr const OpInfo& info(Op op) { return kOps[static_cast<int>(op)]; }
constexpr std::string_view name(Op op) { return info(op).name; }
constexpr int arity(Op op) { return info(op).arity; }

constexpr bool is_leaf(Op op) { return arity(op) == 0; }
constexpr bool is_comparison(Op op) {
  return op == Op::Lt || op == Op::Le || op == Op::Gt || op == Op::Ge ||
         op == Op::Eq || op == Op::Ne;
}

constexpr std::string_view sort_name(Sort sort) {
  return sort == Sort::Bool ? "Bool" : "Int";
}

// The operator written so; leaves have no spelling.
std::optional<Op> op_named(std::string_view name);

}  // namespace hone::term
