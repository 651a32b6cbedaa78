// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "program/test_tools.h"

namespace hone::program {
namespace {

using ::testing::ElementsAre;

constexpr std::string_view kSample =
    "annotation2metadata,cgscc(devirt<4>(inline,function<eager-inv>("
    "early-cse<memssa>,loop-mssa(licm<allowspeculation>,loop-rotate),gvn)))"
    ",require<opt-remark-emit>,globaldce";

Pipeline parsed(std::string_view text) { return must(parse_pipeline(text)); }

TEST(Pipeline, TextGoesThereAndBack) {
  for (const std::string_view text :
       {std::string_view("gvn"), std::string_view("gvn<>"),
        std::string_view("function(gvn,adce)"),
        std::string_view("require<profile<x>>"), kSample})
    EXPECT_EQ(print_pipeline(parsed(text)), text);
}

TEST(Pipeline, LlvmsOwnPipelinesGoThereAndBack) {
  const Scratch scratch;
  scratch.write("m.ll", "define void @f() {\n  ret void\n}\n");
  for (const char* level : {"Oz", "O3", "O0"}) {
    const std::string text(trim(scratch.run_well(
        {tools().opt, fmt::format("-passes=default<{}>", level),
         "-print-pipeline-passes", "-disable-output", "m.ll"})));
    EXPECT_EQ(print_pipeline(parsed(text)), text);
  }
}

TEST(Pipeline, StructureIsThatOfTheText) {
  const Pipeline pipeline = parsed("a,function<x;y>(b,loop(c<1>))");
  ASSERT_EQ(pipeline.size(), 2u);
  EXPECT_EQ(pipeline[0].name, "a");
  EXPECT_FALSE(pipeline[0].is_adaptor);
  EXPECT_FALSE(pipeline[0].has_parameters);
  EXPECT_EQ(pipeline[1].name, "function");
  EXPECT_EQ(pipeline[1].parameters, "x;y");
  EXPECT_TRUE(pipeline[1].is_adaptor);
  const PipelineNode& loop = pipeline[1].children[1];
  EXPECT_EQ(loop.name, "loop");
  EXPECT_EQ(loop.children[0].parameters, "1");
}

TEST(Pipeline, WhatDoesNotFitIsReportedByItsOffset) {
  const std::pair<const char*, const char*> wrong[] = {
      {"", "offset 0 of the pipeline, found the end"},
      {",gvn", "offset 0 of the pipeline, found ','"},
      {"gvn,", "offset 4 of the pipeline, found the end"},
      {"gvn,,adce", "offset 4 of the pipeline, found ','"},
      {"function(", "offset 9 of the pipeline, found the end"},
      {"function()", "offset 9 of the pipeline, found ')'"},
      {"function(gvn", "offset 12 of the pipeline, found the end"},
      {"function(gvn))", "offset 13 of the pipeline, found ')'"},
      {"gvn<a", "offset 5 of the pipeline, found the end"},
      {"gvn>", "offset 3 of the pipeline, found '>'"},
      {"gvn<a>b", "offset 6 of the pipeline, found 'b'"},
      {"gvn(a)b", "offset 6 of the pipeline, found 'b'"},
      {"gvn<a><b>", "offset 6 of the pipeline, found '<'"}};
  for (const auto& [text, piece] : wrong)
    EXPECT_TRUE(fails_with(parse_pipeline(text), ErrorKind::Malformed, piece))
        << text;
}

TEST(Pipeline, NestingIsBounded) {
  const auto nested = [](size_t depth) {
    std::string text;
    for (size_t i = 0; i < depth; ++i) text += "f(";
    text += "x";
    return text + std::string(depth, ')');
  };
  EXPECT_TRUE(parse_pipeline(nested(64)).ok());
  EXPECT_TRUE(fails_with(parse_pipeline(nested(65)), ErrorKind::Malformed,
                         "nests deeper than 64"));
  EXPECT_TRUE(fails_with(parse_pipeline(nested(1'000'000)),
                         ErrorKind::Malformed, "nests deeper than 64"));
}

TEST(Pipeline, PassesComeInTheOrderOfExecution) {
  const Pipeline pipeline = parsed(kSample);
  std::vector<std::string> names;
  for (const PipelinePath& path : pass_paths(pipeline))
    names.push_back(node_at(pipeline, path).name);
  EXPECT_THAT(names,
              ElementsAre("annotation2metadata", "inline", "early-cse", "licm",
                          "loop-rotate", "gvn", "require", "globaldce"));
}

TEST(Pipeline, RemovalTakesTheAdaptorsItLeavesEmpty) {
  const Pipeline pipeline = parsed("a,function(loop(b)),c");
  EXPECT_EQ(print_pipeline(without(pipeline, {1, 0, 0})), "a,c");
  EXPECT_EQ(print_pipeline(without(pipeline, {0})), "function(loop(b)),c");
  EXPECT_EQ(print_pipeline(without(parsed("function(a,b)"), {0, 0})),
            "function(b)");
  EXPECT_EQ(print_pipeline(without(parsed("a"), {0})), "");
  // The original is untouched.
  EXPECT_EQ(print_pipeline(pipeline), "a,function(loop(b)),c");
}

TEST(Pipeline, InsertionStandsBeforeTheNodeOfThePath) {
  const Pipeline pipeline = parsed("a,function(b,c)");
  const PipelineNode node = parsed("d<x>").front();
  EXPECT_EQ(print_pipeline(with_inserted(pipeline, {0}, node)),
            "d<x>,a,function(b,c)");
  EXPECT_EQ(print_pipeline(with_inserted(pipeline, {1, 1}, node)),
            "a,function(b,d<x>,c)");
  EXPECT_EQ(print_pipeline(with_inserted(pipeline, {1, 2}, node)),
            "a,function(b,c,d<x>)");
}

TEST(Pipeline, ParametersAreReplaced) {
  const Pipeline pipeline = parsed("a,function(b<x>)");
  EXPECT_EQ(print_pipeline(with_parameters(pipeline, {0}, "y;z")),
            "a<y;z>,function(b<x>)");
  EXPECT_EQ(print_pipeline(with_parameters(pipeline, {1, 0}, "")),
            "a,function(b<>)");
}

TEST(Pipeline, MutantsAreRefusedOrGoThereAndBack) {
  constexpr std::string_view kAlphabet = ",()<>;ab-4 ";
  Random random(20262);
  size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text(kSample);
    for (uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
      const size_t at = random.below(text.size());
      switch (random.below(3)) {
        case 0:
          text.erase(at, 1 + random.below(8));
          break;
        case 1:
          text.insert(at, 1, random.pick(kAlphabet));
          break;
        case 2:
          text[at] = random.pick(kAlphabet);
          break;
      }
      if (text.empty()) text = "a";
    }
    const Result<Pipeline> pipeline = parse_pipeline(text);
    if (!pipeline.ok()) {
      ASSERT_EQ(pipeline.error().kind, ErrorKind::Malformed);
      continue;
    }
    ++accepted;
    ASSERT_EQ(print_pipeline(*pipeline), text);
    // Every edit leaves a pipeline that can be written and read again.
    for (const PipelinePath& path : pass_paths(*pipeline)) {
      const Pipeline left = without(*pipeline, path);
      if (!left.empty()) {
        ASSERT_EQ(parsed(print_pipeline(left)), left) << text;
      }
    }
  }
  EXPECT_GT(accepted, 2000u);
}

}  // namespace
}  // namespace hone::program
