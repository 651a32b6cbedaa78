// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/environment.h"

#include <gmock/gmock.h>
#include <signal.h>

#include "base/random.h"
#include "env/live_environment.h"
#include "env/repro.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;
using program::Scratch;
using ::testing::HasSubstr;

// A benchmark in a folder of the test.
struct Fixture {
  Fixture() {
    use_own_worker();
    uri = benchmark_uri(scratch.write("small.c", kSmallProgram).string(), {});
  }
  std::unique_ptr<Environment> make(EnvironmentOptions options = {}) const {
    return must(make_environment("llvm", std::move(options)));
  }
  std::unique_ptr<LiveEnvironment> make_llvm(
      EnvironmentOptions options = {}) const {
    options.action_space = "passes";
    return must(LiveEnvironment::make("llvm", std::move(options)));
  }
  Scratch scratch;
  std::string uri;
};

std::vector<int64_t> random_actions(const Environment& env, Random& random,
                                    int count) {
  std::vector<int64_t> actions;
  for (int i = 0; i < count; ++i)
    actions.push_back(static_cast<int64_t>(random.below(env.actions().size())));
  return actions;
}

std::string state_of(Environment& env) {
  return std::get<std::string>(must(env.observe("state")));
}

int64_t action(const Environment& env, std::string_view text) {
  const auto at = std::find(env.actions().begin(), env.actions().end(), text);
  HONE_CHECK(at != env.actions().end());
  return at - env.actions().begin();
}

}  // namespace

TEST(Environment, AStepIsRewardedByWhatItTakesAway) {
  const Fixture fixture;
  const auto env = fixture.make({.reward = "ir-instructions"});
  must(env->reset(fixture.uri));
  const auto before = std::get<int64_t>(must(env->observe("ir-instructions")));
  const Step step =
      must(env->step({{action(*env, "function(sroa<modify-cfg>)")}}));
  const auto after = std::get<int64_t>(must(env->observe("ir-instructions")));
  EXPECT_TRUE(step.changed);
  EXPECT_LT(after, before);
  EXPECT_EQ(step.reward, static_cast<double>(before - after));
}

// Although its source was compiled at -Oz, whose attributes O3 obeys.
TEST(Environment, ABaselineAtO3IsForSpeed) {
  const Fixture fixture;
  const auto env = fixture.make({});
  must(env->reset(fixture.uri));
  EXPECT_GT(std::get<int64_t>(must(env->observe("loaded-bytes-o3"))),
            std::get<int64_t>(must(env->observe("loaded-bytes-oz"))));
}

TEST(Environment, StepsInOneRoundTripEqualStepsOneByOne) {
  const Fixture fixture;
  Random random(3);
  const auto a = fixture.make({.reward = "ir-instructions-oz"});
  const auto b = fixture.make({.reward = "ir-instructions-oz"});
  for (int episode = 0; episode < 3; ++episode) {
    must(a->reset(fixture.uri));
    must(b->reset(fixture.uri));
    const std::vector<int64_t> actions = random_actions(*a, random, 20);
    const Step all = must(a->step(actions));
    double sum = 0;
    for (const int64_t one : actions) sum += must(b->step({{one}})).reward;
    EXPECT_NEAR(all.reward, sum, 1e-9);
    EXPECT_EQ(state_of(*a), state_of(*b));
  }
}

TEST(Environment, AnActionThatIsRefusedCostsItselfAloneInARoundTripToo) {
  const Fixture fixture;
  const std::vector<std::string> actions = {
      "function(sroa)", "knob:no-such=1", "function(gvn)", "function(no-such)"};
  const auto single = fixture.make({.reward = "ir-instructions"});
  must(single->reset(fixture.uri));
  double sum = 0;
  for (const std::string& action : actions)
    sum += must(single->step_texts({action})).reward;
  const auto together = fixture.make({.reward = "ir-instructions"});
  must(together->reset(fixture.uri));
  const Step step = must(together->step_texts(actions));
  EXPECT_EQ(step.reward, sum);
  EXPECT_EQ(step.failures.size(), 2u);
  EXPECT_EQ(must(together->episode()), must(single->episode()));
}

