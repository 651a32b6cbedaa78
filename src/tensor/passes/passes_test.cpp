// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every pass on graphs in text form: what comes out, and that it computes the
// same.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/passes/pass_test_tools.h"

namespace hone::tensor {
namespace {

TEST(Passes, FoldConstantsComputesWhatIsKnown) {
  EXPECT_EQ(after(fold_constants, R"(graph "g" (%x: f32[N, 2]) -> (%y) {
    %a: f32[2] = const [1, 2]
    %b = Mul(%a, %a)
    %y = Add(%x, %b)
  })"),
            R"(graph "g" (%x: f32[N, 2]) -> (%y) {
  %b: f32[2] = const [1, 4]
  %y: f32[N, 2] = Add(%x, %b)
}
)");
  // Sizes of tensors that are not.
  EXPECT_EQ(after(fold_constants, R"(graph "g" (%x: f32[3, 2]) -> (%y) {
    %y = Shape(%x) {start = 1}
  })"),
            "graph \"g\" (%x: f32[3, 2]) -> (%y) {\n"
            "  %y: i64[1] = const [2]\n}\n");
}

TEST(Passes, FoldConstantsTakesTheBranchOfAKnownCondition) {
  EXPECT_EQ(after(fold_constants, R"(graph "g" (%x: f32[N]) -> (%y) {
    %c: bool[] = const [0]
    %y = If(%c) {
      else_branch = graph "e" () captures (%a = %x) -> (%r) { %r = Neg(%a) },
      then_branch = graph "t" () captures (%a = %x) -> (%r) { %r = Abs(%a) }
    }
  })"),
            R"(graph "g" (%x: f32[N]) -> (%y) {
  %r: f32[N] = Neg(%x)
  %y: f32[N] = Identity(%r)
}
)");
}

TEST(Passes, FoldConstantsLeavesWhatWouldGrow) {
  EXPECT_THAT(after(fold_constants, R"(graph "g" () -> (%y) {
    %s: i64[1] = const [100000]
    %y = ConstantOfShape(%s)
  })"),
              ::testing::HasSubstr("ConstantOfShape"));
}

TEST(Passes, RemoveDeadDropsNodesConstantsAndCaptures) {
  EXPECT_EQ(after(remove_dead, R"(graph "g" (%x: f32[N]) -> (%y) {
    %w: f32[1] = const [3]
    %z = Add(%x, %w)
    %y, %mask = Dropout(%x)
  })"),
            R"(graph "g" (%x: f32[N]) -> (%y) {
  %y: f32[N] = Dropout(%x)
}
)");
}

TEST(Passes, MergeEqualKeepsOneOfEqualNodesAndConstants) {
  EXPECT_EQ(after(merge_equal, R"(graph "g" (%x: f32[N, 1]) -> (%y) {
    %a: f32[1] = const [3]
    %b: f32[1] = const [3]
    %p = Add(%x, %a)
    %q = Add(%x, %b)
    %r = Neg(%p)
    %s = Neg(%q)
    %t = Softmax(%r) {axis = 1}
    %u = Softmax(%s) {axis = 0}
    %y = Sub(%t, %u)
  })"),
            R"(graph "g" (%x: f32[N, 1]) -> (%y) {
  %a: f32[1] = const [3]
  %p: f32[N, 1] = Add(%x, %a)
  %r: f32[N, 1] = Neg(%p)
  %t: f32[N, 1] = Softmax(%r) {axis = 1}
  %u: f32[N, 1] = Softmax(%r) {axis = 0}
  %y: f32[N, 1] = Sub(%t, %u)
}
)");
}

TEST(Passes, SimplifyRemovesWhatChangesNothing) {
  EXPECT_EQ(after(simplify, R"(graph "g" (%x: f32[N, 4]) -> (%y) {
    %zero: f32[] = const [0]
    %one: f32[1] = const [1]
    %s: i64[2] = const [-1, 4]
    %t: i64[2] = const [-1, 2]
    %a = Add(%x, %zero)
    %b = Mul(%one, %a)
    %c = Identity(%b)
    %d = Cast(%c) {to = 1}
    %e = Reshape(%d, %s)
    %f = Transpose(%e) {perm = [0, 1]}
    %y = Reshape(%f, %t)
  })"),
            R"(graph "g" (%x: f32[N, 4]) -> (%y) {
  %t: i64[2] = const [-1, 2]
  %y: f32[2*N, 2] = Reshape(%x, %t)
}
)");
}

TEST(Passes, SimplifyKeepsWhatBroadcastsAndNamesOfOutputs) {
  EXPECT_THAT(after(simplify, R"(graph "g" (%x: f32[N]) -> (%y, %z) {
    %ones: f32[2, 1] = const [1, 1]
    %m = Mul(%x, %ones)
    %y = Identity(%m)
    %z = Identity(%x)
  })"),
              ::testing::HasSubstr("  %y: f32[2, N] = Mul(%x, %ones)\n"
                                   "  %z: f32[N] = Identity(%x)"));
}

