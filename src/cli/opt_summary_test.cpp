// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/opt_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hone::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

toolkit::OptimizeReport small_report() {
  toolkit::OptimizeReport report;
  report.input = "vm.c";
  report.objective = env::Objective::LoadedBytes;
  report.protocol = program::Protocol::Product;
  report.stock.sections = {{.name = ".text", .bytes = 1000},
                           {.name = ".eh_frame", .bytes = 200},
                           {.name = ".bss", .bytes = 64, .nobits = true}};
  report.result.sections = {{.name = ".text", .bytes = 900},
                            {.name = ".eh_frame", .bytes = 150},
                            {.name = ".bss", .bytes = 64, .nobits = true}};
  report.improved = true;
  report.functions = {
      {.name = "a", .bytes = 900, .evidence = verify::Evidence::Tested},
      {.name = "b", .bytes = 100, .evidence = verify::Evidence::Unchecked}};
  report.recipe = program::stock_recipe();
  report.recipe.codegen_options = {"-disable-lsr"};
  report.recipe.attributes = {{"a", {{"codegen", "optsize"}}},
                              {"b", {{"codegen", "optsize"}}}};
  report.compiles = 45;
  report.from_store = 5;
  report.failed = 1;
  report.seconds = 3.21;
  return report;
}

TEST(OptSummary, ShowsSizesEvidenceRecipeAndCost) {
  EXPECT_EQ(opt_summary(small_report(), Console({.no_color = true})),
            "vm.c\n"
            "  bytes        stock  result   change\n"
            "  loaded       1,200   1,050  -12.5 %\n"
            "    text       1,000     900  -10.0 %  ████████████████\n"
            "    unwind       200     150  -25.0 %  ████████\n"
            "    bss           64      64    0.0 %\n"
            "  text+rodata  1,000     900  -10.0 %\n"
            "  checked  tested 90 % of bytes (1 function), unchecked 10 % of "
            "bytes (1 function)\n"
            "  won by   -disable-lsr\n"
            "           2 functions: codegen=optsize\n"
            "  cost     45 compiles, 5 of them from the store, 1 failed, "
            "3.2 s\n");
}

TEST(OptSummary, SaysThatNothingBetterWasFoundAndWhatWasRejected) {
  toolkit::OptimizeReport report = small_report();
  report.improved = false;
  report.result = report.stock;
  report.rejected = {{.recipe = {}, .loaded = 990, .why = "a(3) differs"}};
  const std::string text = opt_summary(report, Console({.no_color = true}));
  EXPECT_THAT(text, HasSubstr("nothing better than stock"));
  EXPECT_THAT(text, HasSubstr("a result of 990 bytes: a(3) differs"));
  EXPECT_EQ(text.find("won by"), std::string::npos);
}

TEST(OptSummary, CountsInstructionsOfThePaperProtocol) {
  toolkit::OptimizeReport report = small_report();
  report.objective = env::Objective::Instructions;
  report.stock_instructions = 2000;
  report.result_instructions = 1900;
  EXPECT_THAT(opt_summary(report, Console({.no_color = true})),
              HasSubstr("IR instructions  2,000 → 1,900  -5.0 %"));
}

TEST(RecipeLines, CountWhatDoesNotFit) {
  program::Recipe recipe = program::stock_recipe();
  recipe.pass_options = {"-first-option=1", "-second-option=2", "-third"};
  recipe.stages.front().pipeline = "function(gvn)";
  recipe.early_attributes = {{"f", {{"inline", "never"}}}};
  recipe.attributes = {{"f", {{"codegen", "optsize"}}},
                       {"g", {{"codegen", "optsize"}}},
                       {"h", {{"codegen", "speed"}, {"tune-cpu", "znver4"}}}};
  EXPECT_THAT(
      recipe_lines(recipe, 70),
      ElementsAre("-first-option=1 -second-option=2 -third",
                  "passes in an order of their own; 1 function before the "
                  "passes: inline=never",
                  "2 functions: codegen=optsize; 1 function in ways of "
                  "their own"));
  EXPECT_EQ(recipe_lines(recipe, 38).front(),
            "-first-option=1 and 2 more options");
}

}  // namespace
}  // namespace hone::cli
