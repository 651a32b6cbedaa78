// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/progress.h"

#include <gtest/gtest.h>

#include <atomic>

namespace hone::cli {
namespace {

TEST(Ticker, CallsUntilItIsGone) {
  std::atomic<int> ticks = 0;
  {
    const Ticker ticker([&] {
      ++ticks;
      ticks.notify_one();
    });
    ticks.wait(0);
  }
  const int last = ticks;
  EXPECT_GE(last, 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  EXPECT_EQ(ticks, last);
}

ProgressState half_way() {
  return {.compiles = 20,
          .budget = 40,
          .stock = 10000,
          .best = 9290,
          .doing = "attributes",
          .seconds = 3.4};
}

TEST(ProgressLine, ShowsBarCountBestTimeAndWhatIsTried) {
  EXPECT_EQ(progress_line(half_way(), 100),
            "▕██████████          ▏ 20/40  best 9,290 (-7.1 %)  3 s  "
            "attributes");
}

TEST(ProgressLine, LeavesOutWhatDoesNotFit) {
  for (size_t width = 10; width < 80; ++width)
    EXPECT_LE(text_width(progress_line(half_way(), width)), width);
  EXPECT_EQ(progress_line(half_way(), 60),
            "▕██████████          ▏ 20/40  best 9,290 (-7.1 %)  3 s");
  EXPECT_EQ(progress_line(half_way(), 10), "20/40");
}

TEST(ProgressLine, CountsSecondsWhereTheyAreTheLimit) {
  ProgressState state = half_way();
  state.budget = 0;
  state.limit = 13.6;
  EXPECT_TRUE(progress_line(state, 80).starts_with(
      "▕█████               ▏ 20 compiles"));
}

TEST(ProgressLine, SaysThatItStops) {
  ProgressState state = half_way();
  state.stopping = true;
  EXPECT_TRUE(progress_line(state, 100)
                  .ends_with("stopping: checking the best so far"));
}

}  // namespace
}  // namespace hone::cli
