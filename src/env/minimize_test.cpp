// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/minimize.h"

#include <gmock/gmock.h>

#include "base/random.h"
#include "env/benchmark.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;
using program::Scratch;
using ::testing::ElementsAre;

struct Recorder {
  Recorder() {
    use_own_worker();
    uri = benchmark_uri(scratch.write("small.c", kSmallProgram).string(), {});
  }
  Episode record(std::vector<std::string> actions,
                 std::string reward = "ir-instructions") const {
    const auto env =
        must(make_environment("llvm", {.reward = std::move(reward)}));
    must(env->reset(uri));
    must(env->step_texts(std::move(actions)));
    return must(env->episode());
  }
  Scratch scratch;
  std::string uri;
};

}  // namespace

TEST(Minimize, ActionsThatDoNothingGo) {
  const Recorder recorder;
  const Episode episode = recorder.record(
      {"globaldce", "function(sroa)", "function(sroa)", "function(sroa)"});
  for (const Keep keep : {Keep::State, Keep::Reward}) {
    const Minimized least = must(minimize(episode, keep, {}));
    EXPECT_THAT(least.episode.actions, ElementsAre("function(sroa)"));
    EXPECT_EQ(least.episode.reward, episode.reward);
    EXPECT_EQ(least.episode.state, episode.state);
    EXPECT_GT(least.replays, 3);
  }
}

TEST(Minimize, NoActionThatIsLeftCanGo) {
  const Recorder recorder;
  const auto env =
      must(make_environment("llvm", {.reward = "ir-instructions-oz"}));
  Random random(11);
  for (const Keep keep : {Keep::Reward, Keep::State}) {
    must(env->reset(recorder.uri));
    std::vector<std::string> actions;
    while (actions.size() < 30) {
      const std::string& drawn =
          env->actions()[random.below(env->actions().size())];
      // What it makes may depend on addresses, hence on the replays before.
      if (drawn.find("simplifycfg") == std::string::npos)
        actions.push_back(drawn);
    }
    must(env->step_texts(std::move(actions)));
    const Episode episode = must(env->episode());
    const Episode least = must(minimize(episode, keep, {})).episode;
    EXPECT_LT(least.actions.size(), 30u);
    EXPECT_TRUE(must(validate(least, {})).ok());
    for (size_t i = 0; i < least.actions.size(); ++i) {
      std::vector<std::string> fewer = least.actions;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      must(env->reset(""));
      if (!fewer.empty()) must(env->step_texts(std::move(fewer)));
      const Episode found = must(env->episode());
      if (keep == Keep::State)
        EXPECT_NE(found.state, episode.state) << least.actions[i];
      else
        EXPECT_NE(found.reward, episode.reward) << least.actions[i];
    }
    if (keep == Keep::State)
      EXPECT_EQ(least.state, episode.state);
    else
      EXPECT_EQ(least.reward, episode.reward);
  }
}

TEST(Minimize, ADecisionThatDoesNotMatterIsLeftToStock) {
  use_own_worker();
  const std::string uri =
      benchmark_uri((source_folder() / "tests/modules/calls.ll").string(), {});
  const auto env =
      must(make_environment("inliner", {.reward = "ir-instructions"}));
  must(env->reset(uri));
  Step step;
  for (const char* decision : {"keep", "inline"})
    for (int i = 0; i < 4 && !step.done; ++i)
      step = must(env->step_texts({decision}));
  const Episode episode = must(env->episode());
  const Minimized least = must(minimize(episode, Keep::State, {}));
  EXPECT_EQ(least.episode.state, episode.state);
  EXPECT_THAT(least.episode.actions,
              ElementsAre("keep", "keep", "keep", "stock", "inline"));
  EXPECT_EQ(least.left, 4);
}

TEST(Minimize, EqualEpisodesGiveEqualResults) {
  const Recorder recorder;
  const Episode episode = recorder.record(
      {"cgscc(inline)", "function(sroa)", "function(gvn)", "globaldce"});
  EXPECT_EQ(must(minimize(episode, Keep::Reward, {})).episode,
            must(minimize(episode, Keep::Reward, {})).episode);
}

TEST(Minimize, AnEpisodeThatDoesNotReplayIsRejected) {
  const Recorder recorder;
  Episode episode = recorder.record({"function(sroa)"});
  episode.reward += 1;
  EXPECT_TRUE(fails_with(minimize(episode, Keep::Reward, {}),
                         ErrorKind::Rejected, "does not replay"));
}

TEST(Minimize, AMeasuredRewardCannotBeKept) {
  Episode episode{.environment = "llvm", .reward_space = "runtime"};
  EXPECT_TRUE(fails_with(minimize(episode, Keep::Reward, {}),
                         ErrorKind::InvalidArgument, "keep the state"));
  EXPECT_TRUE(fails_with(find_keep("size"), ErrorKind::InvalidArgument,
                         "reward or state"));
}

}  // namespace hone::env
