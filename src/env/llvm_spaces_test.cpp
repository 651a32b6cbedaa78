// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks the tables of the environment `llvm`: every observation, reward and
// action space is used once.
#include "env/llvm_spaces.h"

#include <gmock/gmock.h>

#include "env/environment.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;

constexpr std::string_view kObservations[] = {
#define HONE_OBSERVATION(identifier, name, ...) name,
#include "env/observations.def"
#undef HONE_OBSERVATION
};
constexpr std::string_view kRewards[] = {
#define HONE_REWARD(identifier, name, ...) name,
#include "env/rewards.def"
#undef HONE_REWARD
};
constexpr std::string_view kActionSpaces[] = {
#define HONE_ACTION_SPACE(identifier, name, ...) name,
#include "env/action_spaces.def"
#undef HONE_ACTION_SPACE
};

// It has a main function, so that it can be timed.
constexpr std::string_view kProgram = R"c(
static int square(int x) { return x * x; }
int main(void) {
  int sum = 0;
  for (int i = 0; i < 1000; ++i) sum += square(i) & 7;
  return sum == 0;
}
)c";

}  // namespace

TEST(Spaces, EveryObservationIsOfItsSpaceBeforeAndAfterAStep) {
  use_own_worker();
  const program::Scratch scratch;
  const auto env = must(make_environment("llvm", {}));
  must(env->reset(
      benchmark_uri(scratch.write("p.c", kProgram).string(), {{"-O1"}})));
  for (int round = 0; round < 2; ++round) {
    for (const std::string_view name : kObservations) {
      const Value value = must(env->observe(name));
      EXPECT_TRUE(contains(must(find_observation(name))->space, value)) << name;
      EXPECT_EQ(must(env->observe("ir-instructions")),
                must(env->observe("ir-instructions")))
          << name << " changes nothing";
    }
    must(env->step_texts({"function(sroa)", "cgscc(inline)"}));
  }
  EXPECT_THAT(std::get<std::string>(must(env->observe("remarks"))),
              ::testing::HasSubstr("passed inline"));
}

TEST(Spaces, EveryRewardIsWhatAStepTakesOffItsCostInItsUnit) {
  use_own_worker();
  const program::Scratch scratch;
  const std::string uri =
      benchmark_uri(scratch.write("p.c", kProgram).string(), {});
  for (const std::string_view name : kRewards) {
    const auto env =
        must(make_environment("llvm", {.reward = std::string(name)}));
    EXPECT_EQ(must(env->reset(uri)).reward, 0) << name;
    const RewardInfo* info = must(find_reward(name));
    const double before =
        number_of(must(env->observe(info_of(info->cost).name)));
    const Step step = must(env->step_texts({"function(sroa)"}));
    const double after =
        number_of(must(env->observe(info_of(info->cost).name)));
    if (info->cost == Observation::Runtime) continue;  // another time
    double unit = 1;
    if (info->unit.kind == RewardUnit::Kind::Initial) unit = before;
    if (info->unit.kind == RewardUnit::Kind::Baseline)
      unit = before -
             number_of(must(env->observe(info_of(info->unit.baseline).name)));
    EXPECT_NEAR(step.reward, (before - after) / unit, 1e-12) << name;
    EXPECT_GT(step.reward, 0) << name;
  }
}

TEST(Spaces, EveryActionOfTheStablePassesIsTakenOrLostAlone) {
  use_own_worker();
  const program::Scratch scratch;
  const std::string uri =
      benchmark_uri(scratch.write("p.c", kProgram).string(), {});
  for (const std::string_view name : kActionSpaces) {
    const auto env =
        must(make_environment("llvm", {.action_space = std::string(name)}));
    must(env->reset(uri));
    EXPECT_GT(env->actions().size(), 60u) << name;
    if (name == "all-passes") continue;  // the survey of passes runs them
    std::vector<int64_t> all;
    for (size_t i = 0; i < env->actions().size(); ++i)
      all.push_back(static_cast<int64_t>(i));
    EXPECT_TRUE(must(env->step(all)).failures.empty()) << name;
  }
}

TEST(Spaces, EveryEnvironmentAndDataSetHasASentence) {
  const std::pair<std::string_view, size_t> wanted[] = {{"llvm", 1}};
  EXPECT_EQ(environments().size(), std::size(wanted));
  EXPECT_EQ(environments().front().name, "llvm");
  for (const std::string_view name : {"csmith", "debian", "file"})
    EXPECT_TRUE(std::any_of(
        datasets().begin(), datasets().end(),
        [name](const DatasetInfo& info) { return info.name == name; }))
        << name;
}

TEST(Spaces, AreTyped) {
  EXPECT_TRUE(contains({.kind = SpaceKind::Integer}, int64_t{3}));
  EXPECT_FALSE(contains({.kind = SpaceKind::Integer}, int64_t{-3}));
  EXPECT_FALSE(contains({.kind = SpaceKind::Integer}, 3.0));
  const Space box{.kind = SpaceKind::Box, .names = {"a", "b"}};
  EXPECT_TRUE(contains(box, std::vector<int64_t>{1, 2}));
  EXPECT_FALSE(contains(box, std::vector<int64_t>{1}));
  const Space choice{.kind = SpaceKind::Discrete, .names = {"a", "b"}};
  EXPECT_TRUE(contains(choice, int64_t{1}));
  EXPECT_FALSE(contains(choice, int64_t{2}));
}

}  // namespace hone::env
