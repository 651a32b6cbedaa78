// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/context.h"

#include <gtest/gtest.h>

namespace hone::term {
namespace {

TEST(Context, EqualTermsHaveEqualHandles) {
  Context context;
  const Term x = context.variable("x", Sort::Int);
  const Term four = context.integer(4);
  EXPECT_EQ(context.make(Op::Add, x, four), context.make(Op::Add, x, four));
  EXPECT_NE(context.make(Op::Add, x, four), context.make(Op::Add, four, x));
  EXPECT_EQ(context.variable("x", Sort::Int), x);
  EXPECT_EQ(context.integer(Integer(4)), four);
  EXPECT_NE(context.boolean(true), context.integer(1));
  const Integer big = *Integer::parse("123456789012345678901234567890");
  EXPECT_EQ(context.integer(big), context.integer(big));
  EXPECT_EQ(context.value(context.integer(big)), big);
  EXPECT_FALSE(context.is_word(context.integer(big)));
}

TEST(Context, ATableOfManyTermsFindsThemAll) {
  Context context;
  for (int round = 0; round < 2; ++round) {
    for (int64_t i = 0; i < 5000; ++i)
      EXPECT_EQ(context.word(context.integer(i)), i);
    EXPECT_EQ(context.size(), 5000u);
  }
}

TEST(Context, ResetForgetsNamesTermsAndSorts) {
  Context context;
  for (int i = 0; i < 100; ++i) {
    const Term x = context.variable("x", i % 2 ? Sort::Int : Sort::Bool);
    EXPECT_EQ(x.id, 0u);
    EXPECT_FALSE(context.find_variable("y"));
    context.variable("y", Sort::Int);
    context.reset();
    EXPECT_EQ(context.size(), 0u);
  }
}

TEST(Context, SortsFollowFromTheOperators) {
  Context context;
  const Term x = context.variable("x", Sort::Int);
  const Term p = context.make(Op::Lt, x, x);
  EXPECT_EQ(context.sort(p), Sort::Bool);
  EXPECT_EQ(context.sort(context.make(Op::Mod, x, x)), Sort::Int);
  EXPECT_EQ(context.sort(context.make(Op::Select, p, x, x)), Sort::Int);
  EXPECT_EQ(context.sort(context.make(Op::Select, p, p, p)), Sort::Bool);
  EXPECT_EQ(context.sort(context.make(Op::Let, x, x, p)), Sort::Bool);
}

TEST(Context, OrderAndHashDoNotDependOnHistory) {
  Context a, b;
  b.variable("z", Sort::Int);
  b.integer(99);
  const auto build = [](Context& context, bool backwards) {
    if (backwards) context.variable("y", Sort::Int);
    const Term x = context.variable("x", Sort::Int);
    const Term y = context.variable("y", Sort::Int);
    return std::pair{context.make(Op::Mul, x, y), context.make(Op::Sub, y, x)};
  };
  const auto [p, q] = build(a, false);
  const auto [r, s] = build(b, true);
  EXPECT_EQ(a.hash(p), b.hash(r));
  EXPECT_EQ(a.hash(q), b.hash(s));
  EXPECT_EQ(a.compare(p, q), b.compare(r, s));
}

TEST(Context, TheOrderPutsConstantsFirstAndNamesByTheAlphabet) {
  Context context;
  const std::vector<Term> sorted = {
      context.integer(-3),
      context.integer(5),
      context.integer(*Integer::parse("99999999999999999999")),
      context.variable("a_long_name_1", Sort::Int),
      context.variable("a_long_name_2", Sort::Int),
      context.variable("b", Sort::Int),
      context.make(Op::Add, context.integer(5), context.integer(5))};
  for (size_t i = 0; i < sorted.size(); ++i)
    for (size_t j = 0; j < sorted.size(); ++j)
      EXPECT_EQ(context.compare(sorted[i], sorted[j]), i <=> j) << i << j;
}

}  // namespace
}  // namespace hone::term
