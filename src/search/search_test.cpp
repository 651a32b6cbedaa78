// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The strategies on a small module, with the real compiler.
#include "search/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "env/test_tools.h"
#include "search/moves.h"
#include "search/test_tools.h"

namespace hone::search {

// For the names of the cases.
static void PrintTo(const SearchInfo& info, std::ostream* to) {
  *to << info.name;
}

namespace {

using program::must;
using program::Recipe;
using program::Scratch;
using ::testing::HasSubstr;

std::string stock_pipeline_text(const Scratch& scratch) {
  scratch.write("empty.ll", "");
  std::string text(trim(scratch.run_well(
      {program::tools().opt, "-passes=default<Oz>", "-print-pipeline-passes",
       "-disable-output", "empty.ll"})));
  constexpr std::string_view kVerify = ",verify";
  if (text.ends_with(kVerify)) text.resize(text.size() - kVerify.size());
  return text;
}

struct Found {
  std::vector<std::string> trace;
  int64_t compiles = 0;
  int64_t best = 0;
  int64_t stock = 0;
  StopReason reason = StopReason::Finished;
};

Found run_search(const SearchInfo& search, Limits limits, int jobs,
                 store::Store* store = nullptr) {
  const Scratch scratch;
  const std::unique_ptr<env::Session> session = env::open_session(
      env::make_subject(scratch), {.jobs = jobs, .store = store});
  const Space space =
      must(make_space(session->subject(), session->stock(),
                      program::Tier::Stable, stock_pipeline_text(scratch)));
  Found run;
  Trial trial(*session, env::Objective::LoadedBytes, session->stock(), limits,
              /*seed=*/7, {}, [&](const Step& step) {
                run.trace.push_back(
                    fmt::format("{} {} {} {} {} {}", step.compile, step.label,
                                program::recipe_key(*step.recipe).hex(),
                                step.cost, step.best, step.improved));
              });
  search.run(trial, space);
  run.compiles = trial.compiles();
  run.best = trial.best_cost();
  run.stock = trial.cost(trial.stock());
  run.reason = trial.stop_reason();
  return run;
}

class EverySearch : public ::testing::TestWithParam<SearchInfo> {};

TEST_P(EverySearch, RepeatsForTheSameSeedWithinItsBudget) {
  constexpr int64_t kBudget = 12;
  const Found one = run_search(GetParam(), {.compiles = kBudget}, 1);
  EXPECT_LE(one.best, one.stock);
  EXPECT_LE(one.compiles, kBudget);
  EXPECT_GT(one.trace.size(), 0u);
  // With more workers, too.
  const Found two = run_search(GetParam(), {.compiles = kBudget}, 2);
  EXPECT_EQ(two.trace, one.trace);
  EXPECT_EQ(two.best, one.best);
}

TEST_P(EverySearch, RepeatsFromTheStore) {
  store::Store store = must(store::Store::open(":memory:"));
  const Found first = run_search(GetParam(), {.compiles = 5}, 2, &store);
  const Found second = run_search(GetParam(), {.compiles = 5}, 2, &store);
  EXPECT_EQ(second.trace, first.trace);
  EXPECT_EQ(second.compiles, first.compiles);
}

// Sizes made up of the recipe's text: the strategy has to keep to its budget
// and to end, whatever it is told.
TEST_P(EverySearch, KeepsToAnyBudgetWhateverItIsTold) {
  const Scratch scratch;
  const std::string text = stock_pipeline_text(scratch);
  for (const int64_t budget : {0, 1, 2, 3, 7, 40, 150}) {
    FakeEvaluator evaluator([](const Recipe& recipe) {
      const uint64_t hash = program::recipe_key(recipe).low;
      if (hash % 7 == 0)
        return env::Evaluation{.outcome = env::Outcome::Crashed};
      return evaluation_of({{"f", 90 + hash % 21}, {"g", 45 + hash % 11}});
    });
    evaluator.subject().functions = {
        {.name = "f", .instructions = 40},
        {.name = "g", .instructions = 20, .local = true, .callers = 2}};
    const env::Evaluation stock = evaluation_of({{"f", 100}, {"g", 50}});
    const Space space = must(make_space(std::as_const(evaluator).subject(),
                                        stock, program::Tier::Stable, text));
    Trial trial(evaluator, env::Objective::LoadedBytes, stock,
                {.compiles = budget}, 3, {}, {});
    GetParam().run(trial, space);
    EXPECT_LE(trial.compiles(), budget);
    EXPECT_LE(trial.best_cost(), 150);
  }
}

TEST_P(EverySearch, EndsAtItsTime) {
  const Scratch scratch;
  FakeEvaluator evaluator([](const Recipe& recipe) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return evaluation_of({{"f", 90 + program::recipe_key(recipe).low % 21}});
  });
  evaluator.subject().functions = {
      {.name = "f", .instructions = 40, .local = true, .callers = 1}};
  const env::Evaluation stock = evaluation_of({{"f", 100}});
  const Space space =
      must(make_space(std::as_const(evaluator).subject(), stock,
                      program::Tier::Stable, stock_pipeline_text(scratch)));
  Trial trial(evaluator, env::Objective::LoadedBytes, stock, {.seconds = 0.1},
              3, {}, {});
  const auto begin = std::chrono::steady_clock::now();
  GetParam().run(trial, space);
  const std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - begin;
  // A slice may be under way when the time is up.
  EXPECT_LT(passed.count(), 5);
  EXPECT_THAT(trial.stop_reason(),
              ::testing::AnyOf(StopReason::Time, StopReason::Finished));
}

INSTANTIATE_TEST_SUITE_P(Searches, EverySearch,
                         ::testing::ValuesIn(searches().begin(),
                                             searches().end()),
                         [](const auto& info) {
                           std::string name(info.param.name);
                           std::erase(name, '-');
                           return name;
                         });

TEST(Searches, AreFoundByName) {
  EXPECT_EQ(must(find_search("default"))->name, "default");
  EXPECT_TRUE(program::fails_with(find_search("defualt"),
                                  ErrorKind::InvalidArgument,
                                  "did you mean 'default'?"));
  EXPECT_TRUE(program::fails_with(find_search("zzz"),
                                  ErrorKind::InvalidArgument,
                                  "expected one of default, greedy"));
}

TEST(Searches, DefaultGainsOnAProgram) {
  const Found run =
      run_search(*must(find_search("default")), {.compiles = 12}, 2);
  EXPECT_LT(run.best, run.stock);
}

// --- Moves ------------------------------------------------------------------

TEST(Moves, ChangeWhatTheySay) {
  Recipe recipe;
  recipe.stages = {{"function(gvn<>,licm,gvn<>),a"}};
  const auto text = [&](Move move) {
    return with_move(recipe, move).stages.front().pipeline;
  };
  EXPECT_EQ(text({MoveKind::Drop, "gvn", ""}), "function(licm),a");
  EXPECT_EQ(text({MoveKind::Drop, "none", ""}), recipe.stages[0].pipeline);
  EXPECT_EQ(text({MoveKind::Prefix, "default<Os>", ""}),
            "default<Os>,function(gvn<>,licm,gvn<>),a");
  EXPECT_EQ(text({MoveKind::Replace, "gvn<>", "gvn<no-pre>"}),
            "function(gvn<no-pre>,licm,gvn<no-pre>),a");
  EXPECT_EQ(text({MoveKind::Unreplace, "adce", "licm"}),
            "function(gvn<>,adce,gvn<>),a");
  EXPECT_EQ(with_move(recipe, {MoveKind::Inline, "f", "never"})
                .early_attributes.at("f")
                .at("inline"),
            "never");
  const Recipe with_option = with_move(
      recipe, {MoveKind::Option, "inline-threshold", "-inline-threshold=25"});
  EXPECT_THAT(with_option.pass_options,
              ::testing::ElementsAre("-inline-threshold=25"));
  EXPECT_EQ(with_move(with_option, {MoveKind::WithoutOption, "inline-threshold",
                                    "-inline-threshold=25"}),
            recipe);
  EXPECT_EQ(with_move({}, {MoveKind::Drop, "gvn", ""}), Recipe());
}

TEST(Moves, OfferInliningWhereItIsSafeAndPossible) {
  env::Subject subject;
  subject.functions = {
      {.name = "called", .instructions = 30, .local = true, .callers = 2},
      {.name = "gone", .instructions = 10, .local = true, .callers = 1},
      {.name = "nobody", .instructions = 30},
      {.name = "must",
       .instructions = 30,
       .callers = 1,
       .unsafe_attributes = {"inline=never", "inline=always"}}};
  env::Evaluation state;
  state.functions = {{.name = "called"}, {.name = "nobody"}, {.name = "must"}};
  std::vector<std::string> labels;
  for (const Move& move : moves_for(subject, state))
    if (move.kind == MoveKind::Inline) labels.push_back(move.label());
  EXPECT_THAT(labels, ::testing::UnorderedElementsAre("inline called=never",
                                                      "inline called=always",
                                                      "inline gone=never"));
}

TEST(Moves, WhatHelpsIsKept) {
  // Each of two moves saves, and both together more.
  FakeEvaluator evaluator([](const Recipe& recipe) {
    const std::string& text = recipe.stages.front().pipeline;
    uint64_t bytes = 100;
    if (text.find("a") == std::string::npos) bytes -= 10;
    if (text.find("b") == std::string::npos) bytes -= 7;
    if (text.find("c") == std::string::npos) bytes += 5;
    return evaluation_of({{"f", bytes}});
  });
  Trial trial(evaluator, env::Objective::LoadedBytes,
              evaluation_of({{"f", 100}}), {.compiles = 50}, 1, {}, {});
  const Recipe base = {.stages = {{"x,a,b,c"}}};
  const Recipe moved = make_moves(trial,
                                  {{MoveKind::Drop, "a", ""},
                                   {MoveKind::Drop, "b", ""},
                                   {MoveKind::Drop, "c", ""}},
                                  base, 40);
  EXPECT_EQ(moved.stages.front().pipeline, "x,c");
}

}  // namespace
}  // namespace hone::search
