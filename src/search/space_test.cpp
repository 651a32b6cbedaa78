// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/space.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "program/knob_table.h"
#include "program/test_tools.h"
#include "search/test_tools.h"

namespace hone::search {
namespace {

using program::must;
using program::Tier;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Not;

env::Subject plain_subject() {
  env::Subject subject;
  subject.mode.triple = "x86_64-pc-linux-gnu";
  subject.can_splice = true;
  return subject;
}

env::Evaluation stock() {
  env::Evaluation evaluation;
  evaluation.functions = {
      {.name = "large", .instructions = 100},
      {.name = "tiny", .instructions = 3},
      {.name = "fixed",
       .instructions = 100,
       .unsafe_attributes = {"frame-pointer=non-leaf", "codegen=optsize"}}};
  return evaluation;
}

constexpr std::string_view kPipeline =
    "function(simplifycfg<a;no-sink-common-insts>,gvn<>),globaldce";

TEST(Space, FixedRecipeTreatsTinyAndFixedFunctionsApart) {
  const Space space =
      must(make_space(plain_subject(), stock(), Tier::Stable, kPipeline));
  const auto& attributes = space.fixed.attributes;
  EXPECT_EQ(attributes.at("large"),
            (program::Attributes{{"frame-pointer", "non-leaf"}}));
  EXPECT_EQ(attributes.at("tiny"),
            (program::Attributes{{"codegen", "optsize"}}));
  EXPECT_FALSE(attributes.contains("fixed"));
  EXPECT_EQ(program::print_pipeline(space.stock_pipeline), kPipeline);
  EXPECT_NE(space.fixed.stages.front().pipeline, kPipeline);
  EXPECT_FALSE(space.fixed.codegen_options.empty());
}

TEST(Space, UnsafeKnobsAreInNothing) {
  env::Subject subject = plain_subject();
  for (const program::KnobInfo& knob : program::knobs())
    subject.unsafe_knobs[std::string(knob.name)] = "for this test";
  const Space space =
      must(make_space(subject, stock(), Tier::Experimental, kPipeline));
  EXPECT_TRUE(space.knobs.empty());
  EXPECT_TRUE(space.fixed.codegen_options.empty());
  EXPECT_TRUE(space.fixed.pass_options.empty());
}

TEST(Space, ExperimentalRowsAreThereOnRequest) {
  const Space stable =
      must(make_space(plain_subject(), stock(), Tier::Stable, kPipeline));
  const Space all =
      must(make_space(plain_subject(), stock(), Tier::Experimental, kPipeline));
  EXPECT_LT(stable.knobs.size(), all.knobs.size());
  EXPECT_LT(stable.passes.size(), all.passes.size());
  for (const KnobChoice& choice : stable.knobs)
    EXPECT_EQ(program::find_knob(choice.knob)->tier, Tier::Stable);
  EXPECT_EQ(all.fixed, stable.fixed);
}

TEST(Space, VariantsThatCostTimeAreMarked) {
  const Space space =
      must(make_space(plain_subject(), stock(), Tier::Stable, kPipeline));
  size_t slow = 0;
  for (const Variant& variant : space.variants) {
    const auto& options = variant.codegen_options;
    const auto frame = variant.attributes.find("frame-pointer");
    const bool expected =
        std::count(options.begin(), options.end(), "-disable-cgp") != 0 ||
        std::count(options.begin(), options.end(), "-regalloc=basic") != 0 ||
        (frame != variant.attributes.end() && frame->second == "all");
    EXPECT_EQ(variant.slow_in_loops, expected);
    slow += expected ? 1 : 0;
  }
  EXPECT_GT(slow, 5u);
  EXPECT_LT(slow, space.variants.size() / 2);
}

TEST(Space, InterpretersAreAllocatedAsStockDoesIt) {
  env::Evaluation evaluation = stock();
  const std::string option = "-grow-region-complexity-budget=0";
  EXPECT_THAT(
      must(make_space(plain_subject(), evaluation, Tier::Stable, kPipeline))
          .fixed.codegen_options,
      Contains(option));
  evaluation.functions[0].has_indirect_branch = true;
  const Space space =
      must(make_space(plain_subject(), evaluation, Tier::Stable, kPipeline));
  EXPECT_THAT(space.fixed.codegen_options, Not(Contains(option)));
  EXPECT_THAT(space.knobs, Each(Field(&KnobChoice::option, Not(option))));
}

TEST(Space, WithoutSplicingVariantsDifferInAttributesOnly) {
  env::Subject subject = plain_subject();
  subject.can_splice = false;
  const Space space =
      must(make_space(subject, stock(), Tier::Stable, kPipeline));
  ASSERT_FALSE(space.variants.empty());
  for (size_t i = 0; i < space.variants.size(); ++i) {
    const Variant& variant = space.variants[i];
    EXPECT_TRUE(variant.codegen_options.empty());
    EXPECT_TRUE(variant.late_pipeline.empty());
    for (size_t j = 0; j < i; ++j)
      EXPECT_NE(space.variants[j].attributes, variant.attributes);
  }
}

TEST(Space, NamesOfX86StayThere) {
  env::Subject subject = plain_subject();
  subject.mode.triple = "aarch64-unknown-linux-gnu";
  const Space arm = must(make_space(subject, stock(), Tier::Stable, kPipeline));
  const Space x86 =
      must(make_space(plain_subject(), stock(), Tier::Stable, kPipeline));
  EXPECT_LT(arm.variants.size(), x86.variants.size());
  for (const Variant& variant : arm.variants) {
    EXPECT_FALSE(variant.attributes.contains("tune-cpu"));
    for (const std::string& option : variant.codegen_options)
      EXPECT_EQ(option.find("x86"), std::string::npos) << option;
  }
}

TEST(Space, PipelineThatCannotBeReadIsAnError) {
  EXPECT_TRUE(program::fails_with(
      make_space(plain_subject(), stock(), Tier::Stable, "function("),
      ErrorKind::Malformed, "offset 9"));
}

TEST(Space, OneValueOfAKnobReplacesAnother) {
  const KnobChoice low{.knob = "k", .option = "-k=1", .for_passes = true};
  const KnobChoice high{.knob = "k", .option = "-k=20", .for_passes = true};
  const KnobChoice other{.knob = "ka", .option = "-ka", .for_codegen = true};
  program::Recipe recipe = with_knob(with_knob({}, low), other);
  EXPECT_THAT(recipe.pass_options, ElementsAre("-k=1"));
  EXPECT_THAT(recipe.codegen_options, ElementsAre("-ka"));
  recipe = with_knob(std::move(recipe), high);
  EXPECT_THAT(recipe.pass_options, ElementsAre("-k=20"));
  // The order in which options are added makes no other recipe.
  const KnobChoice second{.knob = "b", .option = "-b", .for_passes = true};
  EXPECT_EQ(with_knob(with_knob({}, second), low),
            with_knob(with_knob({}, low), second));
  recipe = without_knob(std::move(recipe), "-k=whatever");
  EXPECT_TRUE(recipe.pass_options.empty());
  EXPECT_THAT(recipe.codegen_options, ElementsAre("-ka"));
}

TEST(Space, VariantBuildsOnTheRecipeAndLeavesOutWhatItNames) {
  Space space;
  space.fixed.codegen_options = {"-a=1", "-b", "-c"};
  const Variant variant{.attributes = {{"frame-pointer", "non-leaf"}},
                        .on_recipe = true,
                        .late_pipeline = "function(adce)",
                        .codegen_options = {"!-a", "-b=2", "-d"}};
  const program::Alternative alternative =
      alternative_of(variant, space, stock());
  EXPECT_THAT(alternative.codegen_options,
              ::testing::UnorderedElementsAre("-b=2", "-c", "-d"));
  EXPECT_EQ(alternative.late_pipeline, "function(adce)");
  EXPECT_TRUE(alternative.attributes.contains("large"));
  EXPECT_FALSE(alternative.attributes.contains("fixed"));
  Variant alone = variant;
  alone.on_recipe = false;
  EXPECT_THAT(alternative_of(alone, space, stock()).codegen_options,
              ::testing::UnorderedElementsAre("-b=2", "-d"));
  const program::Recipe whole =
      with_variant(program::stock_recipe(), variant, space, stock());
  EXPECT_EQ(whole.stages.back().pipeline, "function(adce)");
  EXPECT_EQ(whole.codegen_options, alternative.codegen_options);
}

TEST(Space, TextIsReplacedEverywhereOnce) {
  EXPECT_EQ(replace_all("a,aa,b", "a", "aa"), "aa,aaaa,b");
  EXPECT_EQ(replace_all("gvn<>,gvn<>", "gvn<>", "gvn<no-pre>"),
            "gvn<no-pre>,gvn<no-pre>");
  EXPECT_EQ(replace_all("b", "a", "c"), "b");
}

}  // namespace
}  // namespace hone::search
