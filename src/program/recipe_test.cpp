// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/recipe.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "program/test_tools.h"

namespace hone::program {
namespace {

Recipe full() {
  Recipe recipe;
  recipe.early_attributes["callee"]["inline"] = "never";
  recipe.stages = {{"default<Oz>"}, {"function(gvn)"}};
  recipe.pass_options = {"-inline-threshold=-20"};
  recipe.attributes["f"] = {{"codegen", "optsize"},
                            {"frame-pointer", "non-leaf"}};
  recipe.codegen_options = {"-disable-lsr"};
  recipe.alternatives = {{.late_pipeline = "function(adce)",
                          .attributes = {{"f", {{"codegen", "speed"}}}},
                          .codegen_options = {"-tail-merge-size=1"}},
                         {}};
  recipe.chosen = {{"f", 0}, {"g", 1}};
  return recipe;
}

TEST(Recipe, JsonGoesThereAndBack) {
  Recipe plain = full();
  plain.alternatives.clear();
  plain.chosen.clear();
  for (const Recipe& recipe :
       {full(), plain, stock_recipe(), stock_recipe("O3"), Recipe()}) {
    const std::string text = to_text(to_json(recipe));
    EXPECT_EQ(must(recipe_from_json(must(parse_json(text, "a recipe")))),
              recipe)
        << text;
  }
}

TEST(Recipe, StockIsOneStageOfItsLevel) {
  EXPECT_EQ(stock_recipe().stages, (std::vector<Stage>{{"default<Oz>"}}));
  EXPECT_EQ(stock_recipe("O2").stages.front().pipeline, "default<O2>");
}

TEST(Recipe, EveryPartCountsInTheKey) {
  const Hash128 key = recipe_key(full());
  EXPECT_EQ(recipe_key(full()), key);
  const std::vector<void (*)(Recipe&)> edits = {
      [](Recipe& r) { r.early_attributes["callee"]["inline"] = "always"; },
      [](Recipe& r) { r.early_attributes.clear(); },
      [](Recipe& r) { r.stages.pop_back(); },
      [](Recipe& r) { std::swap(r.stages[0], r.stages[1]); },
      [](Recipe& r) { r.pass_options.clear(); },
      [](Recipe& r) { r.attributes["f"].erase("codegen"); },
      [](Recipe& r) { r.codegen_options.push_back("-disable-cgp"); },
      [](Recipe& r) { r.alternatives[0].late_pipeline.clear(); },
      [](Recipe& r) { r.alternatives[0].attributes.clear(); },
      [](Recipe& r) { r.alternatives[1].codegen_options = {"-x"}; },
      [](Recipe& r) { r.chosen["g"] = 0; },
      [](Recipe& r) { r.chosen.erase("g"); }};
  std::vector<Hash128> keys = {key};
  for (const auto edit : edits) {
    Recipe recipe = full();
    edit(recipe);
    keys.push_back(recipe_key(recipe));
  }
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end());
}

TEST(Recipe, AlternativeAloneCompilesTheWholeModuleItsWay) {
  const Recipe recipe = full();
  const Recipe alone = recipe_of(recipe, recipe.alternatives[0]);
  EXPECT_EQ(alone.early_attributes, recipe.early_attributes);
  EXPECT_EQ(alone.pass_options, recipe.pass_options);
  EXPECT_EQ(alone.stages,
            (std::vector<Stage>{
                {"default<Oz>"}, {"function(gvn)"}, {"function(adce)"}}));
  EXPECT_EQ(alone.attributes, recipe.alternatives[0].attributes);
  EXPECT_EQ(alone.codegen_options, recipe.alternatives[0].codegen_options);
  EXPECT_TRUE(alone.alternatives.empty());
  EXPECT_TRUE(alone.chosen.empty());
  EXPECT_EQ(recipe_of(recipe, recipe.alternatives[1]).stages, recipe.stages);
}

TEST(Recipe, MalformedJsonIsReportedByThePartThatIsWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {R"(7)", "pass_options"},
      {R"({})", "pass_options"},
      {R"({"pass_options": [1]})", "pass_options"},
      {R"({"pass_options": [], "codegen_options": {}})", "codegen_options"},
      {R"({"pass_options": [], "codegen_options": []})", "stages"},
      {R"({"pass_options": [], "codegen_options": [], "stages": [7]})",
       "pipeline"},
      {R"({"pass_options": [], "codegen_options": [], "stages": []})",
       "\"attributes\""},
      {R"({"pass_options": [], "codegen_options": [], "stages": [],
           "attributes": {"f": 3}})",
       "the attributes of 'f'"},
      {R"({"pass_options": [], "codegen_options": [], "stages": [],
           "attributes": {"f": {"codegen": 3}}})",
       "attribute 'codegen' of 'f'"},
      {R"({"pass_options": [], "codegen_options": [], "stages": [],
           "attributes": {}, "early_attributes": []})",
       "\"early_attributes\""},
      {R"({"pass_options": [], "codegen_options": [], "stages": [],
           "attributes": {}, "alternatives": []})",
       "\"chosen\""},
      {R"({"pass_options": [], "codegen_options": [], "stages": [],
           "attributes": {}, "alternatives": [7], "chosen": {}})",
       "late_pipeline"},
      {R"({"pass_options": [], "codegen_options": [], "stages": [],
           "attributes": {}, "alternatives": [], "chosen": {"f": 0}})",
       "function 'f' is taken from an alternative"},
      {R"({"pass_options": [], "codegen_options": [], "stages": [],
           "attributes": {}, "alternatives": [], "chosen": {"f": -1}})",
       "function 'f' is taken from an alternative"}};
  for (const auto& [text, piece] : wrong)
    EXPECT_TRUE(fails_with(recipe_from_json(must(parse_json(text, "it"))),
                           ErrorKind::Malformed, piece))
        << text;
}

TEST(Recipe, MutantsOfItsJsonAreRefusedOrAreRecipes) {
  const std::string original = to_text(to_json(full()));
  constexpr std::string_view kAlphabet = "{}[]\",:0-9ntx\\";
  Random random(20263);
  size_t accepted = 0;
  for (int round = 0; round < 8000; ++round) {
    std::string text = original;
    for (uint64_t edits = 1 + random.below(3); edits > 0; --edits) {
      const size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0:
          text.erase(at, 1 + random.below(30));
          break;
        case 1:
          text.insert(at, 1, random.pick(kAlphabet));
          break;
        case 2:
          text[at] = random.pick(kAlphabet);
          break;
      }
      if (text.empty()) text = "{}";
    }
    const Result<Json> json = parse_json(text, "a mutant");
    if (!json.ok()) continue;
    const Result<Recipe> recipe = recipe_from_json(*json);
    if (!recipe.ok()) {
      ASSERT_EQ(recipe.error().kind, ErrorKind::Malformed);
      continue;
    }
    ++accepted;
    for (const auto& [function, index] : recipe->chosen)
      ASSERT_LT(index, recipe->alternatives.size());
    ASSERT_EQ(recipe_key(must(recipe_from_json(to_json(*recipe)))),
              recipe_key(*recipe));
  }
  EXPECT_GT(accepted, 500u);
}

}  // namespace
}  // namespace hone::program
