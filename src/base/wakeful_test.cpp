// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/wakeful.h"

#include <gtest/gtest.h>

namespace hone {

namespace {

using Clock = std::chrono::steady_clock;

TEST(LookAwake, LooksOnceWhenTheTimeIsOver) {
  int looks = 0;
  const auto look = [&] {
    ++looks;
    return false;
  };
  EXPECT_FALSE(look_awake(Clock::now() - kWakeful, look));
  EXPECT_EQ(looks, 1);
  const std::chrono::minutes limit(1);
  EXPECT_FALSE(look_awake(Clock::now() - limit, look, limit));
  EXPECT_EQ(looks, 2);
}

TEST(LookAwake, EndsWithWhatItLookedFor) {
  int looks = 0;
  EXPECT_TRUE(look_awake(Clock::now() + std::chrono::hours(1),
                         [&] { return ++looks == 3; }));
  EXPECT_EQ(looks, 3);
}

TEST(LookAwake, GivesUp) {
  EXPECT_FALSE(look_awake(Clock::now(), [] { return false; }));
}

}  // namespace
}  // namespace hone
