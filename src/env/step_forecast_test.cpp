// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/step_forecast.h"

#include <gtest/gtest.h>

namespace hone::env {

TEST(StepForecastTest, AnActionThatWasNeverTakenMayTakeAnyTime) {
  StepForecast forecast;
  forecast.learn({{3}}, 0.5);
  EXPECT_EQ(forecast.seconds({{3}}), 0.5);
  EXPECT_EQ(forecast.seconds({{3, 4}}), StepForecast::kUnknown);
  EXPECT_EQ(forecast.seconds({}), 0);
}

TEST(StepForecastTest, FollowsAnActionThatBecomesSlower) {
  StepForecast forecast;
  forecast.learn({{0}}, 1);
  forecast.learn({{0}}, 2);
  EXPECT_GT(forecast.seconds({{0}}), 1);
  EXPECT_LT(forecast.seconds({{0}}), 2);
  for (int i = 0; i < 40; ++i) forecast.learn({{0}}, 2);
  EXPECT_NEAR(forecast.seconds({{0}}), 2, 1e-3);
}

TEST(StepForecastTest, LearnsSingleActionsFromRows) {
  StepForecast forecast;
  // In turn, as a policy would take them: 1 costs 1 s, 2 costs 10 s.
  for (int i = 0; i < 200; ++i) {
    forecast.learn({{1, 1, 2}}, 12);
    forecast.learn({{1, 2, 2}}, 21);
  }
  EXPECT_NEAR(forecast.seconds({{1}}), 1, 0.1);
  EXPECT_NEAR(forecast.seconds({{2}}), 10, 0.1);
}

TEST(StepForecastTest, NeverExpectsLessThanNothing) {
  StepForecast forecast;
  forecast.learn({{1, 2}}, 10);
  for (int i = 0; i < 40; ++i) forecast.learn({{1}}, 0);
  for (int i = 0; i < 40; ++i) forecast.learn({{1, 2}}, 0);
  EXPECT_GE(forecast.seconds({{1}}), 0);
  EXPECT_GE(forecast.seconds({{2}}), 0);
}

}  // namespace hone::env
