// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fixed-width integers, decided by the engines over unbounded ones.
#include "term/width.h"

#include <gtest/gtest.h>

#include "rewrite/prover.h"
#include "rewrite/test_tools.h"
#include "term/parse.h"
#include "term/print.h"

namespace hone::rewrite {
namespace {

using term::Overflow;
using term::Sort;
using term::Term;
using term::Width;

Answer answer(std::string_view text, const Width& width) {
  term::Context terms;
  const auto fixed =
      term::of_width(terms, *term::parse(terms, text, {}, Sort::Bool), width);
  HONE_CHECK(fixed.ok());
  Prover prover(terms);
  HONE_CHECK(prover.assume(fixed->conditions).ok());
  return prover.prove(fixed->term)->answer;
}

TEST(FixedWidth, AWrappedSumMayBeLess) {
  EXPECT_EQ(answer("x + 1 > x", {}), Answer::True);
  EXPECT_EQ(answer("x + 1 > x", {Overflow::Wrap, 8}), Answer::Contingent);
  EXPECT_EQ(answer("x + 1 > x", {Overflow::Error, 8}), Answer::True);
  EXPECT_EQ(answer("x == 127 || x + 1 > x", {Overflow::Wrap, 8}), Answer::True);
  EXPECT_EQ(answer("x + y - y == x", {Overflow::Wrap, 16}), Answer::True);
  EXPECT_EQ(answer("x * 2 / 2 == x", {Overflow::Wrap, 32}), Answer::Contingent);
  EXPECT_EQ(answer("x * 2 / 2 == x", {Overflow::Error, 32}), Answer::True);
}

TEST(FixedWidth, VariablesAreOfTheWidth) {
  EXPECT_EQ(answer("x <= 127 && x >= -128", {Overflow::Wrap, 8}), Answer::True);
  EXPECT_EQ(answer("200 == -56", {Overflow::Wrap, 8}), Answer::True);
}

TEST(FixedWidth, BitsHaveALimit) {
  term::Context terms;
  const Term x = terms.variable("x", Sort::Int);
  EXPECT_FALSE(term::of_width(terms, x, {Overflow::Wrap, 0}).ok());
  EXPECT_FALSE(term::of_width(terms, x, {Overflow::Error, 1025}).ok());
}

TEST(FixedWidth, WhatIsEvaluatedIsTheSame) {
  RandomTerms random(9);
  term::Context terms;
  int compared = 0, overflown = 0;
  for (int i = 0; i < 4000; ++i) {
    terms.reset();
    const Term term = random.next(terms, i % 2 ? Sort::Int : Sort::Bool, 3);
    const Width width{i % 3 ? Overflow::Wrap : Overflow::Error, 4 + i % 5};
    const auto fixed = term::of_width(terms, term, width);
    ASSERT_TRUE(fixed.ok());
    term::Model model = random.model(terms);
    for (auto& [variable, value] : model)
      if (terms.sort(variable) == Sort::Int)
        value = euclidean_mod(value, term::Integer(8)) - term::Integer(4);
    const auto expected = term::evaluate(terms, term, model, width);
    const auto found = term::evaluate(terms, fixed->term, model);
    ASSERT_TRUE(found.ok());
    bool holds = true;
    for (const Term condition : fixed->conditions)
      holds &= term::evaluate(terms, condition, model)->sign() != 0;
    if (!holds) {
      EXPECT_FALSE(expected.ok()) << term::print(terms, term);
      ++overflown;
      continue;
    }
    ASSERT_TRUE(expected.ok()) << term::print(terms, term);
    EXPECT_EQ(*found, *expected) << term::print(terms, term);
    ++compared;
  }
  EXPECT_GT(compared, 2000);
  EXPECT_GT(overflown, 200);
}

}  // namespace
}  // namespace hone::rewrite
