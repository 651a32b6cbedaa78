// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Walks the tables of the environments in workers: every observation, reward
// and action space is used once.
#include "env/live_spaces.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <set>

#include "env/environment.h"
#include "env/live_environment.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;

// It has a main function, so that it can be timed.
constexpr std::string_view kProgram = R"c(
static int square(int x) { return x * x; }
int main(void) {
  int sum = 0;
  for (int i = 0; i < 1000; ++i) sum += square(i) & 7;
  return sum == 0;
}
)c";

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

// Of two dimensions; what it does not name counts as zeros.
constexpr std::string_view kVocabulary =
    R"({"Opcodes": {"Ret": [1, 0], "Load": [0.5, -3]},
        "Types": {"IntegerTy": [0, 1]}, "Arguments": {"Constant": [7, 8]}})";

// With an action that changes their state.
constexpr std::pair<std::string_view, std::string_view> kEnvironments[] = {
    {"inliner", "keep"},
    {"llvm", "function(sroa)"},
    {"loops", "unroll=4"},
    {"pipelines", "repeat@5"}};

}  // namespace

TEST(Spaces, EveryObservationIsOfItsSpaceBeforeAndAfterAStep) {
  use_own_worker();
  const program::Scratch scratch;
  const std::string uri =
      benchmark_uri(scratch.write("p.c", kProgram).string(), {{"-O1"}});
  const std::filesystem::path vocabulary = scratch.write("v.json", kVocabulary);
  for (const auto& [name, action] : kEnvironments) {
    const auto env = must(make_environment(name, {.vocabulary = vocabulary}));
    must(env->reset(uri));
    for (int round = 0; round < 2; ++round) {
      const std::string state =
          std::get<std::string>(must(env->observe("state")));
      for (const NamedSpace& row : env->observation_spaces()) {
        const Value value = must(env->observe(row.name));
        EXPECT_TRUE(contains(row.space, value)) << name << " " << row.name;
      }
      EXPECT_EQ(must(env->observe("state")), Value(state)) << name;
      const Step step = must(env->step_texts({std::string(action)}));
      if (round == 0) EXPECT_TRUE(step.changed) << name;
    }
  }
}

TEST(Spaces, EveryRowOfTheTablesBelongsToAnEnvironment) {
  std::set<std::string> observed, rewarded, taken;
  for (const auto& [name, action] : kEnvironments) {
    const EnvironmentSpaces spaces =
        must(must(find_environment(name))->spaces());
    for (const auto& row : spaces.observations) observed.insert(row.name);
    for (const auto& row : spaces.rewards) rewarded.insert(row.name);
    for (const auto& row : spaces.action_spaces) taken.insert(row.name);
  }
  EXPECT_EQ(observed, std::set<std::string>(std::begin(kObservations),
                                            std::end(kObservations)));
  EXPECT_EQ(rewarded,
            std::set<std::string>(std::begin(kRewards), std::end(kRewards)));
  EXPECT_EQ(taken, std::set<std::string>(std::begin(kActionSpaces),
                                         std::end(kActionSpaces)));
}

TEST(Spaces, Ir2VecNeedsAVocabularyAndSaysSoBeforeAnythingIsRun) {
  use_own_worker();
  const program::Scratch scratch;
  const std::string uri =
      benchmark_uri(scratch.write("p.c", kProgram).string(), {{"-O1"}});
  EXPECT_TRUE(fails_with(make_environment("llvm", {.observations = {"ir2vec"}}),
                         ErrorKind::InvalidArgument,
                         "name a file such as seedEmbeddingVocab75D.json"));
  const auto without = must(make_environment("llvm", {}));
  must(without->reset(uri));
  EXPECT_TRUE(fails_with(without->observe("ir2vec-flow"),
                         ErrorKind::InvalidArgument, "'ir2vec-flow' needs"));
  EXPECT_TRUE(fails_with(
      make_environment("llvm", {.vocabulary = scratch / "none.json"}),
      ErrorKind::NotFound, "none.json"));
  EXPECT_TRUE(fails_with(
      make_environment("llvm", {.vocabulary = scratch.write("v.json", "{}")}),
      ErrorKind::Malformed, "v.json' is no vocabulary of IR2Vec"));
}

