// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Intervals and alignments, against every value of small ones.
#include "rewrite/analysis/interval.h"

#include <gtest/gtest.h>

#include "rewrite/analysis/alignment.h"

namespace hone::rewrite {
namespace {

std::vector<Interval> small_intervals() {
  std::vector<Interval> all;
  for (int64_t low = -4; low <= 4; ++low)
    for (int64_t high = low; high <= 4; ++high) {
      all.push_back({low, high});
      all.push_back({Interval::kNoLow, high});
      all.push_back({low, Interval::kNoHigh});
    }
  all.push_back({});
  return all;
}

TEST(Interval, OperationsContainWhatTheirOperandsMake) {
  for (const Interval& a : small_intervals())
    for (const Interval& b : small_intervals())
      for (int64_t x = -7; x <= 7; ++x)
        for (int64_t y = -7; y <= 7; ++y) {
          if (!a.contains(x) || !b.contains(y)) continue;
          ASSERT_TRUE((a + b).contains(x + y));
          ASSERT_TRUE((a * b).contains(x * y));
          ASSERT_TRUE((a * y).contains(x * y));
          ASSERT_TRUE(min(a, b).contains(std::min(x, y)));
          ASSERT_TRUE(hull(a, b).contains(x));
          ASSERT_TRUE(meet(a, b).contains(x) || !b.contains(x));
          ASSERT_TRUE(divided(a, 3).contains(term::euclidean_div(x, 3)));
        }
}

TEST(Interval, FiniteOperandsGiveTightEnds) {
  EXPECT_EQ((Interval{-2, 3} + Interval{1, 5}), (Interval{-1, 8}));
  EXPECT_EQ((Interval{-2, 3} * -4), (Interval{-12, 8}));
  EXPECT_EQ((Interval{-2, 3} * Interval{-5, 4}), (Interval{-15, 12}));
  EXPECT_EQ(divided({-5, 7}, 4), (Interval{-2, 1}));
}

TEST(Interval, AnEndThatDoesNotFitIsNoEnd) {
  const Interval huge{INT64_MAX - 2, INT64_MAX - 1};
  EXPECT_FALSE((huge + huge).has_high());
  EXPECT_EQ((huge + huge).low, INT64_MAX - 1);  // sound, though not tight
  EXPECT_FALSE((huge * -5).has_low());
  EXPECT_EQ((huge * -5).high, INT64_MIN + 1);
}

TEST(Alignment, OperationsAllowWhatTheirOperandsMake) {
  std::vector<Alignment> all;
  for (int64_t modulus = 1; modulus <= 6; ++modulus)
    for (int64_t r = 0; r < modulus; ++r) all.push_back({modulus, r});
  for (int64_t value = -3; value <= 3; ++value)
    all.push_back(Alignment::of(value));
  for (const Alignment& a : all)
    for (const Alignment& b : all)
      for (int64_t x = -9; x <= 9; ++x)
        for (int64_t y = -9; y <= 9; ++y) {
          if (!a.allows(x) || !b.allows(y)) continue;
          ASSERT_TRUE((a + b).allows(x + y));
          ASSERT_TRUE((a * y).allows(x * y));
          ASSERT_TRUE(hull(a, b).allows(x));
          ASSERT_TRUE(hull(a, b).allows(y));
        }
}

TEST(Alignment, KeepsWhatIsKnown) {
  EXPECT_EQ((Alignment{8, 3} + Alignment{12, 2}), (Alignment{4, 1}));
  EXPECT_EQ((Alignment{4, 1} * 6), (Alignment{24, 6}));
  EXPECT_EQ(hull(Alignment::of(3), Alignment::of(15)), (Alignment{12, 3}));
  EXPECT_EQ((Alignment::of(INT64_MAX) + Alignment::of(1)), Alignment{});
}

}  // namespace
}  // namespace hone::rewrite
