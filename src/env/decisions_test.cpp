// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environments whose state is a list of decisions: `inliner`, `loops` and
// `pipelines`.
#include <gmock/gmock.h>

#include "base/random.h"
#include "env/environment.h"
#include "env/test_tools.h"

namespace hone::env {

namespace {

using program::fails_with;
using program::must;
using program::Scratch;
using ::testing::HasSubstr;

std::string module_uri(std::string_view name) {
  return benchmark_uri((source_folder() / "tests/modules" / name).string(), {});
}

std::unique_ptr<Environment> make(std::string_view name,
                                  EnvironmentOptions options = {}) {
  use_own_worker();
  return must(make_environment(name, std::move(options)));
}

std::string state_of(Environment& env) {
  return std::get<std::string>(must(env.observe("state")));
}

std::vector<int64_t> box_of(Environment& env, std::string_view space) {
  return std::get<std::vector<int64_t>>(must(env.observe(space)));
}

// What the environment `llvm` makes of the pipeline.
std::string stock_state(const std::string& uri, std::string_view pipeline) {
  const auto env = make("llvm");
  must(env->reset(uri));
  must(env->step_texts({std::string(pipeline)}));
  return state_of(*env);
}

// Random decisions until the end; what was forked on the way is no matter.
void decide_randomly(Environment& env, Random& random, int most = 1000) {
  for (bool done = false; !done && most > 0; --most) {
    const auto action =
        static_cast<int64_t>(random.below(env.actions().size()));
    if (random.chance(0.05)) (void)must(env.fork());
    done = must(env.step({{action}})).done;
  }
}

}  // namespace

TEST(Inliner, AlwaysStockGivesExactlyTheStockResult) {
  int sites = 0;
  for (const std::string_view name :
       {"parser.ll", "calls.ll", "recursion.ll"}) {
    const std::string uri = module_uri(name);
    const std::string stock = stock_state(uri, "default<Oz>");
    const auto env = make("inliner", {.reward = "ir-instructions"});
    Step step = must(env->reset(uri));
    EXPECT_EQ(state_of(*env), stock) << name;
    for (; !step.done; ++sites) {
      step = must(env->step_texts({"stock"}));
      EXPECT_EQ(step.reward, 0);
    }
    EXPECT_EQ(state_of(*env), stock) << name;
    // The same where the words are the heuristic's own.
    step = must(env->reset(uri));
    while (!step.done)
      step = must(env->step_texts(
          {box_of(*env, "call-site").back() == 1 ? "inline" : "keep"}));
    EXPECT_EQ(state_of(*env), stock) << name;
  }
  EXPECT_GT(sites, 20);
}

TEST(Inliner, DecisionsChangeTheResultAndAreRewarded) {
  const auto env = make("inliner", {.action_space = "inline-or-not",
                                    .reward = "ir-instructions"});
  Step step = must(env->reset(module_uri("parser.ll")));
  const auto stock = std::get<int64_t>(must(env->observe("ir-instructions")));
  double sum = 0;
  while (!step.done) {
    step = must(env->step({{0}}));
    sum += step.reward;
  }
  const auto kept = std::get<int64_t>(must(env->observe("ir-instructions")));
  EXPECT_NE(kept, stock);
  EXPECT_EQ(sum, static_cast<double>(stock - kept));
  const Step more = must(env->step({{0}}));
  ASSERT_EQ(more.failures.size(), 1u);
  EXPECT_THAT(more.failures.front(), HasSubstr("have been decided"));
  EXPECT_TRUE(more.done);
}

TEST(Inliner, TellsWhatIsToBeDecided) {
  const auto env = make("inliner", {.observations = {"call-site"}});
  const Step first = must(env->reset(module_uri("parser.ll")));
  const auto names = must(parse_json(
      std::get<std::string>(must(env->observe("call-site-names"))), "names"));
  EXPECT_EQ(names["number"], 0);
  EXPECT_NE(names["caller"], names["callee"]);
  const auto features =
      std::get<std::vector<int64_t>>(first.observations.front());
  EXPECT_EQ(features, box_of(*env, "call-site"));
  EXPECT_EQ(names["stock"], features.back() == 1 ? "inline" : "keep");
}

TEST(Loops, StockChoicesGiveExactlyTheStockResult) {
  const std::string uri = module_uri("loops.ll");
  const auto env = make("loops", {.reward = "loaded-bytes"});
  Step step = must(env->reset(uri));
  // For speed: as a front end at -O3 would have written it.
  const Scratch scratch;
  std::string text =
      must(read_file(source_folder() / "tests/modules/loops.ll"));
  for (const std::string_view word : {" minsize", " optsize"})
    for (size_t at = text.find(word); at != std::string::npos;
         at = text.find(word))
      text.erase(at, word.size());
  const std::string stock =
      stock_state(benchmark_uri(scratch.write("loops.ll", text).string(), {}),
                  "default<O3>");
  EXPECT_EQ(state_of(*env), stock);
  while (!step.done) step = must(env->step({{0}}));
  EXPECT_EQ(must(env->episode()).actions.front(), "stock");
  EXPECT_EQ(state_of(*env), stock);
}

TEST(Loops, AChoiceIsWhatThePragmaDoes) {
  const Scratch scratch;
  constexpr std::string_view kLoop =
      "\nfor (int i = 0; i < n; ++i) a[i] += b[i]; }\n";
  const std::string head = "void add(float *a, const float *b, int n) {";
  const std::string plain = benchmark_uri(
      scratch.write("plain.c", fmt::format("{}{}", head, kLoop)).string(),
      {{"-O3"}});
  const std::string said = benchmark_uri(
      scratch
          .write("said.c",
                 fmt::format("{}\n#pragma clang loop vectorize_width(8) "
                             "unroll_count(2){}",
                             head, kLoop))
          .string(),
      {{"-O3"}});
  const auto env = make("loops", {.reward = "loaded-bytes-norm"});
  must(env->reset(plain));
  const Step step = must(env->step_texts({"width=8;unroll=2"}));
  EXPECT_TRUE(step.done);
  EXPECT_NE(step.reward, 0);
  const Value ours = must(env->observe("section-bytes"));
  const std::string code = std::get<std::string>(must(env->observe("ir")));
  must(env->reset(said));
  EXPECT_EQ(ours, must(env->observe("section-bytes")));
  const auto body = [](const std::string& text) {
    return text.substr(text.find("define"));
  };
  EXPECT_TRUE(body(code) ==
              body(std::get<std::string>(must(env->observe("ir")))));
}

TEST(Pipelines, EditsAreTakenUndoneByTheirOppositesOrRefused) {
  const std::string uri = module_uri("switches.ll");
  const auto env = make("pipelines", {.reward = "ir-instructions"});
  must(env->reset(uri));
  const std::string begun = state_of(*env);
  const auto text = std::get<std::string>(must(env->observe("pipeline")));
  EXPECT_EQ(begun, stock_state(uri, text));
  must(env->step_texts({"insert@3:gvn"}));
  EXPECT_NE(std::get<std::string>(must(env->observe("pipeline"))), text);
  must(env->step_texts({"remove@3"}));
  EXPECT_EQ(std::get<std::string>(must(env->observe("pipeline"))), text);
  EXPECT_EQ(state_of(*env), begun);
  const Step refused = must(env->step_texts({"parameters@0:no-such"}));
  EXPECT_EQ(refused.failures.size(), 1u);
  EXPECT_EQ(std::get<std::string>(must(env->observe("pipeline"))), text);
}

TEST(Decisions, EpisodesReplayAndForksGoTheirOwnWays) {
  Random random(7);
  for (const auto& [name, module] :
       {std::pair{"inliner", "parser.ll"}, std::pair{"loops", "loops.ll"},
        std::pair{"pipelines", "switches.ll"}}) {
    const auto env = make(name, {.reward = "ir-instructions-norm"});
    must(env->reset(module_uri(module)));
    decide_randomly(*env, random, 3);
    const auto fork = must(env->fork());
    EXPECT_EQ(state_of(*fork), state_of(*env));
    decide_randomly(*fork, random, 8);
    decide_randomly(*env, random, 25);
    for (Environment* one : {env.get(), fork.get()}) {
      const Episode episode = must(one->episode());
      const Validation found =
          must(validate(must(parse_episode(to_text(episode))), {}));
      EXPECT_TRUE(found.ok()) << to_text(episode) << "\n"
                              << to_text(found.found);
    }
  }
}

TEST(Decisions, TheirWordsAreTheirEnvironmentsAlone) {
  EXPECT_TRUE(
      fails_with(make_environment("loops", {.reward = "ir-instructions-oz"}),
                 ErrorKind::InvalidArgument, "'loops' has no reward"));
  EXPECT_TRUE(
      fails_with(make_environment("llvm", {.observations = {"call-site"}}),
                 ErrorKind::InvalidArgument, "has no observation"));
  EXPECT_TRUE(
      fails_with(make_environment("inliner", {.action_space = "passes"}),
                 ErrorKind::InvalidArgument, "has no action space"));
  const auto env = make("inliner");
  must(env->reset(module_uri("parser.ll")));
  const Step step = must(env->step_texts({"function(sroa)"}));
  ASSERT_EQ(step.failures.size(), 1u);
  EXPECT_THAT(step.failures.front(), HasSubstr("no decision about a call"));
}

}  // namespace hone::env