TEST(Spaces, Ir2VecChangesWithTheStateAndOutlivesTheWorker) {
  use_own_worker();
  const program::Scratch scratch;
  const std::string uri =
      benchmark_uri(scratch.write("p.c", kProgram).string(), {{"-O1"}});
  ::setenv("HONE_IR2VEC_VOCABULARY",
           scratch.write("v.json", kVocabulary).c_str(), 1);
  const auto made =
      must(make_environment("llvm", {.observations = {"ir2vec"}}));
  ::unsetenv("HONE_IR2VEC_VOCABULARY");
  auto& env = static_cast<LiveEnvironment&>(*made);
  const Step first = must(env.reset(uri));
  const Step second = must(env.step_texts({"function(sroa)"}));
  // A load counts -3: without the locals' loads there is more.
  EXPECT_GT(std::get<std::vector<double>>(second.observations[0])[1],
            std::get<std::vector<double>>(first.observations[0])[1]);
  EXPECT_EQ(must(env.observe("ir2vec")), second.observations[0]);
  EXPECT_EQ(must(must(env.fork())->observe("ir2vec")), second.observations[0]);
  ::kill(env.worker(), SIGKILL);
  EXPECT_EQ(must(env.observe("ir2vec")), second.observations[0]);
}

TEST(Spaces, RemarksAreThoseOfTheLastAction) {
  use_own_worker();
  const program::Scratch scratch;
  const auto env = must(make_environment("llvm", {}));
  must(env->reset(
      benchmark_uri(scratch.write("p.c", kProgram).string(), {{"-O1"}})));
  must(env->step_texts({"function(sroa)", "cgscc(inline)"}));
  EXPECT_THAT(std::get<std::string>(must(env->observe("remarks"))),
              ::testing::HasSubstr("passed inline"));
}

TEST(Spaces, AnActionThatChangedNothingHasItsRemarksToo) {
  use_own_worker();
  const program::Scratch scratch;
  const auto env = must(make_environment("llvm", {}));
  must(env->reset(
      benchmark_uri(scratch.write("p.c", kSmallProgram).string(), {})));
  must(env->step_texts({"function(sroa)"}));
  EXPECT_EQ(must(env->observe("remarks")), Value(std::string()));
  // The first time it runs; the second time that is known to change nothing.
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(
        must(env->step_texts({"cgscc(inline<only-mandatory>)"})).changed);
    EXPECT_THAT(std::get<std::string>(must(env->observe("remarks"))),
                ::testing::HasSubstr("missed inline: NoDefinition"));
    EXPECT_FALSE(must(env->step_texts({"function(sroa)"})).changed);
    EXPECT_EQ(must(env->observe("remarks")), Value(std::string()));
  }
}

// Seconds of run time are far below the least unit of other costs.
TEST(Spaces, ARewardOfRunTimeThatIsAskedForBesideIsInItsUnitToo) {
  use_own_worker();
  const program::Scratch scratch;
  const auto env = must(make_environment("llvm", {}));
  must(env->reset(benchmark_uri(
      scratch
          .write("p.c",
                 "int main(void) {\n"
                 "  unsigned sum = 0;\n"
                 "  for (unsigned i = 0; i < 20000000; ++i) sum += i;\n"
                 "  return sum == 1;\n"
                 "}\n")
          .string(),
      {})));
  must(env->step_texts({"default<Oz>"}));
  EXPECT_GT(must(env->reward_in("runtime-oz")), 0.5);
}

TEST(Spaces, ACxxProgramIsTimedBeforeItsStringsAreInlined) {
  use_own_worker();
  const program::Scratch scratch;
  const std::filesystem::path source =
      scratch.write("string.cpp",
                    "#include <string>\n"
                    "int main(int n, char** words) {\n"
                    "  std::string text = words[0];\n"
                    "  for (int i = 0; i < 100; ++i) text += 'b';\n"
                    "  return text.size() < 100;\n"
                    "}\n");
  const auto env = must(make_environment("llvm", {.reward = "runtime"}));
  must(env->reset(benchmark_uri(source.string(), {})));
  EXPECT_TRUE(must(env->step_texts({"function(sroa)"})).failures.empty());
}

TEST(Spaces, AnotherTargetHasSizes) {
  const program::Scratch scratch;
  use_own_worker();
  const auto env =
      must(make_environment("llvm", {.reward = "loaded-bytes-oz"}));
  must(
      env->reset(benchmark_uri(scratch.write("small.c", kSmallProgram).string(),
                               {{"--target=aarch64-linux-gnu"}})));
  EXPECT_EQ(must(env->step_texts({"default<Oz>"})).reward, 1);
}

TEST(Spaces, UnitsAreNeverNothing) {
  const auto unit = [](std::string_view name, double initial, double baseline) {
    return unit_of(*must(find_reward("llvm", name)), initial, baseline);
  };
  EXPECT_EQ(unit("loaded-bytes", 100, 0), 1);
  EXPECT_EQ(unit("loaded-bytes-norm", 100, 0), 100);
  EXPECT_EQ(unit("loaded-bytes-norm", 0, 0), 1);
  EXPECT_EQ(unit("loaded-bytes-oz", 100, 60), 40);
  EXPECT_EQ(unit("loaded-bytes-o3", 100, 160), 1);
  EXPECT_EQ(unit("runtime-oz", 0.5, 0.25), 0.25);
  EXPECT_EQ(unit("runtime-o3", 0.5, 0.75), 0.005);
}

