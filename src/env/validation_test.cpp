// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/validation.h"

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "env/benchmark.h"
#include "env/measure.h"
#include "env/repro.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::must;
using program::Scratch;
using ::testing::HasSubstr;

}  // namespace

TEST(Validation, EachIsWorkedOnOnce) {
  for (const size_t threads : {1u, 3u, 50u}) {
    std::vector<std::atomic<int>> times(20);
    for_each(times.size(), threads, [&](size_t i) { ++times[i]; });
    for (const std::atomic<int>& time : times) EXPECT_EQ(time, 1);
  }
  for_each(0, 2, [](size_t) { FAIL(); });
}

TEST(Validation, ManyEpisodesComeBackInTheirOrder) {
  use_own_worker();
  const Scratch scratch;
  const auto env =
      must(make_environment("llvm", {.reward = "ir-instructions-oz"}));
  RandomRun run = must(run_random(
      *env, benchmark_uri(scratch.write("small.c", kSmallProgram).string(), {}),
      {.episodes = 6, .length = 8}));
  run.episodes[2].reward += 1;
  run.episodes[4].benchmark = "file:///no/such.c";
  size_t last = 0;
  const auto found =
      validate_all(run.episodes, {}, 3, [&](size_t done) { last = done; });
  EXPECT_EQ(last, 6u);
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_TRUE(found[i].has_value());
    EXPECT_EQ(found[i]->ok(), i != 4);
    if (i != 4) EXPECT_EQ((*found[i])->ok(), i != 2) << i;
  }
}

TEST(Validation, AStopLeavesWhatHasBegunAndNoMore) {
  use_own_worker();
  const Scratch scratch;
  const auto env =
      must(make_environment("llvm", {.reward = "ir-instructions"}));
  const std::string uri =
      benchmark_uri(scratch.write("small.c", kSmallProgram).string(), {});
  const RandomRun run =
      must(run_random(*env, uri, {.episodes = 3, .length = 4}));
  std::stop_source source;
  const auto found = validate_all(
      run.episodes, {}, 1, [&](size_t) { source.request_stop(); },
      source.get_token());
  ASSERT_EQ(found.size(), 3u);
  EXPECT_TRUE(found[0].has_value());
  EXPECT_FALSE(found[1].has_value() || found[2].has_value());
}

