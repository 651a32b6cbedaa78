// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rules of the prover, one table a family of operators.
//
// HONE_RULE(Identifier, "name", "left", "right", "condition", "hint", Engines)
//
//   left, right  terms that are equal wherever the condition holds
//   condition    what has to be known of the terms that are put in
//   hint         for Z3, where it does not find the proof alone: the quotient
//                and the remainder of a division, "n / d = q, r", which it then
//                has to confirm, perhaps under a condition, "p => n / d = q,
//                r"; or "x by d": write x as d * (x / d) + x % d. Several are
//                separated by semicolons.
//   engines      Greedy: the greedy pass logs it, which has its own code for
//                it; Saturation: compiled into the e-graph, left to right;
//                Both
//
// c0, c1, … stand for numbers, p, q and r for Bools, any other name for an Int.
// Every row is proved by Z3 in rules_test.cpp, conditions included. A row that
// is not proved does not ship.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "term/context.h"

namespace hone::rewrite {

enum class Rule : uint8_t {
#define HONE_RULE(identifier, name, left, right, condition, hint, engines) \
  identifier,
#include "rewrite/rules/tables.h"
#undef HONE_RULE
};

enum class RuleEngines : uint8_t { Greedy, Saturation, Both };

struct RuleInfo {
  std::string_view name;
  std::string_view family;
  std::string_view left;
  std::string_view right;
  std::string_view condition;
  std::string_view hint;
  RuleEngines engines = RuleEngines::Both;
};

// In the order of the tables.
std::span<const RuleInfo> rules();
const RuleInfo& info(Rule rule);
std::optional<Rule> rule_named(std::string_view name);

struct RuleTerms {
  term::Term left, right, condition;
};

// Into a context of its own: names of one row mean nothing in another.
Result<RuleTerms> parse_rule(term::Context& context, const RuleInfo& rule);

// Whether the name stands for a number.
bool is_number_name(std::string_view name);

struct RuleCheck {
  int applied = 0;  // samples under which the condition held
  // Values under which the two sides differ; empty where none were found.
  std::string counterexample;
};

// Random values through the reference evaluator: what can be checked without
// Z3, by anyone, at any time.
RuleCheck check_rule(const RuleInfo& rule, int samples, uint64_t seed);

}  // namespace hone::rewrite
