// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/solve/solve.h"

#include <gtest/gtest.h>

#include "rewrite/context.h"
#include "rewrite/test_tools.h"
#include "term/print.h"

namespace hone::rewrite {
namespace {

using term::Integer;
using term::Sort;
using term::Term;

std::string solved(std::string_view condition,
                   std::initializer_list<std::string_view> assumptions = {},
                   const SolveOptions& options = {}) {
  Context context;
  for (const std::string_view text : assumptions)
    HONE_CHECK(context.assume(text).ok());
  const Term parsed = *context.parse(condition, Sort::Bool);
  const auto solution =
      solve(context, parsed, context.terms().variable("v", Sort::Int), options);
  if (!solution.ok()) return solution.error().message;
  return std::string(kind_name(solution->kind)) + ": " +
         term::print(context.terms(), solution->formula);
}

TEST(Solve, ALinearInequalityIsAnEnd) {
  EXPECT_EQ(solved("v * 4 + 3 < 32"), "exact: v <= 7");
  EXPECT_EQ(solved("n - 3 * v <= 5"), "exact: v >= n / 3 - 1");
  EXPECT_EQ(solved("v + i < n"), "exact: v <= n - i - 1");
}

TEST(Solve, AnEquationIsAValueWhereItDivides) {
  EXPECT_EQ(solved("v + 3 == n"), "exact: v == n - 3");
  EXPECT_EQ(solved("v * 4 == 10"), "exact: false");
  EXPECT_EQ(solved("v * 4 == n"), "exact: v == n / 4 && n % 4 == 0");
}

TEST(Solve, AQuotientIsAnInterval) {
  EXPECT_EQ(solved("(v + i) / 8 == 2"), "exact: v >= 16 - i && v <= 23 - i");
  EXPECT_EQ(solved("v / 8 * 8 + 7 < n"), "exact: v <= n / 8 * 8 - 1");
}

TEST(Solve, ARemainderIsACongruence) {
  EXPECT_EQ(solved("v * 6 % 8 == 2"), "exact: v % 4 == 3");
  EXPECT_EQ(solved("(v + i) % 8 == 3"), "exact: v % 8 == (3 - i) % 8");
  EXPECT_EQ(solved("v % 8 != 0"), "exact: v % 8 != 0");
  EXPECT_EQ(solved("v / 3 % 4 == 1 && v < 12"),
            "exact: v <= 11 && v / 3 % 4 == 1");
  EXPECT_EQ(solved("v / 3 % 4 == 1", {"v in [0, 12)"}),
            "exact: v >= 3 && v <= 5");
}

TEST(Solve, APeriodicConditionBecomesAnIntervalWithinBounds) {
  EXPECT_EQ(solved("v % 8 < 3", {"v in [8, 15]"}), "exact: v <= 10");
  EXPECT_EQ(solved("v % 8 == 3", {"v in [8, 15]"}), "exact: v == 11");
}

TEST(Solve, MinimaAndSelectsAreTakenApart) {
  EXPECT_EQ(solved("min(v, n) >= 3"), "exact: v >= 3 && 3 <= n");
  EXPECT_EQ(solved("max(v, 3) + v <= 10"), "exact: v <= 5");
  EXPECT_EQ(solved("max(v, 4) % 3 == 0 && v < 7"), "exact: v == 6");
  EXPECT_EQ(solved("select(v < 4, v, 2 * v) <= 20"), "exact: v <= 10");
}

TEST(Solve, CellsThatTouchAreJoined) {
  EXPECT_EQ(solved("v < 3 || v in [3, 7]"), "exact: v <= 7");
  EXPECT_EQ(solved("v < n || v == n"), "exact: v <= n");
  EXPECT_EQ(solved("v != 5 && v in [0, 9]"),
            "exact: v >= 0 && v <= 4 || v >= 6 && v <= 9");
}

TEST(Solve, WhatTheAssumptionsSayIsNotSaidAgain) {
  EXPECT_EQ(solved("v * 8 < 800", {"v in [0, 63]"}), "exact: true");
  EXPECT_EQ(solved("v * 8 < n", {"n > 600", "v in [0, 63]"}), "exact: true");
  EXPECT_EQ(solved("v > 63", {"v in [0, 63]"}), "exact: false");
}

TEST(Solve, OtherThingsAreCoveredFromOutsideOrInside) {
  const std::string outer =
      solved("v * v < 10 && v * w != 12", {"v in [-100, 100]"});
  EXPECT_TRUE(outer.starts_with("outer: ")) << outer;
  const std::string inner =
      solved("v * v < 10 && v * w != 12", {"v in [-100, 100]"},
             {.otherwise = Solution::Kind::Inner});
  EXPECT_TRUE(inner.starts_with("inner: ")) << inner;
}

TEST(Solve, OnlyAnIntVariableCanBeSolvedFor) {
  Context context;
  const Term condition = *context.parse("v + 1 < 3 && p");
  EXPECT_EQ(solve(context, condition, *context.parse("p")).error().kind,
            ErrorKind::InvalidArgument);
  EXPECT_EQ(solve(context, condition, *context.parse("v + 1")).error().kind,
            ErrorKind::InvalidArgument);
}

// Every value of three variables in a range: the formula holds where the
// condition does (exact), at least there (outer), or only there (inner).
class SolveAgainstEvaluation : public testing::TestWithParam<Solution::Kind> {};

TEST_P(SolveAgainstEvaluation, RandomConditionsAgree) {
  RandomTerms random(5);
  int exact = 0, total = 0;
  for (int i = 0; i < 250; ++i) {
    Context context;
    term::Context& terms = context.terms();
    const Term v = terms.variable("a", Sort::Int);
    const Term b = terms.variable("b", Sort::Int);
    const Term c = terms.variable("c", Sort::Int);
    const bool bounded = i % 2 == 1;
    if (bounded) {
      ASSERT_TRUE(context.assume("a in [-4, 20]").ok());
      ASSERT_TRUE(context.assume("b % 2 == 0").ok());
    }
    const Term condition = random.next(terms, Sort::Bool, 2 + i % 2);
    const auto solution =
        solve(context, condition, v, {.otherwise = GetParam()});
    ASSERT_TRUE(solution.ok());
    ++total;
    exact += solution->kind == Solution::Kind::Exact;
    for (int64_t x = bounded ? -4 : -25; x <= (bounded ? 20 : 25); ++x) {
      term::Model model = random.model(terms);
      model[v] = Integer(x);
      if (bounded) model[b] = model[b] + model[b];
      model[c] = Integer(x % 7);
      const bool holds = term::evaluate(terms, condition, model)->sign() != 0;
      const bool found =
          term::evaluate(terms, solution->formula, model)->sign() != 0;
      const bool right =
          solution->kind == Solution::Kind::Exact   ? holds == found
          : solution->kind == Solution::Kind::Outer ? !holds || found
                                                    : !found || holds;
      ASSERT_TRUE(right) << term::print(terms, condition) << "\n"
                         << kind_name(solution->kind) << " "
                         << term::print(terms, solution->formula)
                         << "\na = " << x << ", b = " << model[b].text()
                         << ", c = " << model[c].text();
    }
  }
  RecordProperty("exact", exact);
  EXPECT_GT(exact, total * 8 / 10);
}

// Sums, quotients and remainders by numbers, with one place for the variable.
TEST(Solve, ALinearConditionWithQuotientsIsSolvedExactly) {
  using term::Op;
  Random random(3);
  for (int i = 0; i < 300; ++i) {
    Context context;
    term::Context& terms = context.terms();
    const Term v = terms.variable("v", Sort::Int);
    Term left = v;
    for (uint64_t n = random.below(4) + 1; n > 0; --n) {
      const Term number =
          terms.integer(static_cast<int64_t>(random.below(13)) - 6);
      const Op ops[] = {Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Add, Op::Mod};
      left = terms.make(
          ops[random.below(n == 1 ? 6 : 5)], left,
          random.chance(0.2) ? terms.variable("n", Sort::Int) : number);
      if (terms.op(left) != Op::Add && terms.op(left) != Op::Sub &&
          terms.op(terms.arg(left, 1)) == Op::Variable)
        left = terms.make(Op::Add, terms.arg(left, 0), terms.arg(left, 1));
    }
    const Op comparisons[] = {Op::Lt, Op::Le, Op::Gt, Op::Ge, Op::Eq, Op::Ne};
    const Term condition =
        terms.make(comparisons[random.below(6)], left,
                   terms.integer(static_cast<int64_t>(random.below(41)) - 20));
    const auto solution = solve(context, condition, v);
    ASSERT_TRUE(solution.ok());
    EXPECT_EQ(kind_name(solution->kind), "exact")
        << term::print(terms, condition) << "\n"
        << term::print(terms, solution->formula);
    for (int64_t x = -30; x <= 30; ++x) {
      const term::Model model = {
          {v, Integer(x)}, {terms.variable("n", Sort::Int), Integer(x % 11)}};
      ASSERT_EQ(term::evaluate(terms, condition, model)->sign() != 0,
                term::evaluate(terms, solution->formula, model)->sign() != 0)
          << term::print(terms, condition) << "\n"
          << term::print(terms, solution->formula) << " at " << x;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, SolveAgainstEvaluation,
                         testing::Values(Solution::Kind::Outer,
                                         Solution::Kind::Inner));

}  // namespace
}  // namespace hone::rewrite
