// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/term_rules.h"

namespace hone::rewrite::egraph {

namespace {

constexpr TermRule kRules[] = {
#define HONE_REWRITE(name, text, hint) {name, text, hint},
#include "rewrite/egraph/rules_arithmetic.def"
#include "rewrite/egraph/rules_comparison.def"
#include "rewrite/egraph/rules_division.def"
#include "rewrite/egraph/rules_logic.def"
#include "rewrite/egraph/rules_minimum.def"
#undef HONE_REWRITE
};

}  // namespace

std::span<const TermRule> term_rules() { return kRules; }

std::vector<Rule> parse_term_rules(const TermLanguage& language) {
  std::vector<Rule> rules;
  for (const TermRule& row : kRules) {
    auto rule =
        parse_rule(row.name, row.text, language.signature(),
                   [&](std::string_view word) { return language.read(word); });
    HONE_CHECK(rule.ok());
    rules.push_back(*std::move(rule));
  }
  return rules;
}

}  // namespace hone::rewrite::egraph
