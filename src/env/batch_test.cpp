// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/batch.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>

#include "base/file.h"
#include "base/random.h"
#include "env/live_environment.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;

constexpr size_t kSize = 4;
constexpr size_t kSteps = 12;

class BatchTest : public testing::Test {
 protected:
  BatchTest() { use_own_worker(); }

  Batch make(size_t size = kSize) const {
    Batch batch = must(Batch::make(
        "llvm", {.action_space = "passes", .reward = "ir-instructions"}, size));
    must(batch.reset({{uri_}}));
    return batch;
  }

  // A row of actions for each environment.
  static std::vector<std::vector<int64_t>> draw(Batch& batch, size_t length) {
    Random random(5);
    std::vector<std::vector<int64_t>> rows(batch.size());
    for (std::vector<int64_t>& row : rows)
      for (size_t i = 0; i < length; ++i)
        row.push_back(
            static_cast<int64_t>(random.below(batch.at(0).actions().size())));
    return rows;
  }

  static std::vector<std::string> states(Batch& batch) {
    std::vector<std::string> states;
    for (size_t i = 0; i < batch.size(); ++i)
      states.push_back(
          std::get<std::string>(must(batch.at(i).observe("state"))));
    return states;
  }

  static pid_t worker_of(Batch& batch, size_t index) {
    return static_cast<LiveEnvironment&>(batch.at(index)).worker();
  }

  program::Scratch scratch_;
  std::string uri_ = benchmark_uri(
      scratch_.write("small.c", kSmallProgram).string(), {{"-w"}});
};

}  // namespace

TEST_F(BatchTest, OnlyAWorkerThatIsAloneStaysAwake) {
  const auto stays_awake = [](pid_t worker) {
    return must(read_file(fmt::format("/proc/{}/cmdline", worker)))
               .find("awake") != std::string::npos;
  };
  Batch alone = make(1);
  Batch several = make(2);
  EXPECT_TRUE(stays_awake(worker_of(alone, 0)));
  for (size_t i = 0; i < several.size(); ++i)
    EXPECT_FALSE(stays_awake(worker_of(several, i)));
}

TEST_F(BatchTest, EnvironmentsStepTogetherAndAlike) {
  Batch batch = make(3);
  Random random(9);
  for (int i = 0; i < 10; ++i) {
    const auto one =
        static_cast<int64_t>(random.below(batch.at(0).actions().size()));
    const std::vector<Step> steps = must(batch.step({{one, one, one}}));
    ASSERT_EQ(steps.size(), 3u);
    EXPECT_EQ(steps[0].reward, steps[2].reward);
  }
  const std::vector<std::string> found = states(batch);
  EXPECT_EQ(found[0], found[2]);
  EXPECT_TRUE(fails_with(batch.step({{0}}), ErrorKind::InvalidArgument,
                         "1 actions for 3 environments"));
}

TEST_F(BatchTest, ARowOfActionsIsWorthItsSingleSteps) {
  Batch single = make();
  Batch rows = make();
  const auto drawn = draw(single, kSteps);
  std::vector<double> rewards(kSize, 0);
  for (size_t i = 0; i < kSteps; ++i) {
    std::vector<int64_t> actions;
    for (const std::vector<int64_t>& row : drawn) actions.push_back(row[i]);
    const std::vector<Step> steps = must(single.step(actions));
    for (size_t k = 0; k < kSize; ++k) rewards[k] += steps[k].reward;
  }
  std::vector<int64_t> all;
  for (const std::vector<int64_t>& row : drawn)
    all.insert(all.end(), row.begin(), row.end());
  const std::vector<Step> steps = must(rows.step(all));
  for (size_t k = 0; k < kSize; ++k) EXPECT_EQ(steps[k].reward, rewards[k]);
  EXPECT_EQ(states(rows), states(single));
}

TEST_F(BatchTest, MoreThanCanBeAtWorkStepAsEachWouldAlone) {
  constexpr size_t kMany = 21;
  Batch batch = make(kMany);
  Batch alone = make(1);
  const auto drawn = draw(batch, kSteps);
  std::vector<double> rewards(kMany, 0);
  for (size_t i = 0; i < kSteps; ++i) {
    std::vector<int64_t> actions;
    for (const std::vector<int64_t>& row : drawn) actions.push_back(row[i]);
    // One of them ends on the way.
    if (i == kSteps / 2) ::kill(worker_of(batch, kMany / 2), SIGKILL);
    const std::vector<Step> steps = must(batch.step(actions));
    for (size_t k = 0; k < kMany; ++k) rewards[k] += steps[k].reward;
  }
  const std::vector<std::string> found = states(batch);
  for (size_t k = 0; k < kMany; ++k) {
    must(alone.reset({{uri_}}));
    EXPECT_EQ(must(alone.step(drawn[k])).front().reward, rewards[k]);
    EXPECT_EQ(states(alone).front(), found[k]);
  }
}