TEST(RandomRun, AStopKeepsTheEpisodesThatHaveEnded) {
  use_own_worker();
  const Scratch scratch;
  const auto env =
      must(make_environment("llvm", {.reward = "ir-instructions"}));
  const std::string uri =
      benchmark_uri(scratch.write("small.c", kSmallProgram).string(), {});
  std::stop_source source;
  std::jthread other([&] {
    // Some episode or other; there are more than anybody could wait for.
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    source.request_stop();
  });
  const RandomRun run = must(run_random(
      *env, uri,
      {.episodes = 1'000'000'000, .length = 4, .stop = source.get_token()}));
  EXPECT_LT(run.episodes.size(), 1'000'000'000u);
  for (const Episode& episode : run.episodes)
    EXPECT_LE(episode.actions.size(), 4u);
  // Those that have ended are the ones of a run without a stop.
  const size_t some = std::min<size_t>(run.episodes.size(), 3);
  if (some == 0) return;
  const RandomRun again = must(
      run_random(*env, uri, {.episodes = static_cast<int>(some), .length = 4}));
  EXPECT_TRUE(std::equal(again.episodes.begin(), again.episodes.end(),
                         run.episodes.begin()));
}

// Loses one of its two actions.
class Losing : public Environment {
 public:
  std::string_view name() const override { return "losing"; }
  const std::vector<std::string>& actions() const override { return actions_; }
  std::vector<NamedSpace> observation_spaces() const override { return {}; }
  std::vector<std::string> reward_spaces() const override { return {}; }
  const EnvironmentOptions& options() const override { return options_; }
  Result<Step> reset(std::string_view) override { return Step{}; }
  Status post_texts(std::vector<std::string> actions) override {
    step_ = {};
    for (const std::string& action : actions)
      if (action == "lose") step_.failures.push_back("lose: no way");
    return {};
  }
  Result<Step> take() override { return step_; }
  Result<Value> observe(std::string_view) override { return Value(0.0); }
  Result<std::unique_ptr<Environment>> fork() override {
    return std::unique_ptr<Environment>(std::make_unique<Losing>());
  }
  Result<Episode> episode() override { return Episode(); }

 private:
  std::vector<std::string> actions_ = {"keep", "lose"};
  EnvironmentOptions options_;
  Step step_;
};

TEST(RandomRun, SaysWhyActionsWereLost) {
  std::vector<std::unique_ptr<Environment>> environments;
  for (int i = 0; i < 2; ++i)
    environments.push_back(std::make_unique<Losing>());
  const RandomRun run =
      must(run_random(environments, "", {.episodes = 4, .length = 20}));
  EXPECT_GT(run.lost, 0);
  const std::map<std::string, int64_t> expected = {{"lose: no way", run.lost}};
  EXPECT_EQ(run.failures, expected);
}

TEST(RandomRun, SeveralEnvironmentsTakeTheEpisodesOfOne) {
  use_own_worker();
  const Scratch scratch;
  const std::string uri =
      benchmark_uri(scratch.write("small.c", kSmallProgram).string(), {});
  // Some of the episodes of loops end before their length.
  for (const char* const name : {"llvm", "loops"}) {
    std::vector<std::unique_ptr<Environment>> environments;
    for (int i = 0; i < 3; ++i)
      environments.push_back(
          must(make_environment(name, {.reward = "ir-instructions"})));
    const RandomPlan plan{.episodes = 7, .length = 5, .batch = 2};
    const RandomRun alone = must(run_random(*environments[0], uri, plan));
    const RandomRun shared = must(run_random(environments, uri, plan));
    EXPECT_EQ(shared.episodes, alone.episodes) << name;
    EXPECT_EQ(shared.steps, alone.steps) << name;
    EXPECT_EQ(shared.reset_seconds.size(), 7u) << name;
  }
}

TEST(RandomRun, AnErrorOfOneEnvironmentIsTheError) {
  use_own_worker();
  std::vector<std::unique_ptr<Environment>> environments;
  for (int i = 0; i < 2; ++i)
    environments.push_back(must(make_environment("llvm", {})));
  const Result<RandomRun> run =
      run_random(environments, "file:///no/such.c", {.episodes = 3});
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().kind, ErrorKind::NotFound);
}

TEST(Validation, ABundleSaysWhatDiffersAndFailsAgain) {
  use_own_worker();
  const Scratch scratch;
  const auto env =
      must(make_environment("llvm", {.reward = "ir-instructions"}));
  must(env->reset(
      benchmark_uri(scratch.write("small.c", kSmallProgram).string(), {})));
  must(env->step_texts({"function(sroa)"}));
  const Episode found = must(env->episode());
  Episode recorded = found;
  recorded.reward += 3;
  const std::filesystem::path bundle =
      must(keep_episode(program::tools(), recorded, found, scratch.path()));
  EXPECT_EQ(must(parse_episodes(must(read_file(bundle / "episode.csv")))),
            std::vector<Episode>{recorded});
  EXPECT_THAT(must(read_file(bundle / "repro.json")), HasSubstr("reward"));
  EXPECT_EQ(
      must(keep_episode(program::tools(), recorded, found, scratch.path())),
      bundle);
  // What runs it stands in the place of hone: it sees the episode's table.
  const std::filesystem::path hone =
      scratch.write("hone", "#!/bin/sh\ntest -f \"$3\" && exit 1\n");
  std::filesystem::permissions(hone, std::filesystem::perms::owner_all);
  ::setenv("HONE", hone.c_str(), 1);
  EXPECT_TRUE(must(replay_repro(bundle, 30)).failed_again);
  ::unsetenv("HONE");
}

}  // namespace hone::env
