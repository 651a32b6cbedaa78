// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pipeline_edits.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "program/pass_table.h"
#include "program/test_tools.h"

namespace hone::program {

namespace {

constexpr std::string_view kText =
    "globalopt,cgscc(inline,function(sroa,loop-mssa(licm),loop(indvars))),"
    "function(gvn)";

std::string after(std::string_view edit, std::string_view text = kText) {
  return print_pipeline(must(edited(must(parse_pipeline(text)), edit)));
}

}  // namespace

TEST(PipelineEdits, RemoveRepeatAndChangeParameters) {
  EXPECT_EQ(after("remove@6", "a,function(b),c,d,e,f,g"),
            "a,function(b),c,d,e,f");
  EXPECT_EQ(after("remove@1", "a,function(b),c"), "a,c");
  EXPECT_EQ(after("repeat@1", "a,function(b),c"), "a,function(b,b),c");
  EXPECT_EQ(after("parameters@0:only", "a,b"), "a<only>,b");
}

TEST(PipelineEdits, InsertedPassesStandWhereTheyCan) {
  EXPECT_EQ(after("insert@2:gvn", "globalopt,cgscc(inline,function(sroa))"),
            "globalopt,cgscc(inline,function(gvn,sroa))");
  EXPECT_EQ(after("insert@1:gvn", "globalopt,cgscc(inline)"),
            "globalopt,cgscc(function(gvn),inline)");
  EXPECT_EQ(after("insert@0:gvn", "globalopt"), "function(gvn),globalopt");
  // A module pass leaves the groups around the place.
  EXPECT_EQ(
      after("insert@2:globaldce", "globalopt,cgscc(inline,function(sroa))"),
      "globalopt,globaldce,cgscc(inline,function(sroa))");
  // A loop pass joins loops that bring the analysis it needs, and no others.
  EXPECT_EQ(after("insert@1:loop-deletion", "function(sroa,loop(indvars))"),
            "function(sroa,loop(loop-deletion,indvars))");
  EXPECT_EQ(after("insert@1:indvars", "function(sroa,loop-mssa(licm))"),
            "function(sroa,loop(indvars),loop-mssa(licm))");
}

TEST(PipelineEdits, EveryPassFitsBeforeEveryPlace) {
  const Pipeline pipeline = must(parse_pipeline(kText));
  const size_t places = pass_paths(pipeline).size();
  for (const PassInfo& pass : passes())
    for (size_t place = 0; place < places; ++place) {
      const Pipeline made =
          must(edited(pipeline, fmt::format("insert@{}:{}", place, pass.name)));
      const std::vector<PipelinePath> paths = pass_paths(made);
      ASSERT_EQ(paths.size(), places + 1) << pass.name;
      EXPECT_TRUE(std::any_of(paths.begin(),
                              paths.begin() + static_cast<ptrdiff_t>(place) + 1,
                              [&](const PipelinePath& path) {
                                return node_at(made, path).name == pass.name;
                              }))
          << pass.name << place;
    }
}

TEST(PipelineEdits, RefuseWhatIsNoEditPlaceOrPass) {
  const Pipeline pipeline = must(parse_pipeline("a,b"));
  for (const std::string_view edit :
       {"", "remove", "remove@0:gvn", "insert@0", "shuffle@0"})
    EXPECT_TRUE(fails_with(edited(pipeline, edit), ErrorKind::InvalidArgument,
                           "is no edit"))
        << edit;
  for (const std::string_view edit : {"remove@2", "remove@-1", "remove@x"})
    EXPECT_TRUE(fails_with(edited(pipeline, edit), ErrorKind::InvalidArgument,
                           "pipeline of 2 passes"))
        << edit;
  EXPECT_TRUE(fails_with(edited(pipeline, "insert@0:no-such"),
                         ErrorKind::InvalidArgument, "no pass to insert"));
}

}  // namespace hone::program
