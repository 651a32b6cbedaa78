// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/linear/tableau.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace hone::rewrite::linear {
namespace {

using Status = Tableau::Status;

TEST(Tableau, BoundsThatAgreeAreFeasible) {
  Tableau tableau;
  const int32_t x = tableau.add_variable();
  const int32_t y = tableau.add_variable();
  const Summand sum[] = {{x, 1}, {y, 2}};
  const int32_t s = tableau.add_row(sum);
  EXPECT_EQ(tableau.assert_low(s, 7, 0), Status::Feasible);
  EXPECT_EQ(tableau.assert_high(x, 1, 1), Status::Feasible);
  int64_t steps = 100;
  ASSERT_EQ(tableau.check(steps), Status::Feasible);
  EXPECT_GE(tableau.floor_value(x) + 2 * tableau.floor_value(y), 7);
}

TEST(Tableau, AConflictNamesBoundsWhoseSumIsImpossible) {
  Tableau tableau;
  const int32_t x = tableau.add_variable();
  const int32_t y = tableau.add_variable();
  const Summand sum[] = {{x, 1}, {y, -4}};
  const int32_t s = tableau.add_row(sum);
  EXPECT_EQ(tableau.assert_low(s, 0, 10), Status::Feasible);
  EXPECT_EQ(tableau.assert_low(y, 1, 11), Status::Feasible);
  EXPECT_EQ(tableau.assert_high(x, 3, 12), Status::Feasible);
  int64_t steps = 100;
  ASSERT_EQ(tableau.check(steps), Status::Conflict);
  int64_t multipliers[3] = {};
  for (const Tableau::Blame& blame : tableau.conflict())
    multipliers[blame.reason - 10] = blame.multiplier;
  EXPECT_EQ(multipliers[0] * 4, multipliers[1]);
  EXPECT_EQ(multipliers[0], multipliers[2]);
}

TEST(Tableau, TakingBoundsBackMakesItFeasibleAgain) {
  Tableau tableau;
  const int32_t x = tableau.add_variable();
  const int32_t y = tableau.add_variable();
  const Summand sum[] = {{x, 3}, {y, 5}};
  const int32_t s = tableau.add_row(sum);
  EXPECT_EQ(tableau.assert_high(s, 0, 0), Status::Feasible);
  const size_t mark = tableau.mark();
  EXPECT_EQ(tableau.assert_low(x, 1, 1), Status::Feasible);
  EXPECT_EQ(tableau.assert_low(y, 1, 2), Status::Feasible);
  int64_t steps = 100;
  ASSERT_EQ(tableau.check(steps), Status::Conflict);
  tableau.undo(mark);
  ASSERT_EQ(tableau.check(steps), Status::Feasible);
}

TEST(Tableau, AnEquationWithoutIntegerSolutionsIsFoundByItsDivisor) {
  Tableau tableau;
  const int32_t x = tableau.add_variable();
  const int32_t y = tableau.add_variable();
  const Summand sum[] = {{x, 6}, {y, 4}};
  const int32_t s = tableau.add_row(sum);
  EXPECT_EQ(tableau.assert_low(s, 3, 0), Status::Feasible);
  EXPECT_EQ(tableau.assert_high(s, 3, 1), Status::Feasible);
  int64_t steps = 100;
  ASSERT_EQ(tableau.check(steps), Status::Feasible);
  EXPECT_TRUE(tableau.find_gcd_conflict());
}

TEST(Tableau, StepsRunOutWithoutAVerdict) {
  Tableau tableau;
  const int32_t x = tableau.add_variable();
  const int32_t y = tableau.add_variable();
  const Summand sum[] = {{x, 1}, {y, 1}};
  EXPECT_EQ(tableau.assert_low(tableau.add_row(sum), 5, 0), Status::Feasible);
  int64_t steps = 0;
  EXPECT_EQ(tableau.check(steps), Status::Steps);
}

TEST(Tableau, NumbersThatDoNotFitAreReported) {
  Tableau tableau;
  const int32_t x = tableau.add_variable();
  const int32_t y = tableau.add_variable();
  const Summand first[] = {{x, int64_t{1} << 40}, {y, 1}};
  const int32_t s = tableau.add_row(first);
  const Summand second[] = {{s, int64_t{1} << 40}, {y, 1}};
  EXPECT_EQ(tableau.add_row(second), -1);
  EXPECT_EQ(tableau.assert_low(x, kLargest, 0), Status::Overflow);
}

// Small random systems against all integer points of a box: where a point
// exists, the relaxation must be feasible; a conflict must sum to a negative
// constant.
TEST(Tableau, ConflictsOfRandomSystemsAreSumsThatCannotBe) {
  Random random(7);
  int conflicts = 0;
  for (int round = 0; round < 2000; ++round) {
    Tableau tableau;
    int32_t variables[3];
    for (int32_t& v : variables) v = tableau.add_variable();
    struct Bound {
      int64_t a[3];
      int64_t k;  // a·v + k >= 0
    };
    std::vector<Bound> bounds;
    Status status = Status::Feasible;
    for (int i = 0; i < 7 && status == Status::Feasible; ++i) {
      Bound bound;
      std::vector<Summand> sum;
      for (int j = 0; j < 3; ++j) {
        bound.a[j] = static_cast<int64_t>(random.below(9)) - 4;
        sum.push_back({variables[j], bound.a[j]});
      }
      bound.k = static_cast<int64_t>(random.below(21)) - 13;
      bounds.push_back(bound);
      status = tableau.assert_low(tableau.add_row(sum), -bound.k, i);
      int64_t steps = 1000;
      if (status == Status::Feasible) status = tableau.check(steps);
    }
    if (status != Status::Conflict) {
      ASSERT_EQ(status, Status::Feasible);
      continue;
    }
    ++conflicts;
    int64_t total[4] = {};
    for (const Tableau::Blame& blame : tableau.conflict()) {
      ASSERT_GT(blame.multiplier, 0);
      for (int j = 0; j < 3; ++j)
        total[j] += blame.multiplier * bounds[blame.reason].a[j];
      total[3] += blame.multiplier * bounds[blame.reason].k;
    }
    EXPECT_EQ(total[0], 0);
    EXPECT_EQ(total[1], 0);
    EXPECT_EQ(total[2], 0);
    EXPECT_LT(total[3], 0);
  }
  EXPECT_GT(conflicts, 100);
}

}  // namespace
}  // namespace hone::rewrite::linear
