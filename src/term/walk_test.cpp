// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/walk.h"

#include <gtest/gtest.h>

#include "term/parse.h"

namespace hone::term {
namespace {

TEST(Walk, SizesOfTreeAndDagDifferByWhatIsShared) {
  Context context;
  const Term term = *parse(context, "(x + 1) * (x + 1)");
  EXPECT_EQ(tree_size(context, term), 7u);
  EXPECT_EQ(dag_size(context, term), 4u);
}

TEST(Walk, ATreeTooLargeToCountSaturates) {
  Context context;
  Term term = context.variable("x", Sort::Int);
  for (int i = 0; i < 100; ++i) term = context.make(Op::Add, term, term);
  EXPECT_EQ(tree_size(context, term), UINT64_MAX);
  EXPECT_EQ(dag_size(context, term), 101u);
}

TEST(Walk, SubtermsComeAfterTheirOperands) {
  Context context;
  const Term term = *parse(context, "min(x * y, x * y + 2) < x");
  const std::vector<Term> all = reachable(context, term);
  EXPECT_EQ(all.back(), term);
  for (const Term each : all)
    for (const Term arg : context.args(each)) EXPECT_LT(arg, each);
}

TEST(Walk, FreeVariablesAreThoseNoLetBinds) {
  Context context;
  const auto names = [&](std::string_view text) {
    std::string out;
    for (const Term name : free_variables(context, *parse(context, text)))
      out += context.name(name);
    return out;
  };
  EXPECT_EQ(names("c + a * b + a"), "abc");
  EXPECT_EQ(names("let a = b in a + c"), "bc");
  EXPECT_EQ(names("let a = a in a"), "a");
  EXPECT_EQ(names("(let a = 1 in a) + a"), "a");
}

}  // namespace
}  // namespace hone::term
