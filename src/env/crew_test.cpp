// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/crew.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

namespace hone::env {
namespace {

TEST(Crew, EachRoundRunsOnceOnEveryThread) {
  Crew crew(3);
  std::atomic<int> calls[3] = {};
  for (int round = 1; round <= 200; ++round) {
    crew.run([&](size_t index) { ++calls[index]; });
    for (const std::atomic<int>& count : calls) ASSERT_EQ(count, round);
  }
}

TEST(Crew, AnIndexKeepsItsThread) {
  Crew crew(3);
  std::thread::id first[3];
  crew.run([&](size_t index) { first[index] = std::this_thread::get_id(); });
  EXPECT_EQ(std::set<std::thread::id>(first, first + 3).size(), 3u);
  for (int round = 0; round < 20; ++round) {
    std::thread::id now[3];
    crew.run([&](size_t index) { now[index] = std::this_thread::get_id(); });
    for (size_t i = 0; i < 3; ++i) ASSERT_EQ(now[i], first[i]);
  }
}

TEST(Crew, EndsWithoutEverHavingRun) { Crew crew(4); }

}  // namespace
}  // namespace hone::env
