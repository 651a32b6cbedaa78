// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/rules/rule.h"

#include <fmt/format.h>

#include "base/random.h"
#include "term/evaluate.h"
#include "term/parse.h"
#include "term/walk.h"

namespace hone::rewrite {

using term::Context;
using term::Integer;
using term::Sort;
using term::Term;

namespace {

#define HONE_RULE(identifier, name, left, right, condition, hint, engines) +1
constexpr int kBoundEnd = 0
#include "rewrite/rules/bound.def"
    ;
constexpr int kComparisonEnd = kBoundEnd
#include "rewrite/rules/comparison.def"
    ;
constexpr int kLogicEnd = kComparisonEnd
#include "rewrite/rules/logic.def"
    ;
constexpr int kMinimumEnd = kLogicEnd
#include "rewrite/rules/minimum.def"
    ;
constexpr int kQuotientEnd = kMinimumEnd
#include "rewrite/rules/quotient.def"
    ;
constexpr int kRemainderEnd = kQuotientEnd
#include "rewrite/rules/remainder.def"
    ;
#undef HONE_RULE

constexpr std::string_view family_of(int index) {
  return index < kBoundEnd        ? "bound"
         : index < kComparisonEnd ? "comparison"
         : index < kLogicEnd      ? "logic"
         : index < kMinimumEnd    ? "minimum"
         : index < kQuotientEnd   ? "quotient"
         : index < kRemainderEnd  ? "remainder"
                                  : "sum";
}

constexpr RuleInfo kRules[] = {
#define HONE_RULE(identifier, name, left, right, condition, hint, engines) \
  {name,                                                                   \
   family_of(static_cast<int>(Rule::identifier)),                          \
   left,                                                                   \
   right,                                                                  \
   condition,                                                              \
   hint,                                                                   \
   RuleEngines::engines},
#include "rewrite/rules/tables.h"
#undef HONE_RULE
};

}  // namespace

std::span<const RuleInfo> rules() { return kRules; }

const RuleInfo& info(Rule rule) { return kRules[static_cast<int>(rule)]; }

std::optional<Rule> rule_named(std::string_view name) {
  for (size_t i = 0; i < std::size(kRules); ++i)
    if (kRules[i].name == name) return static_cast<Rule>(i);
  return std::nullopt;
}

bool is_number_name(std::string_view name) {
  return name.size() == 2 && name[0] == 'c' && name[1] >= '0' && name[1] <= '9';
}

Result<RuleTerms> parse_rule(Context& context, const RuleInfo& rule) {
  for (const char* name : {"p", "q", "r"}) context.variable(name, Sort::Bool);
  RuleTerms terms;
  HONE_ASSIGN_OR_RETURN(terms.left, term::parse(context, rule.left));
  HONE_ASSIGN_OR_RETURN(terms.right, term::parse(context, rule.right, {},
                                                 context.sort(terms.left)));
  HONE_ASSIGN_OR_RETURN(terms.condition,
                        term::parse(context, rule.condition, {}, Sort::Bool));
  return terms;
}

RuleCheck check_rule(const RuleInfo& rule, int samples, uint64_t seed) {
  RuleCheck check;
  Context context;
  const Result<RuleTerms> terms = parse_rule(context, rule);
  if (!terms) {
    check.counterexample = terms.error().message;
    return check;
  }
  std::vector<Term> names;
  for (const Term side : {terms->left, terms->right, terms->condition})
    for (const Term name : term::free_variables(context, side))
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
  Random random(seed);
  for (int i = 0; i < samples && check.counterexample.empty(); ++i) {
    term::Model model;
    const int64_t bound = i % 3 == 0 ? 3 : i % 3 == 1 ? 12 : 60;
    for (const Term name : names)
      model.emplace(name,
                    context.sort(name) == Sort::Bool
                        ? Integer(static_cast<int64_t>(random.below(2)))
                        : Integer(static_cast<int64_t>(random.below(
                                      static_cast<uint64_t>(2 * bound + 1))) -
                                  bound));
    const auto value = [&](Term term) {
      return *term::evaluate(context, term, model);
    };
    if (value(terms->condition).sign() == 0) continue;
    ++check.applied;
    if (value(terms->left) == value(terms->right)) continue;
    for (const Term name : names)
      check.counterexample +=
          fmt::format("{}{} = {}", check.counterexample.empty() ? "" : ", ",
                      context.name(name), model.at(name).text());
  }
  return check;
}

}  // namespace hone::rewrite