TEST(Passes, CancelTransposesMovesThemTogether) {
  EXPECT_EQ(
      after(cancel_transposes, R"(graph "g" (%x: f32[N, 2, 3, 4]) -> (%y) {
    %two: f32[] = const [2]
    %a = Transpose(%x) {perm = [0, 2, 3, 1]}
    %b = Relu(%a)
    %c = Mul(%b, %two)
    %d = Transpose(%c) {perm = [0, 3, 1, 2]}
    %y = Neg(%d)
  })"),
      R"(graph "g" (%x: f32[N, 2, 3, 4]) -> (%y) {
  %two: f32[] = const [2]
  %b/moved: f32[N, 2, 3, 4] = Relu(%x)
  %c/moved: f32[N, 2, 3, 4] = Mul(%b/moved, %two)
  %y/moved: f32[N, 2, 3, 4] = Neg(%c/moved)
  %y: f32[N, 2, 3, 4] = Transpose(%y/moved) {perm = [0, 1, 2, 3]}
}
)");
}

TEST(Passes, FoldNormalizationsPutsScalesIntoWeights) {
  const std::string text =
      after(fold_normalizations, R"(graph "g" (%x: f32[N, 1, 3, 3]) -> (%y) {
    %w: f32[2, 1, 2, 2] = const [1, 2, 3, 4, 5, 6, 7, 8]
    %s: f32[2] = const [2, 3]
    %b: f32[2] = const [1, -1]
    %m: f32[2] = const [0.5, 0.25]
    %v: f32[2] = const [4, 9]
    %t: f32[2, 1, 1] = const [10, 20]
    %c = Conv(%x, %w)
    %n = BatchNormalization(%c, %s, %b, %m, %v)
    %y = Add(%t, %n)
  })");
  EXPECT_THAT(text, ::testing::HasSubstr("%y: f32[N, 2, 2, 2] = Conv(%x, "));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("BatchNorm")));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("Add")));
}

TEST(Passes, FoldNormalizationsLeavesAConvolutionThatOthersRead) {
  EXPECT_THAT(after(fold_normalizations,
                    R"(graph "g" (%x: f32[N, 1, 2, 2]) -> (%c, %y) {
    %w: f32[1, 1, 1, 1] = const [2]
    %t: f32[] = const [10]
    %c = Conv(%x, %w)
    %y = Add(%c, %t)
  })"),
              ::testing::HasSubstr("Add(%c, %t)"));
}

TEST(Passes, RecognizeGeluFindsItsFactorsInAnyOrder) {
  constexpr std::string_view kNames =
      R"(graph "g" (%x: f32[N, 4]) -> (%y) {
    %r: f32[] = const [0.70710678]
    %t: f32[] = const [2]
    %h: f32[] = const [0.5]
    %o: f32[] = const [1]
    %s = Mul(%r, %x)
    %e = Erf(%s)
    %a = Add(%o, %e)
)";
  for (const char* end : {"%m = Mul(%x, %a) %y = Mul(%m, %h) }",
                          "%m = Mul(%h, %x) %y = Mul(%a, %m) }",
                          "%m = Div(%a, %t) %y = Mul(%m, %x) }"})
    EXPECT_EQ(after(recognize_gelu, std::string(kNames) + end),
              "graph \"g\" (%x: f32[N, 4]) -> (%y) {\n"
              "  %y: f32[N, 4] = Gelu(%x)\n}\n");
  // Another factor, and another number, are something else.
  for (const char* end : {"%m = Mul(%e, %a) %y = Mul(%m, %h) }",
                          "%m = Mul(%x, %a) %y = Mul(%m, %t) }"})
    EXPECT_THAT(after(recognize_gelu, std::string(kNames) + end),
                ::testing::Not(::testing::HasSubstr("Gelu")));
}

TEST(Passes, RecognizeNormalizationsNeedsTheWholePattern) {
  const auto text = [](std::string_view mean_axis, std::string_view squared) {
    return fmt::format(R"(graph "g" (%x: f32[N, 4]) -> (%y) {{
    %l: i64[1] = const [-1]
    %k: i64[1] = const [{}]
    %t: f32[] = const [2]
    %c: f32[] = const [0.5]
    %s: f32[4] = const [1, 2, 3, 4]
    %b: f32[4] = const [4, 3, 2, 1]
    %m = ReduceMean(%x, %k)
    %d = Sub(%x, %m)
    %q = Pow({}, %t)
    %v = ReduceMean(%q, %l)
    %e = Add(%c, %v)
    %r = Sqrt(%e)
    %n = Div(%d, %r)
    %p = Mul(%s, %n)
    %y = Add(%p, %b)
  }})",
                       mean_axis, squared);
  };
  EXPECT_EQ(after(recognize_normalizations, text("1", "%d")),
            R"(graph "g" (%x: f32[N, 4]) -> (%y) {
  %s: f32[4] = const [1, 2, 3, 4]
  %b: f32[4] = const [4, 3, 2, 1]
  %y: f32[N, 4] = LayerNormalization(%x, %s, %b) {epsilon = 0.5}
}
)");
  for (const auto& other : {text("0", "%d"), text("1", "%x")})
    EXPECT_THAT(after(recognize_normalizations, other),
                ::testing::Not(::testing::HasSubstr("LayerNorm")));
}

