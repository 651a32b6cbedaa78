// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/compose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/test_tools.h"

namespace hone::search {
namespace {

using env::Evaluation;
using program::Alternative;
using program::Recipe;
using ::testing::ElementsAre;
using ::testing::Pair;

Alternative with_options(std::vector<std::string> options) {
  return {.late_pipeline = "",
          .attributes = {},
          .codegen_options = std::move(options)};
}

Recipe base_recipe() {
  Recipe recipe = program::stock_recipe();
  recipe.codegen_options = {"-base"};
  recipe.attributes["f"]["frame-pointer"] = "non-leaf";
  return recipe;
}

TEST(Composition, TakesTheSmallestOfEachFunction) {
  Composition composition(base_recipe(),
                          evaluation_of({{"f", 10}, {"g", 20}, {"h", 30}}),
                          /*can_splice=*/true, {});
  composition.add(with_options({"-a"}),
                  evaluation_of({{"f", 12}, {"g", 15}, {"h", 30}}));
  composition.add(with_options({"-b"}),
                  evaluation_of({{"f", 11}, {"g", 16}, {"h", 29}}));
  composition.add(with_options({"-c"}),
                  evaluation_of({{"f", 99}, {"g", 99}, {"h", 99}}));
  const Recipe recipe = composition.recipe();
  EXPECT_EQ(composition.predicted_bytes(), 10u + 15u + 29u);
  // Equal sizes stay with the base, and what nobody takes is not compiled.
  EXPECT_THAT(recipe.alternatives,
              ElementsAre(with_options({"-a"}), with_options({"-b"})));
  EXPECT_THAT(recipe.chosen, ElementsAre(Pair("g", 0), Pair("h", 1)));
  EXPECT_EQ(recipe.attributes, base_recipe().attributes);
  EXPECT_EQ(recipe.codegen_options, base_recipe().codegen_options);
}

TEST(Composition, FunctionsThatAreExceptedKeepWhatTheyHave) {
  Composition composition(base_recipe(), evaluation_of({{"f", 10}, {"g", 20}}),
                          /*can_splice=*/true, {});
  composition.add(with_options({"-a"}), evaluation_of({{"f", 1}, {"g", 1}}),
                  {"g"});
  EXPECT_THAT(composition.recipe().chosen, ElementsAre(Pair("f", 0)));
  EXPECT_EQ(composition.predicted_bytes(), 1u + 20u);
}

TEST(Composition, UnwindAndDataBytesCount) {
  Evaluation base = evaluation_of({{"f", 10}});
  base.sizes.functions[0].unwind = 30;
  Evaluation other = evaluation_of({{"f", 12}});
  other.sizes.functions[0].unwind = 20;
  other.sizes.functions[0].data = 4;
  Composition composition(base_recipe(), base, true, {});
  composition.add(with_options({"-a"}), other);
  EXPECT_EQ(composition.predicted_bytes(), 36u);
  EXPECT_EQ(composition.recipe().chosen.size(), 1u);
}

TEST(Composition, AttributesAloneNeedNoSecondCompile) {
  for (const bool can_splice : {false, true}) {
    Composition composition(
        base_recipe(), evaluation_of({{"f", 10}, {"g", 20}}), can_splice, {});
    Alternative by_attributes = with_options({"-base"});
    by_attributes.attributes["g"]["codegen"] = "optsize";
    by_attributes.attributes["f"]["codegen"] = "speed";
    composition.add(by_attributes, evaluation_of({{"f", 11}, {"g", 15}}));
    const Recipe recipe = composition.recipe();
    EXPECT_TRUE(recipe.alternatives.empty());
    EXPECT_EQ(recipe.attributes.at("g"),
              (program::Attributes{{"codegen", "optsize"}}));
    EXPECT_EQ(recipe.attributes.at("f"),
              (program::Attributes{{"frame-pointer", "non-leaf"}}));
  }
}

TEST(Composition, FunctionWithoutAttributesElsewhereLosesThem) {
  Composition composition(base_recipe(), evaluation_of({{"f", 10}}), true, {});
  composition.add(with_options({"-base"}), evaluation_of({{"f", 9}}));
  EXPECT_FALSE(composition.recipe().attributes.contains("f"));
}

TEST(Composition, WithoutSplicingOptionsStayTheBases) {
  Composition composition(base_recipe(), evaluation_of({{"f", 10}}),
                          /*can_splice=*/false, {});
  composition.add(with_options({"-a"}), evaluation_of({{"f", 5}}));
  Alternative late = with_options({"-base"});
  late.late_pipeline = "function(adce)";
  composition.add(late, evaluation_of({{"f", 4}}));
  EXPECT_EQ(composition.recipe(), base_recipe());
}

TEST(Composition, FailedCompilesAndUnknownFunctionsTeachNothing) {
  Composition composition(base_recipe(), evaluation_of({{"f", 10}}), true, {});
  Evaluation failed = evaluation_of({{"f", 1}});
  failed.outcome = env::Outcome::Crashed;
  composition.add(with_options({"-a"}), failed);
  composition.add(with_options({"-b"}), evaluation_of({{"new", 1}}));
  EXPECT_EQ(composition.recipe(), base_recipe());
  EXPECT_EQ(composition.predicted_bytes(), 10u);
}

TEST(Composition, FrozenFunctionsKeepTheirCode) {
  Composition composition(base_recipe(), evaluation_of({{"f", 10}, {"g", 20}}),
                          true, {"g"});
  composition.add(with_options({"-a"}), evaluation_of({{"f", 9}, {"g", 1}}));
  EXPECT_THAT(composition.recipe().chosen, ElementsAre(Pair("f", 0)));
}

// --- The whole step ---------------------------------------------------------

// Bytes of three functions under options of the code generator.
Sizes plain_sizes(const std::vector<std::string>& options) {
  Sizes sizes = {{"f", 100}, {"g", 100}, {"h", 100}};
  for (const std::string& option : options) {
    if (option == "-a") sizes["f"] -= 30, sizes["g"] += 10;
    if (option == "-b") sizes["g"] -= 25, sizes["h"] += 40;
    if (option == "-c") sizes["h"] -= 5, sizes["f"] -= 1;
  }
  return sizes;
}

Evaluation compiled(const Recipe& recipe) {
  Sizes sizes = plain_sizes(recipe.codegen_options);
  for (const auto& [function, index] : recipe.chosen)
    sizes[function] =
        plain_sizes(recipe.alternatives[index].codegen_options)[function];
  return evaluation_of(sizes);
}

Space space_of(std::vector<std::vector<std::string>> options) {
  Space space;
  for (std::vector<std::string>& each : options)
    space.variants.push_back({.codegen_options = std::move(each)});
  return space;
}

TEST(Compose, FindsTheSumOfTheBestParts) {
  FakeEvaluator evaluator(compiled);
  Trial trial(evaluator, env::Objective::LoadedBytes,
              compiled(program::stock_recipe()), {.compiles = 10}, 1, {}, {});
  const Recipe recipe = compose(trial, space_of({{"-a"}, {"-b"}, {"-c"}}),
                                program::stock_recipe());
  EXPECT_EQ(trial.cost(compiled(recipe)), 70 + 75 + 95);
  EXPECT_EQ(trial.best(), recipe);
  // Three variants and the composition; the base was known.
  EXPECT_EQ(trial.compiles(), 4);
}

TEST(Compose, LoopsDoNotTakeWhatIsSlowInThem) {
  const auto looping = [](const Recipe& recipe) {
    Evaluation evaluation = compiled(recipe);
    for (program::FunctionFacts& function : evaluation.functions)
      function.has_loop = function.name == "g";
    return evaluation;
  };
  FakeEvaluator evaluator(looping);
  Trial trial(evaluator, env::Objective::LoadedBytes,
              looping(program::stock_recipe()), {.compiles = 10}, 1, {}, {});
  Space space = space_of({{"-a"}, {"-b"}, {"-c"}});
  space.variants[1].slow_in_loops = true;
  space.variants[2].slow_in_loops = true;
  const Recipe recipe = compose(trial, space, program::stock_recipe());
  EXPECT_EQ(trial.cost(compiled(recipe)), 70 + 100 + 95);
}

TEST(Compose, NeverReturnsWorseThanTheBase) {
  // The sum of the best parts promises less than the object that results.
  FakeEvaluator evaluator([](const Recipe& recipe) {
    Evaluation evaluation = compiled(recipe);
    if (!recipe.chosen.empty()) evaluation.sizes.sections[0].bytes += 500;
    return evaluation;
  });
  Trial trial(evaluator, env::Objective::LoadedBytes,
              compiled(program::stock_recipe()), {.compiles = 10}, 1, {}, {});
  const Recipe recipe =
      compose(trial, space_of({{"-b"}, {"-c"}}), program::stock_recipe());
  EXPECT_TRUE(recipe.chosen.empty());
  EXPECT_LE(trial.cost(compiled(recipe)), 300);
}

TEST(Compose, KeepsTheLastCompileForTheComposition) {
  for (int64_t budget = 1; budget < 6; ++budget) {
    FakeEvaluator evaluator(compiled);
    Trial trial(evaluator, env::Objective::LoadedBytes,
                compiled(program::stock_recipe()), {.compiles = budget}, 1, {},
                {});
    (void)compose(trial, space_of({{"-a"}, {"-b"}, {"-c"}}),
                  program::stock_recipe());
    EXPECT_LE(trial.compiles(), budget);
    if (budget < 2) continue;
    EXPECT_FALSE(evaluator.asked.back().chosen.empty()) << budget;
  }
}

TEST(Compose, BaseThatFailsIsReturnedAsItIs) {
  FakeEvaluator evaluator([](const Recipe&) {
    return Evaluation{.outcome = env::Outcome::Crashed};
  });
  Trial trial(evaluator, env::Objective::LoadedBytes,
              compiled(program::stock_recipe()), {.compiles = 10}, 1, {}, {});
  EXPECT_EQ(compose(trial, space_of({{"-a"}}), base_recipe()), base_recipe());
  EXPECT_EQ(trial.compiles(), 1);
}

}  // namespace
}  // namespace hone::search
