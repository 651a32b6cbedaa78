// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/linear/decide.h"

#include <gtest/gtest.h>

#include "rewrite/test_tools.h"
#include "term/evaluate.h"
#include "term/parse.h"
#include "term/print.h"

namespace hone::rewrite::linear {
namespace {

term::Term parsed(term::Context& terms, std::string_view text) {
  auto term = term::parse(terms, text);
  HONE_CHECK(term.ok());
  return *term;
}

Answer decide(std::string_view goal,
              std::initializer_list<std::string_view> assumptions = {},
              const DecideOptions& options = {}) {
  term::Context terms;
  std::vector<term::Term> assumed;
  for (const std::string_view text : assumptions)
    assumed.push_back(parsed(terms, text));
  Decider decider;
  return decider.decide(terms, parsed(terms, goal), assumed, options).answer;
}

TEST(Decide, ALinearComparisonIsDecidedByItsForm) {
  EXPECT_EQ(decide("(x + 4) * 2 == 2 * x + 8"), Answer::True);
  EXPECT_EQ(decide("x + 1 <= x"), Answer::False);
  EXPECT_EQ(decide("x <= y"), Answer::Contingent);
}

TEST(Decide, AlignmentDecidesADisequality) {
  EXPECT_EQ(decide("(v * 32 + 72) / 7 != 0"), Answer::True);
}

TEST(Decide, ADifferenceOfFloorsIsBounded) {
  EXPECT_EQ(decide("(a + b + c) / 4 >= (a - 1 + b + c) / 4 + 2"),
            Answer::False);
}

TEST(Decide, DivisibilityReachesThroughMinimaAndMaxima) {
  EXPECT_EQ(decide("max(v * 8, -2) / 2 * 2 == max(v * 8, -2)"), Answer::True);
  EXPECT_EQ(decide("min(v * 8, 4 * w) % 4 == 0"), Answer::True);
}

TEST(Decide, ParityOfUnboundedVariablesIsFound) {
  EXPECT_EQ(decide("16 * (2 * v + w) == 62 || 6 * v - 4 * w == 3"),
            Answer::False);
  EXPECT_EQ(decide("4 * a - 252 * b >= 1 && 4 * a - 252 * b <= 3"),
            Answer::False);
}

TEST(Decide, NonLinearTermsAreOpaqueIntegers) {
  EXPECT_EQ(decide("x * y / (x * y + 1) * 8 % 4 == 0"), Answer::True);
  EXPECT_EQ(decide("(x + y) * (x - y) == x * x - y * y"), Answer::True);
  EXPECT_EQ(decide("v % (w / 34) * 4 >= 0 && x * y > 3"), Answer::Contingent);
}

TEST(Decide, RemaindersByVariablesAndSquaresHaveBounds) {
  EXPECT_EQ(decide("i % d < d", {"d >= 1"}), Answer::True);
  EXPECT_EQ(decide("a % b >= 0 && a * a >= a && a * a + a >= 0"), Answer::True);
  EXPECT_EQ(decide("a % min(b, 7) <= 6", {"b >= 0"}), Answer::True);
  EXPECT_EQ(decide("a * a == -3"), Answer::False);
}

TEST(Decide, DivisionByZeroIsZero) {
  EXPECT_EQ(decide("x / 0 == 0 && x % 0 == 0"), Answer::True);
}

TEST(Decide, RangesAreUsed) {
  EXPECT_EQ(decide("v / 64 == 0", {"v >= 0", "v < 64"}), Answer::True);
  EXPECT_EQ(decide("min(v, 63) == v", {"0 <= v && v <= 63"}), Answer::True);
  EXPECT_EQ(decide("v > 63", {"!(v > 63)"}), Answer::False);
}

TEST(Decide, CongruencesAreUsed) {
  EXPECT_EQ(decide("v / 8 * 8 == v", {"v % 8 == 0"}), Answer::True);
  EXPECT_EQ(decide("(v + 2) % 4 == 1", {"v % 8 == 3"}), Answer::True);
  EXPECT_EQ(decide("v <= 56", {"v % 8 == 0", "v >= 0", "v < 63"}),
            Answer::True);
}

TEST(Decide, RelationsBetweenVariablesAreUsed) {
  EXPECT_EQ(decide("i * 4 + j < n", {"i < n / 4", "j < 4"}), Answer::True);
  EXPECT_EQ(decide("i < n", {"i < m", "m <= n || m <= n - 5"}), Answer::True);
}

TEST(Decide, TruthValuesAreNumbers) {
  EXPECT_EQ(decide("select(p, 3, 5) >= 3"), Answer::True);
  EXPECT_EQ(decide("(x < y) == (y > x)"), Answer::True);
  EXPECT_EQ(decide("select(x < 0, -x, x) >= 0"), Answer::True);
  EXPECT_EQ(decide("p || !p"), Answer::True);
  EXPECT_EQ(decide("p && q"), Answer::Contingent);
}

TEST(Decide, AssumptionsThatContradictEachOtherAreNoProof) {
  term::Context terms;
  const term::Term assumed[] = {parsed(terms, "x < x")};
  Decider decider;
  const Decision decision =
      decider.decide(terms, parsed(terms, "x == 3"), assumed);
  EXPECT_EQ(decision.answer, Answer::Open);
  EXPECT_EQ(decision.cause, Cause::Contradiction);
}

TEST(Decide, WhatDoesNotFitIsOpen) {
  term::Context terms;
  Decider decider;
  const Decision decision =
      decider.decide(terms, parsed(terms, "x * 100000000000000000000 > 7 * x"));
  EXPECT_EQ(decision.answer, Answer::Open);
  EXPECT_EQ(cause_name(decision.cause), "numbers");
}

TEST(Decide, ProductsThatMultiplyOutToVeryManyAreOpen) {
  term::Context terms;
  term::Term power = parsed(terms, "x + y + z + 1");
  for (int i = 0; i < 12; ++i) power = terms.make(term::Op::Mul, power, power);
  Decider decider;
  EXPECT_EQ(
      decider.decide(terms, terms.make(term::Op::Gt, power, terms.integer(5)))
          .answer,
      Answer::Open);
}

TEST(Decide, LongConjunctionsAreDecided) {
  term::Context terms;
  term::Term all = terms.boolean(true);
  for (int i = 0; i < 400; ++i)
    all =
        terms.make(term::Op::And, all,
                   parsed(terms, "min(x, y + " + std::to_string(i) + ") <= x"));
  Decider decider;
  EXPECT_EQ(decider.decide(terms, all).answer, Answer::True);
}

TEST(Decide, StepsRunOutWithoutAVerdict) {
  const DecideOptions none = {.limits = {.pivots = 0, .cases = 0},
                              .further_samples = 0};
  EXPECT_EQ(decide("(a + b) / 4 >= (a - 1 + b) / 4 + 2", {}, none),
            Answer::Open);
}

// Every answer against all values of a box, in full semantics.
TEST(Decide, QuotientsByVariablesAreBoundedBySigns) {
  EXPECT_EQ(decide("x / y <= x", {"x >= 0", "y >= 1"}), Answer::True);
  EXPECT_EQ(decide("x / y <= x", {"y >= 1"}), Answer::Contingent);
  EXPECT_EQ(decide("x / y <= x", {"x >= 0"}), Answer::True);
  EXPECT_EQ(decide("x / y <= x"), Answer::Contingent);
  EXPECT_EQ(decide("3 <= a / (a + a)"), Answer::False);
  EXPECT_EQ(decide("b / b <= 1 && b / b >= 0 && b % b == 0"), Answer::True);
  EXPECT_EQ(decide("a % b <= a", {"a >= 0"}), Answer::True);
  EXPECT_EQ(decide("a / b * b + a % b == a", {"b < 0"}), Answer::True);
  EXPECT_EQ(decide("a / b * b + a % b == a"), Answer::Contingent);
}

TEST(Decide, ProductsOfBoundsAreFacts) {
  EXPECT_EQ(decide("i * n + j < m * n", {"i < m", "0 <= j && j < n"}),
            Answer::True);
  EXPECT_EQ(decide("i * n + j >= 0", {"i >= 0", "0 <= j && j < n"}),
            Answer::True);
  EXPECT_EQ(decide("14 + b != b * b", {"b % 4 == 1"}), Answer::True);
  EXPECT_EQ(decide("x * y >= 6", {"x >= 2", "y >= 3"}), Answer::True);
  EXPECT_EQ(decide("x * y != 7", {"2 <= x && x <= 6"}), Answer::True);
  EXPECT_EQ(decide("i * n + j < m * n", {"i < m", "0 <= j && j <= n"}),
            Answer::Contingent);
}

TEST(Decide, ProductsAndQuotientsHaveLimitsOfTheirOwn) {
  const DecideOptions none{.limits = {.products = 0, .product_splits = 0}};
  EXPECT_EQ(decide("x * y != 7", {"2 <= x && x <= 6"}, none), Answer::Open);
}

TEST(Decide, RandomTermsAgreeWithAllValuesOfABox) {
  term::Context terms;
  Decider decider;
  RandomTerms random(11);
  int counts[4] = {};
  for (int round = 0; round < 400; ++round) {
    terms.reset();
    const term::Term goal = random.next(terms, term::Sort::Bool, 3 + round % 2);
    const term::Term box[] = {parsed(
        terms, "-3 <= a && a <= 3 && -3 <= b && b <= 3 && 0 <= c && c <= 4")};
    const Decision decision = decider.decide(terms, goal, box);
    ++counts[static_cast<int>(decision.answer)];
    bool seen[2] = {false, false};
    term::Model model = random.model(terms);
    for (int point = 0; point < 7 * 7 * 5 * 4; ++point) {
      model[parsed(terms, "a")] = term::Integer(point % 7 - 3);
      model[parsed(terms, "b")] = term::Integer(point / 7 % 7 - 3);
      model[parsed(terms, "c")] = term::Integer(point / 49 % 5);
      model[*terms.find_variable("p")] = term::Integer(point / 245 % 2);
      model[*terms.find_variable("q")] = term::Integer(point / 490);
      const auto value = term::evaluate(terms, goal, model);
      ASSERT_TRUE(value.ok());
      seen[value->sign() != 0] = true;
      if (seen[0] && seen[1]) break;
    }
    const std::string text = term::print(terms, goal);
    if (decision.answer == Answer::True) EXPECT_FALSE(seen[false]) << text;
    if (decision.answer == Answer::False) EXPECT_FALSE(seen[true]) << text;
    if (decision.answer == Answer::Contingent)
      EXPECT_TRUE(seen[false] && seen[true]) << text;
  }
  EXPECT_GT(counts[static_cast<int>(Answer::True)], 40);
  EXPECT_GT(counts[static_cast<int>(Answer::False)], 40);
  EXPECT_LT(counts[static_cast<int>(Answer::Open)], 4);
}

}  // namespace
}  // namespace hone::rewrite::linear