TEST(Environment, AStepThatIsLostHasNoRewardOfRunTimeEither) {
  const Fixture fixture;
  const auto env = fixture.make({.reward = "runtime"});
  must(env->reset("generator://hone/1"));
  for (const int i : {1, 2}) {
    const Step step = must(env->step_texts({"knob:no-such=1"}));
    EXPECT_EQ(step.failures.size(), 1u) << i;
    EXPECT_EQ(step.reward, 0);
  }
  EXPECT_EQ(must(env->episode()).reward, 0);
}

TEST(Environment, AStateThatTheVerifierRefusesIsNotEntered) {
  const Fixture fixture;
  const auto env = fixture.make({.reward = "loaded-bytes"});
  must(env->reset(fixture.uri));
  must(env->step_texts({"function(sroa)"}));
  const Episode before = must(env->episode());
  const Step lost =
      must(env->step_texts({"function(gvn)", "trigger-verifier-error"}));
  ASSERT_EQ(lost.failures.size(), 1u);
  EXPECT_THAT(lost.failures.front(), HasSubstr("observing the state"));
  EXPECT_EQ(lost.reward, 0);
  EXPECT_FALSE(lost.changed);
  EXPECT_EQ(must(env->episode()), before);
  EXPECT_TRUE(
      must(env->step_texts({"function(simplifycfg)"})).failures.empty());
}

// LLVM reads -regalloc once, with the first code that a process generates.
TEST(Environment, AKnobCountsWhateverHasBeenObserved) {
  const Fixture fixture;
  const std::string knob = "knob:register-allocator=basic";
  const auto fresh = fixture.make({});
  must(fresh->reset(fixture.uri));
  must(fresh->step_texts({knob}));
  const Value object = must(fresh->observe("object"));
  const auto env = fixture.make({});
  must(env->reset(fixture.uri));
  EXPECT_NE(must(env->observe("object")), object);
  must(env->step_texts({knob}));
  EXPECT_EQ(must(env->observe("object")), object);
  EXPECT_GT(std::get<double>(must(env->observe("build-seconds"))), 0);
}

TEST(Environment, AStateIsTheSameInWhateverOrderItsKnobsWereSet) {
  const Fixture fixture;
  const std::string one = "knob:tail-merge-size=2";
  const std::string other = "knob:register-allocator=basic";
  const auto env = fixture.make({});
  must(env->reset(fixture.uri));
  must(env->step_texts({one, other}));
  const std::string state = state_of(*env);
  must(env->reset(""));
  must(env->step_texts({other, one}));
  EXPECT_EQ(state_of(*env), state);
  must(env->step_texts({"knob:tail-merge-size=1"}));
  EXPECT_NE(state_of(*env), state);
}

TEST(Environment, AnEpisodesSumReachesOneAtTheBaseline) {
  const Fixture fixture;
  const auto env = fixture.make({.reward = "ir-instructions-oz"});
  must(env->reset(fixture.uri));
  EXPECT_NEAR(must(env->step_texts({"default<Oz>"})).reward, 1.0, 1e-12);
  EXPECT_EQ(must(env->observe("ir-instructions")),
            must(env->observe("ir-instructions-oz")));
}

TEST(Environment, AForkAndItsOriginGoTheirOwnWays) {
  const Fixture fixture;
  const auto env = fixture.make({.reward = "ir-instructions"});
  must(env->reset(fixture.uri));
  must(env->step_texts({"function(sroa)"}));
  const std::string at = state_of(*env);
  const auto fork = must(env->fork());
  EXPECT_EQ(state_of(*fork), at);
  must(fork->step_texts({"cgscc(inline)"}));
  EXPECT_NE(state_of(*fork), at);
  EXPECT_EQ(state_of(*env), at);
  // The road over the fork and the straight one end in the same state.
  const auto straight = fixture.make({.reward = "ir-instructions"});
  must(straight->reset(fixture.uri));
  must(straight->step_texts({"function(sroa)", "cgscc(inline)"}));
  EXPECT_EQ(must(fork->episode()), must(straight->episode()));
}

TEST(Environment, AForkOutlivesItsOrigin) {
  const Fixture fixture;
  auto env = fixture.make();
  must(env->reset(fixture.uri));
  auto fork = must(env->fork());
  env.reset();
  EXPECT_TRUE(must(fork->step_texts({"function(sroa)"})).changed);
}

