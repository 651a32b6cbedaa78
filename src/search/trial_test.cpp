// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "search/test_tools.h"

namespace hone::search {
namespace {

using env::Evaluation;
using env::Objective;
using env::Outcome;
using program::Recipe;
using ::testing::ElementsAre;

// A recipe whose made-up size is its number; below zero it fails.
Recipe numbered(int number) {
  return {.stages = {{"pass" + std::to_string(number)}}};
}

Evaluation judged(const Recipe& recipe) {
  const int number = std::atoi(recipe.stages.front().pipeline.c_str() + 4);
  if (number < 0) return {.outcome = Outcome::Crashed, .failure = "crashed"};
  return evaluation_of({{"f", static_cast<uint64_t>(number)}});
}

class TrialTest : public ::testing::Test {
 protected:
  Trial& make(Limits limits, Observer observer = {},
              Objective objective = Objective::LoadedBytes) {
    return trial_.emplace(evaluator_, objective, evaluation_of({{"f", 100}}),
                          limits, /*seed=*/1, stop_.get_token(),
                          std::move(observer));
  }
  std::vector<int64_t> costs(const std::vector<Evaluation>& evaluations) {
    std::vector<int64_t> found;
    for (const Evaluation& evaluation : evaluations)
      found.push_back(evaluation.ok() ? trial_->cost(evaluation) : -1);
    return found;
  }

