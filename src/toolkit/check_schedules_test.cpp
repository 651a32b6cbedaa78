// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// 200 of the schedules that bench/tensor/schedules_bench takes 10,000 of.
#include "toolkit/check_schedules.h"

#include <gtest/gtest.h>

namespace hone::toolkit {
namespace {

TEST(RandomSchedules, AgreeWithTheInterpreterInBothLowerings) {
  const auto report = check_schedules({.count = 200, .steps = 7});
  ASSERT_TRUE(report.ok()) << report.error().message;
  for (const std::string& failure : report->failures) ADD_FAILURE() << failure;
  EXPECT_GE(report->trees, 190);
  EXPECT_EQ(report->trees + report->not_lowered, 200);
}

}  // namespace
}  // namespace hone::toolkit