TEST(Environment, ReplayOfRandomEpisodesGivesEqualStatesAndRewards) {
  const Fixture fixture;
  Random random(5);
  const auto env = fixture.make({.reward = "ir-instructions-norm"});
  for (int i = 0; i < 5; ++i) {
    must(env->reset(fixture.uri));
    for (const int64_t one : random_actions(*env, random, 15)) {
      must(env->step({{one}}));
      if (random.chance(0.3)) (void)must(env->fork());
    }
    const Episode episode = must(env->episode());
    const Validation found =
        must(validate(must(parse_episode(to_text(episode))), {}));
    EXPECT_TRUE(found.ok()) << to_text(episode) << "\n" << to_text(found.found);
  }
}

TEST(Environment, AnEpisodeOfAnotherEnvironmentIsNotReplayed) {
  const Fixture fixture;
  const auto env = fixture.make({.reward = "ir-instructions"});
  const Episode other{.environment = "pipelines", .benchmark = fixture.uri};
  EXPECT_TRUE(fails_with(replay(*env, other), ErrorKind::InvalidArgument,
                         "'pipelines' means something else in 'llvm'"));
}

TEST(Environment, AWorkerThatHasSeenOtherHistoriesMakesTheSameStates) {
  const Fixture fixture;
  const std::unique_ptr<LiveEnvironment> old =
      fixture.make_llvm({.reward = "ir-instructions"});
  Random random(5);
  for (int episode = 0; episode < 60; ++episode) {
    const std::string uri = fixture.uri + (episode % 4 == 0 ? "?flag=-g" : "");
    must(old->reset(uri));
    const std::vector<int64_t> actions = random_actions(*old, random, 30);
    double reward = 0;
    for (const int64_t one : actions) reward += must(old->step({{one}})).reward;
    const std::unique_ptr<LiveEnvironment> fresh =
        fixture.make_llvm({.reward = "ir-instructions"});
    must(fresh->reset(uri));
    EXPECT_EQ(must(fresh->step(actions)).reward, reward) << episode;
    EXPECT_EQ(state_of(*fresh), state_of(*old)) << episode;
  }
}

TEST(Environment, NoPassChangesWhatAnotherMakesInItsWorker) {
  const Fixture fixture;
  const std::string uri = benchmark_uri(
      fixture.scratch
          .write("scale.c",
                 "double p[2];\n"
                 "void scale(double f) { p[0] *= f; p[1] *= f; }\n")
          .string(),
      {});
  const EnvironmentOptions options = {.action_space = "all-passes"};
  const auto promoted = [&](Environment& env) {
    must(env.reset(uri));
    must(env.step({{action(env, "function(mem2reg)")}}));
    return state_of(env);
  };
  const auto old = fixture.make(options);
  for (const std::string& text : old->actions()) {
    if (text == "function(mem2reg)") continue;  // it would be remembered
    must(old->reset(uri));
    must(old->step_texts({{text}}));
  }
  EXPECT_EQ(promoted(*old), promoted(*fixture.make(options)));
}

TEST(Environment, ValidationSeesAnotherStateAndAnotherReward) {
  const Fixture fixture;
  const auto env = fixture.make({.reward = "ir-instructions"});
  must(env->reset(fixture.uri));
  must(env->step_texts({"function(sroa)"}));
  Episode episode = must(env->episode());
  EXPECT_TRUE(must(validate(episode, {})).ok());
  episode.reward += 1;
  EXPECT_FALSE(must(validate(episode, {})).reward_matches);
  episode.actions.clear();
  EXPECT_FALSE(must(validate(episode, {})).state_matches);
}

TEST(Environment, AKilledWorkerIsReplacedAndTheStateDerivedAgain) {
  const Fixture fixture;
  const auto env = fixture.make_llvm({.reward = "ir-instructions"});
  const auto calm = fixture.make({.reward = "ir-instructions"});
  for (Environment* one : {static_cast<Environment*>(env.get()), calm.get()}) {
    must(one->reset(fixture.uri));
    must(one->step_texts({"function(sroa)", "cgscc(inline)"}));
  }
  const auto fork = must(env->fork());
  ::kill(env->worker(), SIGKILL);
  const Step step = must(env->step_texts({"function(gvn)"}));
  EXPECT_TRUE(step.failures.empty()) << "the second attempt succeeds";
  must(calm->step_texts({"function(gvn)"}));
  EXPECT_EQ(must(env->episode()), must(calm->episode()));
  // So is a fork's, when its turn comes.
  EXPECT_TRUE(must(fork->step_texts({"function(gvn)"})).changed);
  EXPECT_EQ(state_of(*fork), state_of(*env));
}

