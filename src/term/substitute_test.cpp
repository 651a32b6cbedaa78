// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/substitute.h"

#include <gtest/gtest.h>

#include "term/parse.h"
#include "term/print.h"

namespace hone::term {
namespace {

std::string substituted(std::string_view text, std::string_view name,
                        std::string_view by) {
  Context context;
  const Term term = *parse(context, text);
  const std::pair<Term, Term> replacement = {*parse(context, name),
                                             *parse(context, by)};
  const Result<Term> result = substitute(context, term, {&replacement, 1});
  return result ? print(context, *result) : result.error().message;
}

TEST(Substitute, ReplacesEveryFreeOccurrenceAtOnce) {
  EXPECT_EQ(substituted("x + y * x", "x", "x + 1"), "x + 1 + y * (x + 1)");
  Context context;
  const Term term = *parse(context, "x - y");
  const std::pair<Term, Term> swap[] = {
      {*parse(context, "x"), *parse(context, "y")},
      {*parse(context, "y"), *parse(context, "x")}};
  EXPECT_EQ(print(context, *substitute(context, term, swap)), "y - x");
}

TEST(Substitute, BoundNamesAreLeftAloneAndNothingIsCaptured) {
  EXPECT_EQ(substituted("let x = 1 in x + y", "x", "5"), "1 + y");
  EXPECT_EQ(substituted("let z = y in z + x", "x", "z"), "y + z");
}

TEST(Substitute, LetsAreExpanded) {
  Context context;
  const Term term = *parse(context, "let x = y + 1 in let y = 2 in x * y");
  const Result<Term> result = expand_lets(context, term);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(print(context, *result), "(y + 1) * 2");
}

TEST(Substitute, LetsThatStandForTooMuchAreStopped) {
  Context context;
  const Term x = context.variable("x", Sort::Int);
  Term term = context.make(Op::Add, x, x);
  for (int i = 0; i < 40; ++i) {
    const Term more = context.make(Op::Add, term, context.integer(i));
    term = context.make(Op::Let, x, more, context.make(Op::Add, term, x));
  }
  const Result<Term> result = expand_lets(context, term, 10000);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::LimitReached);
}

}  // namespace
}  // namespace hone::term
