// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/recipe_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::toolkit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kStock =
    "globalopt,function<eager-inv>(sroa<modify-cfg>,early-cse<>,"
    "loop(loop-rotate<no-header-duplication>,indvars)),globaldce";

std::vector<RecipePart> parts_of(const program::Recipe& recipe) {
  return recipe_parts(recipe, *program::parse_pipeline(kStock), "Oz");
}

program::Recipe with_passes(std::string pipeline) {
  program::Recipe recipe = program::stock_recipe();
  recipe.stages.front().pipeline = std::move(pipeline);
  return recipe;
}

// "text -> pipeline without it" of the parts about single passes.
std::vector<std::string> pass_parts(const program::Recipe& recipe) {
  std::vector<std::string> list;
  for (const RecipePart& part : parts_of(recipe))
    if (part.kind == "pass" && part.text != "all changes of passes")
      list.push_back(part.text + " -> " + part.without.stages.front().pipeline);
  return list;
}

TEST(RecipeParts, StockHasNone) {
  EXPECT_THAT(parts_of(program::stock_recipe()), IsEmpty());
}

TEST(RecipeParts, EachOptionIsOne) {
  program::Recipe recipe = program::stock_recipe();
  recipe.pass_options = {"-a=1", "-b"};
  recipe.codegen_options = {"-c"};
  const auto parts = parts_of(recipe);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].kind, "pass option");
  EXPECT_EQ(parts[0].text, "-a=1");
  EXPECT_THAT(parts[0].without.pass_options, ElementsAre("-b"));
  EXPECT_EQ(parts[2].kind, "codegen option");
  EXPECT_THAT(parts[2].without.codegen_options, IsEmpty());
}

TEST(RecipeParts, FunctionsCompiledAlikeAreOne) {
  program::Recipe recipe = program::stock_recipe();
  recipe.attributes = {{"f", {{"codegen", "optsize"}}},
                       {"g", {{"codegen", "optsize"}}},
                       {"h", {{"codegen", "speed"}}}};
  recipe.alternatives = {{.late_pipeline = "",
                          .attributes = {{"h", {{"codegen", "optsize"}}}},
                          .codegen_options = {"-x"}}};
  recipe.chosen = {{"h", 0}};
  const auto parts = parts_of(recipe);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_THAT(parts[0].functions, ElementsAre("f", "g"));
  EXPECT_EQ(parts[0].without.attributes.size(), 1u);
  EXPECT_EQ(parts[1].text, "codegen=optsize -x");
  EXPECT_THAT(parts[1].without.chosen, IsEmpty());
  EXPECT_EQ(parts[1].without.attributes.size(), 3u);
}

TEST(RecipeParts, OptionsOfAnAlternativeAreToldApartFromTheRecipes) {
  program::Recipe recipe = program::stock_recipe();
  recipe.codegen_options = {"-a", "-b"};
  recipe.alternatives = {
      {.late_pipeline = "", .attributes = {}, .codegen_options = {"-a", "-c"}}};
  recipe.chosen = {{"f", 0}};
  EXPECT_EQ(parts_of(recipe).back().text, "-c without -b");
}

TEST(RecipeParts, WhatIsSetBeforeThePassesIsSingle) {
  program::Recipe recipe = program::stock_recipe();
  recipe.early_attributes = {{"f", {{"inline", "never"}}},
                             {"g", {{"inline", "never"}}}};
  const auto parts = parts_of(recipe);
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].kind, "before passes");
  EXPECT_FALSE(parts[0].without.early_attributes.contains("f"));
  EXPECT_TRUE(parts[0].without.early_attributes.contains("g"));
}

TEST(RecipeParts, ADroppedPassIsPutBackBeforeItsFollower) {
  EXPECT_THAT(
      pass_parts(with_passes(
          "globalopt,function<eager-inv>(early-cse<>,"
          "loop(loop-rotate<no-header-duplication>,indvars)),globaldce")),
      ElementsAre(std::string("drops sroa<modify-cfg> -> ") + kStock));
}

TEST(RecipeParts, ADroppedPassIsPutBackBehindWhatPrecedesIt) {
  EXPECT_THAT(pass_parts(with_passes(
                  "globalopt,function<eager-inv>(sroa<modify-cfg>,early-cse<>,"
                  "loop(loop-rotate<no-header-duplication>)),globaldce")),
              ElementsAre(std::string("drops indvars -> ") + kStock));
}

TEST(RecipeParts, AnAddedPassIsRemoved) {
  EXPECT_THAT(
      pass_parts(with_passes(
          "globalopt,mergefunc,function<eager-inv>(sroa<modify-cfg>,"
          "early-cse<>,loop(loop-rotate<no-header-duplication>,indvars)),"
          "globaldce")),
      ElementsAre(std::string("adds mergefunc -> ") + kStock));
}

TEST(RecipeParts, OtherParametersAreNamedByWhatDiffers) {
  EXPECT_THAT(
      pass_parts(with_passes(
          "globalopt,function<eager-inv>(sroa<preserve-cfg>,early-cse<>,"
          "loop(loop-rotate<no-header-duplication>,indvars)),globaldce")),
      ElementsAre(std::string("sroa: preserve-cfg for modify-cfg -> ") +
                  kStock));
}

TEST(RecipeParts, AllPassesTogetherAreOneToo) {
  const auto parts = parts_of(with_passes("globaldce"));
  ASSERT_FALSE(parts.empty());
  EXPECT_EQ(parts.back().text, "all changes of passes");
  EXPECT_EQ(parts.back().without, program::stock_recipe());
}

}  // namespace
}  // namespace hone::toolkit