TEST(Environment, ACrashCostsOneStepAndLeavesABundle) {
  const Fixture fixture;
  const std::filesystem::path bundles = fixture.scratch.path() / "failures";
  const auto env =
      fixture.make({.reward = "ir-instructions", .failures = bundles});
  must(env->reset(benchmark_uri(
      (source_folder() / "tests/modules/switches.ll").string(), {})));
  // tests/modules/known_survey_failures.txt has what happens in the middle one.
  const Step step = must(env->step_texts(
      {"function(sroa)", "function(unify-loop-exits)", "function(gvn)"}));
  ASSERT_EQ(step.failures.size(), 1u);
  EXPECT_THAT(step.failures.front(), HasSubstr("function(unify-loop-exits): "));
  EXPECT_EQ(must(env->episode()).actions,
            (std::vector<std::string>{"function(sroa)", "function(gvn)"}));
  const std::vector<std::filesystem::path> kept(
      std::filesystem::directory_iterator(bundles), {});
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_TRUE(must(replay_repro(kept.front(), 60)).failed_again);
}

TEST(Environment, ALostStepSaysWhatLlvmSaid) {
  const Fixture fixture;
  const auto env = fixture.make({});
  must(env->reset(fixture.uri));
  // The printing pass talks before the other one ends the process.
  const Step step = must(env->step_texts({"print,function(licm)"}));
  ASSERT_EQ(step.failures.size(), 1u);
  EXPECT_EQ(step.failures.front(),
            "print,function(licm): exit code 1: LLVM ERROR: LICM requires "
            "MemorySSA (loop-mssa)");
}

TEST(Environment, AStepAfterWhichTheProgramDoesNotWorkIsLost) {
  const Fixture fixture;
  // It works where it is not optimised, and only there.
  const std::string uri =
      benchmark_uri(fixture.scratch
                        .write("fragile.c",
                               "int main(void) {\n"
                               "  int x = 3;\n"
                               "  return __builtin_constant_p(x) ? 7 : 0;\n"
                               "}\n")
                        .string(),
                    {{"-O1"}});
  const auto env = fixture.make({.reward = "runtime"});
  must(env->reset(uri));
  const std::string begun = state_of(*env);
  const Step step = must(env->step_texts(
      {"function(sroa)", "function(lower-constant-intrinsics)"}));
  ASSERT_EQ(step.failures.size(), 1u);
  EXPECT_THAT(step.failures.front(), HasSubstr("ended with exit code 7"));
  EXPECT_EQ(step.reward, 0);
  EXPECT_EQ(state_of(*env), begun);
  EXPECT_TRUE(must(env->episode()).actions.empty());
  EXPECT_TRUE(
      must(env->step_texts({"function(simplifycfg)"})).failures.empty());
}

TEST(Environment, AHungWorkerIsKilledByItsWallClock) {
  const Fixture fixture;
  const auto env = fixture.make_llvm({.limits = {.cpu_seconds = 0.4}});
  must(env->reset(fixture.uri));
  const pid_t worker = env->worker();
  ::kill(worker, SIGSTOP);
  EXPECT_TRUE(must(env->step_texts({"function(sroa)"})).changed);
  EXPECT_NE(env->worker(), worker);
}

TEST(Environment, AnEpisodeMayTakeMoreTimeThanARequest) {
  const Fixture fixture;
  const std::string uri =
      benchmark_uri((source_folder() / "tests/modules/parser.ll").string(), {});
  const std::string action = "default<O3>,default<O3>";
  const auto timed = fixture.make({});
  must(timed->reset(uri));
  const double seconds = must(timed->step_texts({action})).cpu_seconds;
  const auto env = fixture.make({.limits = {.cpu_seconds = 3 * seconds}});
  must(env->reset(uri));
  for (int i = 0; i < 6; ++i) must(env->step_texts({action}));
  const std::string state = state_of(*env);
  ::kill(env->worker(), SIGKILL);
  EXPECT_EQ(state_of(*env), state);
  EXPECT_EQ(must(env->episode()).actions.size(), 6u);
}

