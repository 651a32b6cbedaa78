// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "env/isolate.h"
#include "env/test_tools.h"
#include "program/module.h"

namespace hone::search {
namespace {

using program::must;
using program::Pipeline;
using program::Scratch;

std::string stock_pipeline_text(const Scratch& scratch) {
  scratch.write("empty.ll", "");
  return std::string(trim(scratch.run_well(
      {program::tools().opt, "-passes=default<Oz>", "-print-pipeline-passes",
       "-disable-output", "empty.ll"})));
}

Space space_of(const Scratch& scratch, program::Tier tier) {
  Space space;
  space.stock_pipeline =
      must(program::parse_pipeline(stock_pipeline_text(scratch)));
  add_passes(space, tier);
  return space;
}

// Random walks from the stock pipeline, a few edits long.
std::vector<Edit> random_edits(const Space& space, size_t count,
                               uint64_t seed) {
  Random random(seed);
  std::vector<Edit> edits;
  Pipeline at = space.stock_pipeline;
  while (edits.size() < count) {
    std::optional<Edit> edit = random_edit(at, space, random);
    if (!edit) continue;
    at = edits.size() % 6 == 5 ? space.stock_pipeline : edit->pipeline;
    edits.push_back(*std::move(edit));
  }
  return edits;
}

TEST(Edit, RandomEditsAreAcceptedAndRunToTheEnd) {
  const Scratch scratch;
  const env::Subject subject = env::make_subject(scratch);
  const std::string bitcode = must(read_file(subject.bitcode));
  const Space space = space_of(scratch, program::Tier::Stable);
  const std::vector<Edit> edits = random_edits(space, 300, 20266);
  // One child for all; a pass that crashes would cost only this test.
  const env::Isolated done =
      env::run_isolated({.cpu_seconds = 60}, [&]() -> Result<std::string> {
        std::set<std::string> states;
        for (const Edit& edit : edits) {
          program::Module module = must(program::Module::parse(bitcode, "it"));
          const std::string text = program::print_pipeline(edit.pipeline);
          HONE_RETURN_IF_ERROR(module.run(text));
          HONE_RETURN_IF_ERROR(module.verify());
          states.insert(module.hash().hex());
        }
        return std::to_string(states.size());
      });
  ASSERT_EQ(done.outcome, env::Outcome::Ok) << done.failure;
  // They make a difference, too.
  EXPECT_GT(std::stoi(done.answer), 5);
}

TEST(Edit, ExperimentalEditsAreAcceptedAsPipelines) {
  const Scratch scratch;
  scratch.run_well({program::tools().opt, "-passes=verify", "-o", "m.bc",
                    scratch.write("m.ll", "").string()});
  const std::string bitcode = scratch.read("m.bc");
  const Space space = space_of(scratch, program::Tier::Experimental);
  const std::vector<Edit> edits = random_edits(space, 300, 20267);
  // On an empty module nothing runs, but every name has to be known.
  const env::Isolated done =
      env::run_isolated({.cpu_seconds = 60}, [&]() -> Result<std::string> {
        for (const Edit& edit : edits) {
          program::Module module = must(program::Module::parse(bitcode, "it"));
          HONE_RETURN_IF_ERROR(
              module.run(program::print_pipeline(edit.pipeline)));
        }
        return std::string("all");
      });
  EXPECT_EQ(done.outcome, env::Outcome::Ok) << done.failure;
}

TEST(Edit, EveryKindOfEditIsDrawn) {
  const Scratch scratch;
  const Space space = space_of(scratch, program::Tier::Stable);
  std::set<std::string> kinds;
  for (const Edit& edit : random_edits(space, 200, 3)) {
    kinds.insert(edit.label.substr(0, edit.label.find(' ')));
    // Bookkeeping of the pass builder is left alone.
    EXPECT_EQ(edit.label.find("require"), std::string::npos);
  }
  EXPECT_EQ(kinds,
            (std::set<std::string>{"drop", "insert", "move", "repeat", "set"}));
}

TEST(Edit, MovesReachEveryOtherPlace) {
  const Pipeline pipeline = must(program::parse_pipeline("dse,sroa,gvn"));
  std::set<std::string> reached;
  Random random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::optional<Edit> edit = random_edit(pipeline, Space{}, random);
    if (edit && edit->label.starts_with("move"))
      reached.insert(program::print_pipeline(edit->pipeline));
  }
  EXPECT_EQ(reached, (std::set<std::string>{"sroa,dse,gvn", "sroa,gvn,dse",
                                            "dse,gvn,sroa", "gvn,dse,sroa"}));
}

TEST(Edit, SameSeedMakesTheSameEdits) {
  const Scratch scratch;
  const Space space = space_of(scratch, program::Tier::Stable);
  const auto texts = [&](uint64_t seed) {
    std::vector<std::string> found;
    for (const Edit& edit : random_edits(space, 40, seed))
      found.push_back(program::print_pipeline(edit.pipeline));
    return found;
  };
  EXPECT_EQ(texts(5), texts(5));
  EXPECT_NE(texts(5), texts(6));
}

TEST(Edit, NothingIsDrawnWhereThereIsNothingToEdit) {
  const Space space;
  Random random(1);
  EXPECT_FALSE(random_edit({}, space, random));
  EXPECT_FALSE(random_edit(must(program::parse_pipeline("require<x>,verify")),
                           space, random));
}

TEST(Edit, StockIsEditedAsItIsWrittenOut) {
  Space space;
  space.stock_pipeline = must(program::parse_pipeline("a,function(b)"));
  program::Recipe recipe = program::stock_recipe();
  EXPECT_EQ(pipeline_of(recipe, space), space.stock_pipeline);
  recipe.stages = {{"c,function(d)"}};
  EXPECT_EQ(program::print_pipeline(pipeline_of(recipe, space)),
            "c,function(d)");
  // A pipeline before another is a part of it like others.
  recipe.stages = {{"default<Os>,c,function(d)"}};
  EXPECT_EQ(program::print_pipeline(pipeline_of(recipe, space)),
            "default<Os>,c,function(d)");
  recipe.stages.clear();
  EXPECT_TRUE(pipeline_of(recipe, space).empty());
}

TEST(Edit, EditedPipelineReplacesTheFirstStage) {
  program::Recipe recipe = program::stock_recipe();
  recipe.stages.push_back({"function(adce)"});
  const Pipeline pipeline = must(program::parse_pipeline("a,b"));
  const program::Recipe edited = with_pipeline(recipe, pipeline);
  EXPECT_EQ(edited.stages[0].pipeline, "a,b");
  EXPECT_EQ(edited.stages[1].pipeline, "function(adce)");
  recipe.stages.clear();
  EXPECT_EQ(with_pipeline(recipe, pipeline).stages[0].pipeline, "a,b");
}

}  // namespace
}  // namespace hone::search