  FakeEvaluator evaluator_{judged};
  std::stop_source stop_;
  std::optional<Trial> trial_;
};

TEST_F(TrialTest, AnswersComeInTheOrderOfTheQuestions) {
  Trial& trial = make({.compiles = 100});
  const std::vector<Recipe> recipes = {
      numbered(7), numbered(5),  program::stock_recipe(),
      numbered(7), numbered(-1), numbered(9)};
  EXPECT_THAT(costs(trial.evaluate(recipes, "some")),
              ElementsAre(7, 5, 100, 7, -1, 9));
}

TEST_F(TrialTest, WhatWasAskedBeforeCostsNothing) {
  Trial& trial = make({.compiles = 100});
  (void)trial.evaluate(std::vector{numbered(7), numbered(5), numbered(7)}, "");
  EXPECT_EQ(trial.compiles(), 2);
  (void)trial.evaluate_one(numbered(5), "");
  (void)trial.evaluate_one(program::stock_recipe(), "");
  EXPECT_EQ(trial.compiles(), 2);
  EXPECT_EQ(trial.remaining(), 98);
  EXPECT_EQ(evaluator_.asked.size(), 2u);
}

TEST_F(TrialTest, BudgetEndsInTheMiddleOfAQuestion) {
  Trial& trial = make({.compiles = 3});
  std::vector<Recipe> recipes;
  for (int i = 1; i <= 20; ++i) recipes.push_back(numbered(i));
  EXPECT_EQ(trial.evaluate(recipes, "").size(), 3u);
  EXPECT_EQ(trial.compiles(), 3);
  EXPECT_EQ(evaluator_.asked.size(), 3u);
  EXPECT_TRUE(trial.exhausted());
  EXPECT_EQ(trial.stop_reason(), StopReason::Budget);
  const Evaluation none = trial.evaluate_one(numbered(77), "");
  EXPECT_EQ(none.outcome, Outcome::Killed);
  EXPECT_EQ(none.failure, "budget");
  EXPECT_EQ(trial.compiles(), 3);
}

TEST_F(TrialTest, FailuresAreCompilesToo) {
  Trial& trial = make({.compiles = 2});
  EXPECT_EQ(trial.evaluate_one(numbered(-1), "").outcome, Outcome::Crashed);
  EXPECT_EQ(trial.evaluate_one(numbered(-2), "").outcome, Outcome::Crashed);
  EXPECT_TRUE(trial.exhausted());
  EXPECT_EQ(trial.best(), program::stock_recipe());
}

// --- Prices of compositions -------------------------------------------------

Recipe composition(int stages, std::vector<std::string> options) {
  Recipe recipe = numbered(stages);
  for (const std::string& option : options) {
    recipe.chosen["f" + option] = recipe.alternatives.size();
    recipe.alternatives.push_back(
        {.late_pipeline = "", .attributes = {}, .codegen_options = {option}});
  }
  return recipe;
}

TEST_F(TrialTest, CompositionOfMeasuredPartsCostsOneCompile) {
  Trial& trial = make({.compiles = 100});
  const Recipe composed = composition(5, {"-a", "-b"});
  (void)trial.evaluate_one(numbered(5), "");
  for (const program::Alternative& part : composed.alternatives)
    (void)trial.evaluate_one(program::recipe_of(composed, part), "");
  EXPECT_EQ(trial.compiles(), 3);
  (void)trial.evaluate_one(composed, "");
  EXPECT_EQ(trial.compiles(), 4);
}

TEST_F(TrialTest, CompositionOnNewStagesCostsEachOfItsParts) {
  Trial& trial = make({.compiles = 100});
  (void)trial.evaluate_one(composition(5, {"-a", "-b"}), "");
  EXPECT_EQ(trial.compiles(), 3);
  // Its parts are known from now on, alone and in other compositions.
  (void)trial.evaluate_one(composition(5, {"-a"}), "");
  EXPECT_EQ(trial.compiles(), 4);
  (void)trial.evaluate_one(composition(5, {"-a", "-c"}), "");
  EXPECT_EQ(trial.compiles(), 5);
  (void)trial.evaluate_one(composition(6, {"-a"}), "");
  EXPECT_EQ(trial.compiles(), 7);
}

TEST_F(TrialTest, CompositionThatIsTooDearIsNotCompiled) {
  Trial& trial = make({.compiles = 2});
  EXPECT_EQ(trial.evaluate_one(composition(5, {"-a", "-b"}), "").outcome,
            Outcome::Killed);
  EXPECT_EQ(trial.compiles(), 0);
  EXPECT_TRUE(evaluator_.asked.empty());
  // What comes before it in one question is.
  EXPECT_EQ(trial
                .evaluate(std::vector{numbered(3), composition(5, {"-a", "-b"}),
                                      numbered(4)},
                          "")
                .size(),
            1u);
  EXPECT_EQ(trial.compiles(), 1);
}

TEST_F(TrialTest, BudgetIsNeverExceeded) {
  for (int64_t budget = 0; budget < 12; ++budget) {
    evaluator_.asked.clear();
    Trial& trial = make({.compiles = budget});
    std::vector<Recipe> recipes;
    for (int i = 1; i < 6; ++i) {
      recipes.push_back(composition(i, {"-a", "-b"}));
      recipes.push_back(numbered(i));
      recipes.push_back(numbered(i + 50));
    }
    for (int round = 0; round < 3; ++round) (void)trial.evaluate(recipes, "");
    EXPECT_LE(trial.compiles(), budget);
  }
}

// --- What it keeps ----------------------------------------------------------

TEST_F(TrialTest, BestIsTheFirstOfTheSmallest) {
  Trial& trial = make({.compiles = 100});
  (void)trial.evaluate_one(numbered(120), "");
  EXPECT_EQ(trial.best(), program::stock_recipe());
  EXPECT_EQ(trial.best_cost(), 100);
  (void)trial.evaluate(
      std::vector{numbered(90), numbered(80), numbered(-1), numbered(85)}, "");
  EXPECT_EQ(trial.best(), numbered(80));
  EXPECT_EQ(trial.best_cost(), 80);
  Recipe equal = numbered(80);
  equal.pass_options = {"-other"};
  (void)trial.evaluate_one(equal, "");
  EXPECT_EQ(trial.best(), numbered(80));
}

TEST_F(TrialTest, FinalistsAreBetterThanStockAndInOrder) {
  Trial& trial = make({.compiles = 1000});
  (void)trial.evaluate(std::vector{numbered(90), numbered(100), numbered(80),
                                   numbered(-1), numbered(150), numbered(85)},
                       "");
  EXPECT_THAT(trial.finalists(10),
              ElementsAre(numbered(80), numbered(85), numbered(90)));
  EXPECT_THAT(trial.finalists(2), ElementsAre(numbered(80), numbered(85)));
  EXPECT_TRUE(trial.finalists(0).empty());
  // The best remain where there are very many.
  std::vector<Recipe> many;
  for (int i = 79; i > 0; --i) many.push_back(numbered(i));
  (void)trial.evaluate(many, "");
  EXPECT_EQ(trial.finalists(1000).size(), 64u);
  EXPECT_EQ(trial.finalists(1).front(), numbered(1));
}

TEST_F(TrialTest, WhatIsNotAdmittedTeachesButDoesNotWin) {
  Trial& trial = make({.compiles = 100});
  trial.admit_only([](const Recipe& recipe) {
    return recipe.stages.front().pipeline != "pass10";
  });
  EXPECT_THAT(
      costs(trial.evaluate(std::vector{numbered(10), numbered(50)}, "")),
      ElementsAre(10, 50));
  EXPECT_EQ(trial.best(), numbered(50));
  EXPECT_THAT(trial.finalists(5), ElementsAre(numbered(50)));
}

TEST_F(TrialTest, ObjectiveMayBeInstructions) {
  Trial& trial = make({.compiles = 10}, {}, Objective::Instructions);
  EXPECT_EQ(trial.best_cost(), 25);
  (void)trial.evaluate_one(numbered(40), "");
  EXPECT_EQ(trial.best_cost(), 10);
}

// --- How it ends ------------------------------------------------------------

TEST_F(TrialTest, StopRequestEndsIt) {
  Trial& trial = make({.compiles = 100});
  EXPECT_EQ(trial.stop_reason(), StopReason::Finished);
  (void)trial.evaluate_one(numbered(50), "");
  stop_.request_stop();
  EXPECT_TRUE(trial.exhausted());
  EXPECT_EQ(trial.stop_reason(), StopReason::Interrupted);
  EXPECT_TRUE(trial.evaluate(std::vector{numbered(1)}, "").empty());
  // What was found stays.
  EXPECT_EQ(trial.best(), numbered(50));
}

TEST_F(TrialTest, AnswersAfterAStopRequestAreNotTrusted) {
  FakeEvaluator stopping([this](const Recipe&) {
    stop_.request_stop();
    return Evaluation{.outcome = Outcome::Killed, .failure = "interrupted"};
  });
  Trial trial(stopping, Objective::LoadedBytes, evaluation_of({{"f", 100}}),
              {.compiles = 10}, 1, stop_.get_token(), {});
  EXPECT_TRUE(trial.evaluate(std::vector{numbered(1)}, "").empty());
  EXPECT_EQ(trial.compiles(), 0);
}

TEST_F(TrialTest, TimeLimitEndsItBetweenTheEvaluations) {
  FakeEvaluator slow([](const Recipe& recipe) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return judged(recipe);
  });
  Trial trial(slow, Objective::LoadedBytes, evaluation_of({{"f", 1000}}),
              {.compiles = 1'000'000, .seconds = 0.1}, 1, {}, {});
  std::vector<Recipe> recipes;
  for (int i = 1; i < 1000; ++i) recipes.push_back(numbered(i));
  const size_t answered = trial.evaluate(recipes, "").size();
  EXPECT_GT(answered, 0u);
  // One slice of eight may begin just before the end.
  EXPECT_LT(answered, 30u);
  EXPECT_EQ(trial.stop_reason(), StopReason::Time);
  Trial none(slow, Objective::LoadedBytes, evaluation_of({{"f", 1000}}),
             {.seconds = 0}, 1, {}, {});
  EXPECT_TRUE(none.evaluate(recipes, "").empty());
}

TEST_F(TrialTest, ObserverSeesEveryCompile) {
  struct Row {
    int64_t compile, cost, best;
    bool improved;
    std::string label;
    bool operator==(const Row&) const = default;
  };
  std::vector<Row> rows;
  Trial& trial = make({.compiles = 100}, [&](const Step& step) {
    ASSERT_NE(step.recipe, nullptr);
    ASSERT_NE(step.evaluation, nullptr);
    EXPECT_EQ(step.stock, 100);
    EXPECT_GE(step.seconds, 0);
    rows.push_back(
        {step.compile, step.cost, step.best, step.improved, step.label});
  });
  (void)trial.evaluate(std::vector{numbered(90), numbered(95)}, "first");
  (void)trial.evaluate(std::vector{numbered(90), numbered(-1)}, "second");
  (void)trial.evaluate_one(composition(80, {"-a"}), "third");
  EXPECT_THAT(rows, ElementsAre(Row{1, 90, 90, true, "first"},
                                Row{2, 95, 90, false, "first"},
                                Row{3, 0, 90, false, "second"},
                                Row{5, 80, 80, true, "third"}));
}

TEST_F(TrialTest, SameSeedDrawsTheSameNumbers) {
  Trial& trial = make({.compiles = 1});
  const uint64_t first = trial.random().next();
  EXPECT_EQ(make({.compiles = 1}).random().next(), first);
}

}  // namespace
}  // namespace hone::search
