// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::term {
namespace {

using ::testing::HasSubstr;

TEST(Verify, OperandsOfTheWrongSortAreNamed) {
  Context context;
  const Term x = context.variable("x", Sort::Int);
  const Term p = context.variable("p", Sort::Bool);
  const std::pair<Term, const char*> cases[] = {
      {context.make(Op::Add, x, p), "'( + x p )': expected Ints"},
      {context.make(Op::And, p, x), "'( && p x )': expected Bools"},
      {context.make(Op::Not, x), "expected Bools"},
      {context.make(Op::Eq, p, x), "expected two operands of one sort"},
      {context.make(Op::Select, x, x, x), "expected a Bool as the condition"},
      {context.make(Op::Select, p, p, x), "expected two branches of one sort"},
      {context.make(Op::Let, context.integer(1), x, x),
       "expected a name to bind"},
      {context.make(Op::Let, p, x, x), "expected a value of the name's sort"},
  };
  for (const auto& [term, message] : cases) {
    // Found below the root as well.
    const Term root = context.make(Op::Select, p, term, term);
    const Status status = verify(context, root);
    ASSERT_FALSE(status.ok()) << message;
    EXPECT_THAT(status.error().message, HasSubstr(message));
  }
  EXPECT_TRUE(verify(context, context.make(Op::Eq, p, p)).ok());
}

}  // namespace
}  // namespace hone::term