TEST(Passes, AllInTheirOrderWithEachSwitchedOff) {
  constexpr std::string_view kText =
      R"(graph "g" (%x: f32[N, 1, 4, 4]) -> (%y) {
    %w: f32[2, 1, 3, 3] = const [1,2,3,4,5,6,7,8,9,9,8,7,6,5,4,3,2,1]
    %k: f32[1] = const [0.5]
    %k2 = Add(%k, %k)
    %i = Identity(%x)
    %c = Conv(%i, %w)
    %m = Mul(%c, %k2)
    %a = Transpose(%m) {perm = [0, 2, 3, 1]}
    %r = Relu(%a)
    %b = Transpose(%r) {perm = [0, 3, 1, 2]}
    %y = Add(%b, %b)
  })";
  const Graph graph = graph_of(kText);
  const auto expected = run_graph(graph, inputs_of(graph));
  ASSERT_TRUE(expected.ok());
  size_t least = 99;
  for (const GraphPass& pass : graph_passes()) {
    const auto without =
        optimize_graph(graph, {.without = {std::string(pass.name)}});
    ASSERT_TRUE(without.ok()) << without.error().message;
    const auto results = run_graph(*without, inputs_of(*without));
    ASSERT_TRUE(results.ok());
    EXPECT_FALSE(find_difference((*results)[0], (*expected)[0],
                                 {.relative = 1e-5, .absolute = 1e-6}));
    least = std::min(least, without->nodes.size());
  }
  std::vector<std::string> ran;
  const auto all =
      optimize_graph(graph, {.after = [&](std::string_view name, const Graph&) {
                       ran.emplace_back(name);
                     }});
  ASSERT_TRUE(all.ok());
  EXPECT_LE(all->nodes.size(), least);
  EXPECT_EQ(all->nodes.size(), 3u) << to_text(*all);
  for (const GraphPass& pass : graph_passes()) {
    // Where nothing is a sequence.
    if (pass.name == "flatten-sequences") continue;
    EXPECT_THAT(ran, ::testing::Contains(std::string(pass.name)));
  }
  EXPECT_FALSE(optimize_graph(graph, {.without = {"simplfy"}}).ok());
}

TEST(Passes, SequencesOfKnownLengthsBecomeTheirItems) {
  const Graph graph = graph_of(R"(graph "g" (%x: f32[2, 3]) -> (%y, %n, %h) {
    %at: i64[] = const [-1]
    %s = SplitToSequence(%x) {axis = 1, keepdims = 0}
    %i = SequenceAt(%s, %at)
    %t = SequenceInsert(%s, %i)
    %m = SequenceMap(%t, %x) {body = graph "b" (%a, %b) -> (%c) {
      %d = Shape(%b)
      %e = ReduceProd(%d)
      %f = Cast(%e) {to = 1}
      %c = Mul(%a, %f)
    }}
    %n = SequenceLength(%m)
    %y = ConcatFromSequence(%m) {axis = 0, new_axis = 1}
    %o = Optional(%i)
    %h = OptionalHasElement(%o)
  })");
  const auto expected = run_graph(graph, inputs_of(graph));
  ASSERT_TRUE(expected.ok()) << expected.error().message;
  const auto flat = optimize_graph(graph);
  ASSERT_TRUE(flat.ok()) << flat.error().message;
  for (const Node& node : flat->nodes)
    EXPECT_NE(info(node.op).family, "sequence") << to_text(*flat);
  const auto results = run_graph(*flat, inputs_of(*flat));
  ASSERT_TRUE(results.ok()) << results.error().message;
  for (size_t i = 0; i < results->size(); ++i)
    EXPECT_FALSE(find_difference((*results)[i], (*expected)[i], {}));
}

TEST(Passes, WhatIsReadAsASequenceIsStillOne) {
  const Graph graph = graph_of(
      R"(graph "g" (%x: f32[2], %at: i64[], %o: opt(f32[2])) -> (%s, %y, %n) {
    %s0 = SequenceEmpty()
    %s1 = SequenceInsert(%s0, %x)
    %s = SequenceInsert(%s1, %x)
    %y = SequenceAt(%s, %at)
    %n = Optional() {type = f32[2]}
  })");
  const auto flat = flatten_sequences(graph);
  ASSERT_TRUE(flat.ok()) << flat.error().message;
  EXPECT_TRUE(verify_graph(*flat).ok()) << to_text(*flat);
  EXPECT_EQ(flat->nodes.size(), 3u) << to_text(*flat);
}

TEST(Passes, EveryRowOfTheTableIsListed) {
  size_t rows = 0;
#define HONE_GRAPH_PASS(identifier, public_name, text) \
  EXPECT_EQ(graph_passes()[rows].name, public_name);   \
  EXPECT_EQ(graph_passes()[rows].run, identifier);     \
  ++rows;
#include "tensor/passes/passes.def"
#undef HONE_GRAPH_PASS
  EXPECT_EQ(rows, graph_passes().size());
}

}  // namespace
}  // namespace hone::tensor
