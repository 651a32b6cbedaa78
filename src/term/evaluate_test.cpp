// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "term/parse.h"

namespace hone::term {
namespace {

using ::testing::HasSubstr;

Result<Integer> value_of(std::string_view text, int64_t x = 0, int64_t y = 0,
                         const Width& width = {}) {
  Context context;
  Result<Term> term = parse(context, text);
  if (!term) return std::move(term).error();
  return evaluate(context, *term,
                  {{context.variable("x", Sort::Int), Integer(x)},
                   {context.variable("y", Sort::Int), Integer(y)}},
                  width);
}

int64_t word_of(std::string_view text, int64_t x = 0, int64_t y = 0) {
  const Result<Integer> value = value_of(text, x, y);
  EXPECT_TRUE(value.ok()) << text << ": " << value.error().message;
  return *value->to_int64();
}

TEST(Evaluate, DivisionIsEuclideanAndByZeroIsZero) {
  EXPECT_EQ(word_of("x / y", -25, 23), -2);
  EXPECT_EQ(word_of("x % y", -25, 23), 21);
  EXPECT_EQ(word_of("x / y", -25, -23), 2);
  EXPECT_EQ(word_of("x % y", -25, -23), 21);
  EXPECT_EQ(word_of("x / y", 25, -23), -1);
  EXPECT_EQ(word_of("x / 0", 5), 0);
  EXPECT_EQ(word_of("x % 0", 5), 0);
}

TEST(Evaluate, EveryOperatorHasItsMeaning) {
  EXPECT_EQ(word_of("x + y * 2 - 1", 3, 4), 10);
  EXPECT_EQ(word_of("min(x, y)", 3, 4), 3);
  EXPECT_EQ(word_of("max(x, y)", 3, 4), 4);
  EXPECT_EQ(word_of("select(x < y, 10, 20)", 3, 4), 10);
  EXPECT_EQ(word_of("select(x > y, 10, 20)", 3, 4), 20);
  EXPECT_EQ(word_of("select(x <= 3 && y >= 4, 1, 2)", 3, 4), 1);
  EXPECT_EQ(word_of("select(x == 4 || !(y != 4), 1, 2)", 3, 4), 1);
  EXPECT_EQ(word_of("select(x == 3 == (y == 3), 1, 2)", 3, 4), 2);
}

TEST(Evaluate, ALetNamesTheValueOutsideOfIt) {
  EXPECT_EQ(word_of("let x = x + 1 in x * x", 4), 25);
  EXPECT_EQ(word_of("(let x = 5 in x) + x", 4), 9);
  EXPECT_EQ(word_of("let y = x in let x = 7 in y + x", 4), 11);
}

TEST(Evaluate, NumbersGrowBeyondTheWord) {
  const Result<Integer> value =
      value_of("x * x * x * x * x * x", 9000000000, 0);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(value->text(),
            "531441000000000000000000000000000000000000000000000000000000");
}

TEST(Evaluate, AWidthWrapsOrForbids) {
  const Width wrap{Overflow::Wrap, 8};
  EXPECT_EQ(*value_of("x + y", 100, 100, wrap), Integer(-56));
  EXPECT_EQ(*value_of("x * y", 16, 16, wrap), Integer(0));
  EXPECT_EQ(*value_of("x - y", -100, 29, wrap), Integer(127));
  const Width error{Overflow::Error, 8};
  EXPECT_EQ(*value_of("x + y", 100, 27, error), Integer(127));
  const Result<Integer> over = value_of("x + y", 100, 28, error);
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().kind, ErrorKind::Rejected);
  EXPECT_THAT(over.error().message, HasSubstr("'+' leaves 8 bits"));
}

TEST(Evaluate, AMissingValueIsReportedByName) {
  const Result<Integer> value = value_of("x + other");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().kind, ErrorKind::NotFound);
  EXPECT_THAT(value.error().message, HasSubstr("'other'"));
}

TEST(Evaluate, NumbersThatExplodeAreStopped) {
  Context context;
  const Term x = context.variable("x", Sort::Int);
  Term term = x;
  for (int i = 0; i < 200; ++i) term = context.make(Op::Mul, term, term);
  const Result<Integer> value = evaluate(context, term, {{x, Integer(3)}});
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().kind, ErrorKind::LimitReached);
}

TEST(Evaluate, SharedSubtermsAreComputedOnce) {
  Context context;
  const Term x = context.variable("x", Sort::Int);
  Term term = x;
  for (int i = 0; i < 200; ++i) term = context.make(Op::Min, term, term);
  EXPECT_EQ(*evaluate(context, term, {{x, Integer(3)}}), Integer(3));
}

}  // namespace
}  // namespace hone::term
