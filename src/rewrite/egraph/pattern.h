// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Terms with variables, as the sides of a rule: `(+ ?a (* -1 ?b))`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rewrite/egraph/signature.h"

namespace hone::rewrite::egraph {

// A leaf that is no operator of arity 0: a constant, a variable's name.
struct Literal {
  OpId op = 0;
  uint32_t payload = 0;
  bool operator==(const Literal&) const = default;
};

struct PatternNode {
  enum class Kind : uint8_t { Variable, Literal, Apply };
  Kind kind = Kind::Variable;
  OpId op = 0;         // of Literal and Apply
  uint32_t value = 0;  // number of the variable, or payload of the literal
  std::vector<uint32_t> arguments;  // nodes of the same pattern, earlier ones
  bool operator==(const PatternNode&) const = default;
};

// Nodes in an order in which arguments come first; equal nodes are one node.
struct Pattern {
  std::vector<PatternNode> nodes;
  uint32_t root = 0;

  uint32_t add(PatternNode node);
};

struct Rule {
  std::string name;
  Pattern left;
  Pattern right;  // its variables are numbered as the left side's
  std::vector<std::string> variables;
  // Must be true of a match (conditions.h).
  std::optional<Pattern> condition;
};

// What a word that is neither a variable nor in operator position stands for.
using LiteralReader =
    std::function<std::optional<Literal>(std::string_view word)>;

// The greatest depth of a term in text: recursion is bounded by it.
inline constexpr int kMaxDepth = 200;

// Reads `(op arg …)`, `?variable` and literals. `variables` maps names to
// numbers and grows; with `closed` a name that is not in it is an error.
Result<Pattern> parse_pattern(std::string_view text, const Signature& signature,
                              const LiteralReader& literals,
                              std::vector<std::string>& variables, bool closed);

// Reads `LEFT => RIGHT` or `LEFT => RIGHT if CONDITION`. Errors: malformed
// text; an operator that the signature lacks; a variable on the right or in the
// condition that the left side does not bind; a left side that is a variable.
Result<Rule> parse_rule(std::string_view name, std::string_view text,
                        const Signature& signature,
                        const LiteralReader& literals);

}  // namespace hone::rewrite::egraph
