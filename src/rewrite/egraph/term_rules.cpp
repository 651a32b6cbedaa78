// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/term_rules.h"

#include <algorithm>
#include <unordered_map>

#include "rewrite/rules/rule.h"

namespace hone::rewrite::egraph {

namespace {

using term::Op;
using term::Term;

// Patterns of one row. Names are ?x, ?c0, …: what begins with ?c is a number.
class Patterns {
 public:
  Patterns(const TermLanguage& language, const term::Context& terms, Rule& rule)
      : language_(language), terms_(terms), rule_(rule) {}

  Pattern read(Term root) {
    Pattern pattern;
    pattern.root = add(pattern, root);
    return pattern;
  }

 private:
  // Rows are a few operators deep.
  uint32_t add(Pattern& pattern, Term term) {
    using Kind = PatternNode::Kind;
    const bool is_bool = terms_.sort(term) == term::Sort::Bool;
    if (terms_.op(term) == Op::Variable) {
      const std::string name = "?" + std::string(terms_.name(term));
      auto& names = rule_.variables;
      const auto at = std::ranges::find(names, name) - names.begin();
      if (at == static_cast<ptrdiff_t>(names.size())) names.push_back(name);
      return pattern.add(
          {.kind = Kind::Variable, .value = static_cast<uint32_t>(at)});
    }
    if (terms_.op(term) == Op::Constant) {
      const Literal literal = is_bool ? language_.truth(terms_.word(term) != 0)
                                      : *language_.number(terms_.word(term));
      return pattern.add(
          {.kind = Kind::Literal, .op = literal.op, .value = literal.payload});
    }
    PatternNode node{.kind = Kind::Apply};
    for (const Term arg : terms_.args(term))
      node.arguments.push_back(add(pattern, arg));
    node.op =
        language_.op(terms_.op(term), terms_.sort(terms_.args(term).back()));
    return pattern.add(std::move(node));
  }

  const TermLanguage& language_;
  const term::Context& terms_;
  Rule& rule_;
};

}  // namespace

std::vector<Rule> parse_term_rules(const TermLanguage& language) {
  std::vector<Rule> rules;
  for (const RuleInfo& row : rewrite::rules()) {
    if (row.engines == RuleEngines::Greedy) continue;
    term::Context context;
    const Result<RuleTerms> terms = parse_rule(context, row);
    HONE_CHECK(terms.ok());
    Rule rule{.name = std::string(row.name)};
    Patterns patterns(language, context, rule);
    rule.left = patterns.read(terms->left);
    const size_t bound = rule.variables.size();
    rule.right = patterns.read(terms->right);
    if (!context.is_constant(terms->condition))
      rule.condition = patterns.read(terms->condition);
    HONE_CHECK(rule.variables.size() == bound);
    rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace hone::rewrite::egraph
