// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/term_domain.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"
#include "term/evaluate.h"

namespace hone::rewrite::egraph {
namespace {

using term::Op;

// A number with a value around it that contains it: near 0, or near the ends of
// a word, where ends are dropped.
struct Known {
  int64_t number;
  TermValue value;
};

Known draw(Random& random) {
  int64_t number = static_cast<int64_t>(random.below(41)) - 20;
  if (random.chance(0.1)) number = INT64_MAX - 1 - int64_t(random.below(40));
  if (random.chance(0.1)) number = INT64_MIN + 1 + int64_t(random.below(40));
  Known known{number, {}};
  if (random.chance(0.2)) return {number, TermValue::of(number)};
  const auto below = static_cast<int64_t>(random.below(10));
  const auto above = static_cast<int64_t>(random.below(10));
  if (random.chance(0.7) && number > INT64_MIN + 20) {
    known.value.range.low = number - below;
  }
  if (random.chance(0.7) && number < INT64_MAX - 20) {
    known.value.range.high = number + above;
  }
  if (random.chance(0.6)) {
    const auto modulus = static_cast<int64_t>(1 + random.below(12));
    known.value.alignment = {modulus, term::euclidean_mod(number, modulus)};
  }
  return known;
}

bool contains(const TermValue& value, const term::Integer& number) {
  const auto word = number.to_int64();
  if (!word) {
    // Beyond a word there must be no end on that side, and no constant.
    const bool open =
        number.sign() > 0 ? !value.range.has_high() : !value.range.has_low();
    if (value.alignment.is_constant()) return false;
    return open &&
           term::euclidean_mod(
               number - term::Integer(value.alignment.remainder),
               term::Integer(value.alignment.modulus)) == term::Integer(0);
  }
  return value.range.contains(*word) && value.alignment.allows(*word);
}

TEST(TermDomain, ResultsContainWhatTheReferenceComputes) {
  Random random(4);
  const std::vector<Op> ops = {Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Mod,
                               Op::Min, Op::Max, Op::Lt,  Op::Le,  Op::Gt,
                               Op::Ge,  Op::Eq,  Op::Ne};
  term::Context context;
  const term::Term x = context.variable("x", term::Sort::Int);
  const term::Term y = context.variable("y", term::Sort::Int);
  int exact = 0;
  for (int round = 0; round < 100'000; ++round) {
    const Op op = ops[random.below(ops.size())];
    const Known a = draw(random), b = draw(random);
    const TermValue args[2] = {a.value, b.value};
    const TermValue result = transfer(op, args);
    const auto number = term::evaluate(context, context.make(op, x, y),
                                       {{x, a.number}, {y, b.number}});
    ASSERT_TRUE(number.ok());
    ASSERT_TRUE(contains(result, *number))
        << term::name(op) << " of " << a.number << " and " << b.number;
    exact += result.is_constant();
  }
  EXPECT_GT(exact, 5000);
}

TEST(TermDomain, TheMeetKeepsWhatBothAllow) {
  Random random(5);
  int sharper = 0;
  for (int round = 0; round < 100'000; ++round) {
    const Known a = draw(random);
    Known b = draw(random);
    // Another value of the same number.
    b.value.range = {};
    b.value.alignment = {};
    const auto modulus = static_cast<int64_t>(1 + random.below(30));
    if (random.chance(0.7)) {
      b.value.alignment = {modulus, term::euclidean_mod(a.number, modulus)};
    }
    if (random.chance(0.5)) b.value.range.low = a.number;
    bool contradicts = false;
    const TermValue both = meet(a.value, b.value, contradicts);
    ASSERT_FALSE(contradicts) << a.number;
    ASSERT_TRUE(contains(both, term::Integer(a.number))) << a.number;
    sharper += both != a.value;
  }
  EXPECT_GT(sharper, 10'000);
}

TEST(TermDomain, WhatCannotBothBeIsAContradiction) {
  const auto contradict = [](const TermValue& a, const TermValue& b) {
    bool contradicts = false;
    meet(a, b, contradicts);
    return contradicts;
  };
  EXPECT_TRUE(contradict(TermValue::of(3), TermValue::of(4)));
  EXPECT_TRUE(contradict({{0, 10}, {}}, {{11, 12}, {}}));
  EXPECT_TRUE(contradict({{}, {4, 1}}, {{}, {6, 2}}));
  EXPECT_TRUE(contradict({{5, 6}, {}}, {{}, {4, 0}}));
  EXPECT_FALSE(contradict({{5, 9}, {}}, {{}, {4, 0}}));
}

}  // namespace
}  // namespace hone::rewrite::egraph
