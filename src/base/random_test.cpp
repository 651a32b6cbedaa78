// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace hone {
namespace {

// Traces of searches are compared between machines and versions.
TEST(Random, StreamIsKnown) {
  Random random(0);
  // Of the reference xoshiro256** after four outputs of splitmix64(0).
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452au);
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0u);
}

TEST(Random, SeedsDiffer) {
  EXPECT_NE(Random(1).next(), Random(2).next());
  EXPECT_EQ(Random(7).next(), Random(7).next());
}

TEST(Random, NumbersBelowABoundAreEvenlySpread) {
  for (const uint64_t bound : {1, 2, 3, 7, 10}) {
    Random random(bound);
    std::array<int, 10> counts = {};
    constexpr int kDraws = 20000;
    for (int i = 0; i < kDraws; ++i) {
      const uint64_t drawn = random.below(bound);
      ASSERT_LT(drawn, bound);
      ++counts[drawn];
    }
    const double expected =
        static_cast<double>(kDraws) / static_cast<double>(bound);
    for (uint64_t i = 0; i < bound; ++i)
      EXPECT_NEAR(counts[i], expected, 6 * std::sqrt(expected)) << bound;
  }
}

// A plain remainder would favour the lower third here, two to one.
TEST(Random, LargeBoundsAreUnbiased) {
  Random random(3);
  const uint64_t bound = (uint64_t{3} << 62);
  int low = 0;
  for (int i = 0; i < 30000; ++i) low += random.below(bound) < bound / 3;
  EXPECT_NEAR(low, 10000, 500);
}

TEST(Random, UnitIsBelowOne) {
  Random random(4);
  double least = 1;
  double most = 0;
  double sum = 0;
  for (int i = 0; i < 20000; ++i) {
    const double drawn = random.unit();
    least = std::min(least, drawn);
    most = std::max(most, drawn);
    sum += drawn;
  }
  EXPECT_GE(least, 0);
  EXPECT_LT(most, 1);
  EXPECT_NEAR(sum / 20000, 0.5, 0.02);
}

TEST(Random, ChanceIsWhatItSays) {
  Random random(5);
  int hits = 0;
  for (int i = 0; i < 20000; ++i) hits += random.chance(0.3);
  EXPECT_NEAR(hits, 6000, 300);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1));
}

TEST(Random, ShuffleKeepsTheElements) {
  Random random(6);
  std::vector<int> numbers(100);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::vector<int> shuffled = numbers;
  random.shuffle(shuffled);
  EXPECT_NE(shuffled, numbers);
  EXPECT_THAT(shuffled, ::testing::UnorderedElementsAreArray(numbers));
  std::vector<int> again = numbers;
  Random(6).shuffle(again);
  EXPECT_EQ(again, shuffled);
}

}  // namespace
}  // namespace hone