TEST(Spaces, EveryRewardIsWhatAStepTakesOffItsCostInItsUnit) {
  use_own_worker();
  const program::Scratch scratch;
  const std::string uri =
      benchmark_uri(scratch.write("p.c", kProgram).string(), {});
  for (const auto& [environment, action] : kEnvironments) {
    const auto reader = must(make_environment(environment, {}));
    for (const std::string& name : reader->reward_spaces()) {
      // Run times are alike everywhere, and slow to measure.
      if (name.starts_with("runtime") && environment != "llvm") continue;
      const auto env = must(make_environment(environment, {.reward = name}));
      EXPECT_EQ(must(env->reset(uri)).reward, 0) << name;
      const RewardInfo* info = must(find_reward(environment, name));
      const double before =
          number_of(must(env->observe(info_of(info->cost).name)));
      const Step step = must(env->step_texts({std::string(action)}));
      const double after =
          number_of(must(env->observe(info_of(info->cost).name)));
      if (info->cost == Observation::Runtime) continue;  // another time
      double unit = 1;
      if (info->unit.kind == RewardUnit::Kind::Initial) unit = before;
      if (info->unit.kind == RewardUnit::Kind::Baseline)
        // O3 may add bytes.
        unit = std::max(before - number_of(must(env->observe(
                                     info_of(info->unit.baseline).name))),
                        1.0);
      EXPECT_NEAR(step.reward, (before - after) / unit, 1e-12) << name;
      if (environment == "llvm") EXPECT_GT(step.reward, 0) << name;
    }
  }
}

TEST(Spaces, EveryActionIsTakenOrLostAlone) {
  use_own_worker();
  const program::Scratch scratch;
  const std::string uri =
      benchmark_uri(scratch.write("p.c", kProgram).string(), {});
  for (const ActionSpaceInfo& info : action_spaces()) {
    const auto env = must(make_environment(
        environment_of(info.task), {.action_space = std::string(info.name)}));
    must(env->reset(uri));
    ASSERT_EQ(env->actions(), info.actions);
    EXPECT_EQ(
        std::set<std::string>(info.actions.begin(), info.actions.end()).size(),
        info.actions.size())
        << info.name;
    // The survey of passes runs those of all-passes; of thousands of edits some
    // are enough.
    if (info.name == "all-passes") continue;
    const size_t stride = info.task == Task::Edits ? 997 : 1;
    for (size_t i = 0; i < info.actions.size(); i += stride) {
      const Step step = must(env->step({{static_cast<int64_t>(i)}}));
      for (const std::string& failure : step.failures)
        EXPECT_THAT(failure,
                    ::testing::AnyOf(::testing::HasSubstr("is not safe"),
                                     ::testing::HasSubstr("is no place")))
            << info.actions[i];
      if (step.done) must(env->reset(uri));
    }
  }
}

TEST(Spaces, EveryEnvironmentHasDefaultsThatExist) {
  for (const EnvironmentInfo& info : environments()) {
    const EnvironmentSpaces spaces = must(info.spaces());
    const auto has = [](const auto& rows, std::string_view name) {
      return std::any_of(rows.begin(), rows.end(),
                         [&](const auto& row) { return row.name == name; });
    };
    EXPECT_TRUE(has(spaces.action_spaces, info.action_space)) << info.name;
    EXPECT_TRUE(has(spaces.rewards, info.reward)) << info.name;
    EXPECT_FALSE(info.sentence.empty()) << info.name;
    EXPECT_EQ(must(find_environment(info.name))->make, info.make);
  }
  for (const std::string_view name :
       {"flags-clang", "flags-gcc", "inliner", "llvm", "loops", "pipelines"})
    EXPECT_TRUE(find_environment(name).ok()) << name;
  for (const std::string_view name : {"csmith", "debian", "file", "hone"})
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
  const Space reals{.kind = SpaceKind::FloatBox, .names = {"a", "b"}};
  EXPECT_TRUE(contains(reals, std::vector<double>{-1.5, 2}));
  EXPECT_FALSE(contains(reals, std::vector<double>{1}));
  EXPECT_FALSE(contains(reals, std::vector<int64_t>{1, 2}));
  const Space choice{.kind = SpaceKind::Discrete, .names = {"a", "b"}};
  EXPECT_TRUE(contains(choice, int64_t{1}));
  EXPECT_FALSE(contains(choice, int64_t{2}));
}

}  // namespace hone::env