TEST(Environment, AStepThatUsesUpItsCpuTimeIsLost) {
  const Fixture fixture;
  const auto env = fixture.make({.limits = {.cpu_seconds = 0.5}});
  must(env->reset(benchmark_uri(
      (source_folder() / "tests/modules/parser.ll").string(), {})));
  // Seconds of work in one action.
  std::string endless = "default<O3>";
  for (int i = 0; i < 200; ++i) endless += ",default<O3>";
  const Step step = must(env->step_texts({endless, "function(sroa)"}));
  ASSERT_EQ(step.failures.size(), 1u);
  // On a machine so busy that the CPU time is not had within ten times as long,
  // it is the wall clock's limit.
  EXPECT_THAT(step.failures.front(), HasSubstr("killed("));
  EXPECT_EQ(must(env->episode()).actions,
            std::vector<std::string>{"function(sroa)"});
}

TEST(Environment, MemoryIsLimited) {
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "not under AddressSanitizer";
#endif
  const Fixture fixture;
  const auto env =
      fixture.make({.limits = {.memory_bytes = uint64_t{1} << 20}});
  const std::string large =
      benchmark_uri((source_folder() / "tests/modules/parser.ll").string(), {});
  EXPECT_TRUE(fails_with(env->reset(large), ErrorKind::LimitReached,
                         "killed(memory limit)"));
}

TEST(Environment, RefusesWhatItDoesNotKnowByName) {
  const Fixture fixture;
  EXPECT_TRUE(fails_with(make_environment("lvm", {}),
                         ErrorKind::InvalidArgument, "did you mean 'llvm'"));
  EXPECT_TRUE(fails_with(make_environment("llvm", {.reward = "ir-instruction"}),
                         ErrorKind::InvalidArgument,
                         "did you mean 'ir-instructions'"));
  EXPECT_TRUE(
      fails_with(make_environment("llvm", {.observations = {"autophas"}}),
                 ErrorKind::InvalidArgument, "did you mean 'autophase'"));
  EXPECT_TRUE(fails_with(make_environment("llvm", {.action_space = "pass"}),
                         ErrorKind::InvalidArgument, "no action space 'pass'"));
  const auto env = fixture.make();
  EXPECT_TRUE(fails_with(env->step({{0}}), ErrorKind::InvalidArgument,
                         "no episode has begun"));
  EXPECT_TRUE(fails_with(env->reset(""), ErrorKind::InvalidArgument,
                         "needs a benchmark"));
  must(env->reset(fixture.uri));
  EXPECT_TRUE(
      fails_with(env->step({{-1}}), ErrorKind::InvalidArgument, "action -1"));
  const Step step = must(env->step_texts({"function(sroa)", "no-such-pass"}));
  ASSERT_EQ(step.failures.size(), 1u);
  EXPECT_THAT(step.failures.front(), HasSubstr("no-such-pass"));
  EXPECT_EQ(must(env->episode()).actions.size(), 1u);
}

TEST(Environment, AnEpisodeHasARewardInEverySpace) {
  const program::Scratch scratch;
  use_own_worker();
  const std::string uri =
      benchmark_uri(scratch.write("small.c", kSmallProgram).string(), {{"-w"}});
  const auto env = must(make_environment(
      "llvm", {.reward = "ir-instructions", .observations = {}}));
  EXPECT_TRUE(fails_with(env->reward_in("ir-instructions-oz"),
                         ErrorKind::InvalidArgument, "reset"));
  must(env->reset(uri));
  const std::vector<std::string> actions = {"function(sroa<modify-cfg>)",
                                            "globaldce"};
  double sum = 0;
  for (const std::string& action : actions)
    sum += must(env->step_texts({action})).reward;
  EXPECT_EQ(must(env->reward_in("ir-instructions")), sum);
  for (const char* space :
       {"ir-instructions-norm", "ir-instructions-oz", "loaded-bytes-norm"}) {
    const auto own = must(make_environment("llvm", {.reward = space}));
    must(own->reset(uri));
    double expected = 0;
    for (const std::string& action : actions)
      expected += must(own->step_texts({action})).reward;
    EXPECT_NEAR(must(env->reward_in(space)), expected, 1e-12) << space;
    EXPECT_NEAR(must(must(env->fork())->reward_in(space)), expected, 1e-12);
  }
  EXPECT_TRUE(fails_with(env->reward_in("ir-instruction"),
                         ErrorKind::InvalidArgument, "ir-instructions"));
}

}  // namespace hone::env
