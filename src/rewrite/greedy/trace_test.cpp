// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every rule that the pass says it used is a row of the tables whose condition
// held and whose two sides were equal.
#include "rewrite/greedy/trace.h"

#include <gtest/gtest.h>

#include <set>

#include "rewrite/greedy/simplify.h"
#include "rewrite/test_tools.h"
#include "term/parse.h"
#include "term/print.h"
#include "term/substitute.h"

namespace hone::rewrite {
namespace {

using term::Context;
using term::Integer;
using term::Model;
using term::Sort;
using term::Term;

// The row with the application's terms put in, in the application's context.
// Its names are made different from the term's own by a suffix.
struct Instance {
  Term left, right, condition;
};

class Rows {
 public:
  explicit Rows(Context& context) : context_(context) {}

  Instance instance(const Application& application) {
    const RuleInfo& rule = info(application.rule);
    std::vector<std::pair<Term, Term>> replacements;
    for (const auto& [name, term] : application.bindings)
      replacements.emplace_back(context_.variable(name, context_.sort(term)),
                                term);
    const auto put = [&](std::string_view text, std::optional<Sort> sort) {
      const Term pattern = *term::parse(context_, text, {}, sort);
      return *term::substitute(context_, pattern, replacements);
    };
    const Term left = put(rule.left, {});
    return {left, put(rule.right, context_.sort(left)),
            put(rule.condition, Sort::Bool)};
  }

 private:
  Context& context_;
};

class TraceTest : public ::testing::Test {
 protected:
  // Holds every step of the term's trace against its row, under values that
  // keep the assumptions.
  void check(Term term, const std::vector<Term>& given, int models) {
    const Facts facts = digest(context_, given);
    const Term silent = simplifier_.simplify(context_, term, facts);
    Trace trace;
    ASSERT_EQ(simplifier_.simplify(context_, term, facts, &trace), silent);
    Rows rows(context_);
    for (const Application& application : trace) {
      used_.insert(application.rule);
      const Instance instance = rows.instance(application);
      for (int m = 0; m < models; ++m) {
        const Model model = terms_.model(context_);
        const auto value = [&](Term t) {
          return *term::evaluate(context_, t, model);
        };
        bool holds = true;
        for (const Term assumption : given)
          holds &= value(assumption).sign() != 0;
        if (!holds) continue;
        ++checked_;
        ASSERT_EQ(value(instance.condition), Integer(1)) << about(application);
        ASSERT_EQ(value(instance.left), value(instance.right))
            << about(application);
      }
    }
  }

  std::string about(const Application& application) {
    return print(context_, Trace{application});
  }

  RandomTerms terms_{21};
  Context context_;
  Simplifier simplifier_;
  std::set<Rule> used_;
  int checked_ = 0;
};

TEST_F(TraceTest, EveryStepOfRandomTermsIsAnInstanceOfItsRow) {
  for (int i = 0; i < 4000 && !HasFatalFailure(); ++i) {
    context_.reset();
    check(terms_.next(context_,
                      terms_.random().chance(0.3) ? Sort::Int : Sort::Bool, 4),
          {}, 3);
  }
  EXPECT_GT(used_.size(), 50u);
}

// Rules that random terms seldom need, so that no row stands for nothing.
TEST_F(TraceTest, EveryRowIsUsedByTheGreedyPass) {
  const std::pair<const char*, std::vector<const char*>> cases[] = {
      {"a < c", {"a < b", "b <= c"}}, {"(b / 4) * 4 + a % 5 <= b + 4", {}},
      {"a % 4 <= a", {"a >= 0"}},     {"min(a, b) + max(a, b) == a + b", {}},
      {"a == b * 4", {"a % 8 == 3"}}, {"(a*32 + 72) / 7 == 0", {}},
      {"3 == (a*32 + 30) / 7", {}},   {"3*a / 4 == a", {"1 <= a && a <= 3"}},
      {"a == b + 1 && a == b", {}},   {"a == b && a == b + 1", {}},
      {"a == b + 1 && a != b", {}},   {"a == b && a != b + 1", {}},
      {"(a < b) == (a >= b)", {}},    {"min(a / 4, b / 4 + 1)", {}},
      {"a / a", {"a >= 1"}},          {"a % 4", {"a % 8 == 3"}},
      {"a - a / 8 * 8", {}},          {"a / 4 * 4 + a % 4", {}},
      {"(a + 7) / 4 - a / 4", {}},
  };
  for (const auto& [text, assumptions] : cases) {
    SCOPED_TRACE(text);
    context_.reset();
    std::vector<Term> given;
    for (const char* assumption : assumptions)
      given.push_back(*term::parse(context_, assumption, {}, Sort::Bool));
    check(*term::parse(context_, text), given, 500);
  }
  EXPECT_GT(checked_, 1000);
  for (int i = 0; i < 6000; ++i) {
    context_.reset();
    const Term term = terms_.next(
        context_, terms_.random().chance(0.3) ? Sort::Int : Sort::Bool, 4);
    Trace trace;
    simplifier_.simplify(context_, term, {}, &trace);
    for (const Application& application : trace) used_.insert(application.rule);
  }
  for (size_t i = 0; i < rules().size(); ++i)
    if (rules()[i].engines != RuleEngines::Saturation)
      EXPECT_TRUE(used_.contains(static_cast<Rule>(i))) << rules()[i].name;
}

TEST(Trace, IsPrintedAStepALine) {
  Context context;
  const Term term = *term::parse(context, "(u*8 + v) / 8");
  Trace trace;
  Simplifier().simplify(context, term, {}, &trace);
  EXPECT_EQ(print(context, trace),
            "step quotient-multiples x = u ; y = v ; c0 = 8 ;\n");
}

}  // namespace
}  // namespace hone::rewrite
