// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/greedy/simplify.h"

#include <gtest/gtest.h>

#include "rewrite/test_tools.h"
#include "term/parse.h"
#include "term/print.h"
#include "term/verify.h"
#include "term/walk.h"

namespace hone::rewrite {
namespace {

using term::Context;
using term::Form;
using term::Integer;
using term::Model;
using term::Sort;
using term::Term;

std::string simplified(std::string_view text,
                       std::vector<std::string> given = {}) {
  Context context;
  std::vector<Term> assumptions;
  for (const std::string& one : given)
    assumptions.push_back(*term::parse(context, one, {}, Sort::Bool));
  const Term term = *term::parse(context, text);
  return print(context, Simplifier().simplify(context, term,
                                              digest(context, assumptions)));
}

TEST(Simplify, WhatCancelsIsGone) {
  EXPECT_EQ(simplified("x + y - 64 + 63"), "x + y - 1");
  EXPECT_EQ(simplified("(x + 1) * 4 - x * 4"), "4");
  EXPECT_EQ(simplified("(x / 4) * 4 + x % 4"), "x");
  EXPECT_EQ(simplified("x - (x / 8) * 8"), "x % 8");
  EXPECT_EQ(simplified("x * y - y * x"), "0");
}

TEST(Simplify, QuotientsAndRemaindersLoseMultiples) {
  EXPECT_EQ(simplified("(x * 8 + 5) / 4"), "x * 2 + 1");
  EXPECT_EQ(simplified("(x + y + 1) / 2 / 4"), "(x + y + 1) / 8");
  EXPECT_EQ(simplified("(x * 16 + y) % 8"), "y % 8");
  EXPECT_EQ(simplified("(x % 12) % 4"), "x % 4");
  EXPECT_EQ(simplified("x / -1 + x / 0"), "0 - x");
  EXPECT_EQ(simplified("(x + 5) / 4 - 1"), "(x + 1) / 4");
}

TEST(Simplify, ExtremaKeepOnlyWhatCanDecide) {
  EXPECT_EQ(simplified("min(x, x + 3)"), "x");
  EXPECT_EQ(simplified("max(min(x, y), x)"), "x");
  EXPECT_EQ(simplified("min(x + y, x + z) - x"), "min(y, z)");
  EXPECT_EQ(simplified("min(x / 8 * 8 + 7, x)"), "x");
  EXPECT_EQ(simplified("min(x, 7) <= 5"), "x <= 5");
  EXPECT_EQ(simplified("max(x, 3) == 5"), "x == 5");
}

TEST(Simplify, ComparisonsThatAlwaysOrNeverHoldAreDecided) {
  for (const char* text :
       {"(v*32 + 72) / 7 != 0", "x % 4 < 4", "(x + 1) / 4 - x / 4 <= 1",
        "min(x, y) + max(x, y) == x + y", "(max(x*8, -2)/2)*2 == max(x*8, -2)",
        "x * 6 != y * 4 + 1", "x < y || y <= x", "x == 3 || x != 3",
        "(x - 1 + y) / 4 + 2 > (x + y) / 4", "x * x >= 0"})
    EXPECT_EQ(simplified(text), "true") << text;
  for (const char* text :
       {"x < y && y < x", "x == 3 && x == 4", "x % 8 == 3 && false",
        "((a + b + c) / 4 >= (a - 1 + b + c) / 4 + 2)", "p && !p"})
    EXPECT_EQ(simplified(text), "false") << text;
}

TEST(Simplify, FactsAreUsed) {
  EXPECT_EQ(simplified("x / 64", {"0 <= x && x < 64"}), "0");
  EXPECT_EQ(simplified("x % 4", {"x % 8 == 3"}), "3");
  EXPECT_EQ(simplified("min(x, y)", {"x <= y"}), "x");
  EXPECT_EQ(simplified("x < z", {"x < y", "y <= z"}), "true");
  EXPECT_EQ(simplified("x < y", {"x < y"}), "true");
  EXPECT_EQ(simplified("p && x < 3", {"p"}), "x <= 2");
  EXPECT_EQ(simplified("p || x < 3", {"!p"}), "x <= 2");
}

TEST(Simplify, NumbersBeyondTheWordComeBackAsTheyAre) {
  const std::string big = "x + 12345678901234567890123";
  EXPECT_EQ(simplified(big), big);
  const std::string product = "x * 4611686018427387904 * 4611686018427387904";
  EXPECT_EQ(simplified(product), product);
}

TEST(Simplify, ADagOfSumsIsNoTree) {
  Context context;
  Term term = context.variable("x", Sort::Int);
  const Term y = context.variable("y", Sort::Int);
  for (int i = 0; i < 60; ++i)
    term =
        context.make(term::Op::Add, term, context.make(term::Op::Sub, term, y));
  const Term result = Simplifier().simplify(context, term);
  EXPECT_LT(tree_size(context, result), 10u);
}

TEST(Simplify, RandomTermsKeepTheirValue) {
  RandomTerms terms(11);
  Context context;
  Simplifier simplifier;
  int smaller = 0;
  for (int i = 0; i < 20000; ++i) {
    context.reset();
    const Term term = terms.next(
        context, terms.random().chance(0.5) ? Sort::Int : Sort::Bool, 5);
    const Term result = simplifier.simplify(context, term);
    ASSERT_TRUE(verify(context, result).ok());
    ASSERT_LE(tree_size(context, result), tree_size(context, term));
    smaller += tree_size(context, result) < tree_size(context, term);
    for (int m = 0; m < 4; ++m) {
      const Model model = terms.model(context);
      ASSERT_EQ(*evaluate(context, result, model),
                *evaluate(context, term, model))
          << print(context, term) << "\n"
          << print(context, result);
    }
  }
  EXPECT_GT(smaller, 10000);
}

}  // namespace
}  // namespace hone::rewrite
