// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/simplify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::toolkit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Simplify, SaysWhatBecameOfTheExpressionAndItsSize) {
  const auto answer = simplify({}, "(x + y)*4 / 4 + (x + y)*0");
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->text, "x + y");
  EXPECT_EQ(answer->tree_before, 13u);
  EXPECT_EQ(answer->tree_after, 3u);
  EXPECT_EQ(answer->dag_after, 3u);
  EXPECT_TRUE(answer->steps.empty());
}

TEST(Simplify, TakesAssumptionsAndNamesItsSteps) {
  const auto answer = simplify(
      {.assumptions = {"0 <= x", "x < 8"}, .prefix = true, .with_steps = true},
      "(y*8 + x) / 8");
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->text, "y");
  EXPECT_THAT(answer->steps,
              ElementsAre("quotient-multiples: x = y, y = x, c0 = 8",
                          "quotient-in-range: x = x, c0 = 8, c1 = 0"));
}

TEST(Simplify, AnAssumptionThatIsNoBoolIsNamed) {
  const auto answer = simplify({.assumptions = {"x + 1"}}, "x");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::Malformed);
  EXPECT_THAT(answer.error().message, HasSubstr("assumption 'x + 1'"));
  EXPECT_THAT(answer.error().message, HasSubstr("sort Bool, found Int"));
}

}  // namespace
}  // namespace hone::toolkit