TEST_F(BatchTest, AsynchronousAnswersAreThoseOfSynchronousSteps) {
  Batch together = make();
  Batch apart = make();
  const auto drawn = draw(together, kSteps);
  std::vector<std::vector<double>> expected(kSize);
  for (size_t i = 0; i < kSteps; ++i) {
    std::vector<int64_t> actions;
    for (const std::vector<int64_t>& row : drawn) actions.push_back(row[i]);
    const std::vector<Step> steps = must(together.step(actions));
    for (size_t k = 0; k < kSize; ++k) expected[k].push_back(steps[k].reward);
  }
  std::vector<std::vector<double>> found(kSize);
  for (size_t k = 0; k < kSize; ++k)
    must(apart.send({{k}}, {{drawn[k].front()}}));
  while (apart.in_flight() > 0) {
    const size_t count = std::min<size_t>(apart.in_flight(), 2);
    for (const Batch::Answer& answer : must(apart.receive(count))) {
      std::vector<double>& own = found[answer.index];
      own.push_back(answer.step.reward);
      if (own.size() < kSteps)
        must(apart.send({{answer.index}}, {{drawn[answer.index][own.size()]}}));
    }
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(states(apart), states(together));
}

TEST_F(BatchTest, NobodyWaitsForTheSlowest) {
  Batch batch = make(3);
  const pid_t slow = worker_of(batch, 1);
  ASSERT_EQ(::kill(slow, SIGSTOP), 0);
  must(batch.send({{0, 1, 2}}, {{3, 3, 3}}));
  std::vector<size_t> first;
  for (const Batch::Answer& answer : must(batch.receive(2)))
    first.push_back(answer.index);
  std::sort(first.begin(), first.end());
  EXPECT_EQ(first, (std::vector<size_t>{0, 2}));
  EXPECT_EQ(batch.in_flight(), 1u);
  ASSERT_EQ(::kill(slow, SIGCONT), 0);
  EXPECT_EQ(must(batch.receive(1)).front().index, 1u);
}

TEST_F(BatchTest, AWorkerThatIsKilledIsAnsweredFor) {
  Batch batch = make(2);
  must(batch.step({{3, 3}}));
  const std::vector<std::string> before = states(batch);
  ASSERT_EQ(::kill(worker_of(batch, 0), SIGSTOP), 0);
  must(batch.send({{0, 1}}, {{3, 3}}));
  ASSERT_EQ(::kill(worker_of(batch, 0), SIGKILL), 0);
  EXPECT_EQ(must(batch.receive(2)).size(), 2u);
  EXPECT_EQ(states(batch), before);
}

TEST_F(BatchTest, AnEpisodeBeginsInFlight) {
  Batch batch = make(2);
  const std::vector<std::string> initial = states(batch);
  must(batch.step({{5, 5}}));
  must(batch.send({{0, 1}}, {{7, 7}}, {{uri_, ""}}));
  const std::vector<Batch::Answer> answers = must(batch.receive(2));
  EXPECT_EQ(answers.size(), 2u);
  EXPECT_EQ(states(batch).front(), initial.front());
  EXPECT_EQ(must(batch.at(1).episode()).actions.size(), 2u);
}

TEST_F(BatchTest, WhatIsInFlightIsNotSentAgainNorWaitedForInVain) {
  Batch batch = make(2);
  must(batch.send({{0}}, {{3}}));
  EXPECT_TRUE(fails_with(batch.send({{0}}, {{3}}), ErrorKind::Conflict,
                         "environment 0 is in flight"));
  EXPECT_TRUE(fails_with(batch.episode(0), ErrorKind::Conflict,
                         "environment 0 is in flight"));
  EXPECT_TRUE(must(batch.episode(1)).actions.empty());
  EXPECT_TRUE(fails_with(batch.step({{3, 3}}), ErrorKind::Conflict,
                         "1 environments are in flight"));
  EXPECT_TRUE(fails_with(batch.receive(2), ErrorKind::InvalidArgument,
                         "2 answers asked for, 1 environments in flight"));
  EXPECT_TRUE(fails_with(batch.send({{2}}, {{3}}), ErrorKind::InvalidArgument,
                         "environment 2 of 2"));
  EXPECT_TRUE(fails_with(batch.send({{1, 1}}, {{3, 3}}), ErrorKind::Conflict,
                         "environment 1"));
  EXPECT_TRUE(fails_with(batch.send({{1}}, {{1'000'000}}),
                         ErrorKind::InvalidArgument, "action 1000000"));
  EXPECT_EQ(must(batch.receive(1)).front().index, 0u);
  EXPECT_EQ(must(batch.episode(0)).actions.size(), 1u);
  must(batch.step({{3, 3}}));
}

}  // namespace hone::env
