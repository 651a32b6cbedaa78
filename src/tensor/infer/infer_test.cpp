// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/infer/infer.h"

#include <gtest/gtest.h>

#include "tensor/graph_text.h"

namespace hone::tensor {
namespace {

// The type of %y after the statements, on inputs as given.
std::string type_after(std::string_view inputs, std::string_view statements,
                       const InferOptions& options = {}) {
  Result<Graph> graph =
      parse_graph("graph \"t\" (" + std::string(inputs) + ") -> (%y) {\n" +
                  std::string(statements) + "\n}");
  if (!graph) return graph.error().message;
  const Status status = infer_types(*graph, options);
  return status ? to_text((*graph)[graph->outputs[0]].type)
                : status.error().message;
}

TEST(Infer, ConvolutionsKeepSymbols) {
  EXPECT_EQ(type_after("%x: f32[N, 3, H, W], %w: f32[8, 3, 3, 3]",
                       "%y = Conv(%x, %w) {strides = [2, 2], pads = [1, 1, 1, "
                       "1]}"),
            "f32[N, 8, floor((H - 1) / (2)) + 1, floor((W - 1) / (2)) + 1]");
  EXPECT_EQ(type_after("%x: f32[N, 3, 224, 224], %w: f32[8, 3, 7, 7]",
                       "%y = Conv(%x, %w) {strides = [2, 2], auto_pad = "
                       "\"SAME_UPPER\"}"),
            "f32[N, 8, 112, 112]");
}

TEST(Infer, ComputedShapesAreFollowed) {
  EXPECT_EQ(type_after("%x: f32[N, 3, 4]", R"(
    %s = Shape(%x)
    %i: i64[] = const [0]
    %n = Gather(%s, %i)
    %a: i64[1] = const [0]
    %n1 = Unsqueeze(%n, %a)
    %m: i64[1] = const [-1]
    %t = Concat(%n1, %m) {axis = 0}
    %y = Reshape(%x, %t))"),
            "f32[N, 12]");
  EXPECT_EQ(type_after("%x: f32[N, M]", R"(
    %s = Shape(%x) {start = 1}
    %two: i64[1] = const [2]
    %d = Mul(%s, %two)
    %y = ConstantOfShape(%d))"),
            "f32[2*M]");
}

TEST(Infer, ScalesGiveSizesWhereTheyAreExact) {
  constexpr std::string_view kResize = R"(
    %none: f32[0] = const []
    %s: f32[4] = const [1, 2, 0.5, 1.7]
    %y = Resize(%x, %none, %s))";
  EXPECT_EQ(type_after("%x: f32[1, 3, 5, 9]", kResize), "f32[1, 6, 2, 15]");
  EXPECT_EQ(type_after("%x: f32[N, C, H, W]", kResize),
            "f32[N, 2*C, floor((H) / (2)), ?0]");
}

TEST(Infer, BroadcastingPrefersNumbers) {
  EXPECT_EQ(type_after("%a: f32[N, 1, 4], %b: f32[3, 1]", "%y = Add(%a, %b)"),
            "f32[N, 3, 4]");
  EXPECT_EQ(type_after("%a: f32[N], %b: f32[5]", "%y = Add(%a, %b)"), "f32[5]");
  EXPECT_EQ(type_after("%a: f32[N], %b: f32[M]", "%y = Add(%a, %b)"),
            "f32[?0]");
}

TEST(Infer, ProductsReductionsAndSlices) {
  EXPECT_EQ(type_after("%a: f32[B, 1, S, 64], %b: f32[12, 64, T]",
                       "%y = MatMul(%a, %b)"),
            "f32[B, 12, S, T]");
  EXPECT_EQ(type_after("%x: f32[N, 3, 4]",
                       "%a: i64[1] = const [-1]\n"
                       "%y = ReduceMean(%x, %a) {keepdims = 0}"),
            "f32[N, 3]");
  EXPECT_EQ(type_after("%x: f32[N, 10]", R"(
    %s: i64[1] = const [2]
    %e: i64[1] = const [9223372036854775807]
    %a: i64[1] = const [1]
    %t: i64[1] = const [3]
    %y = Slice(%x, %s, %e, %a, %t))"),
            "f32[N, 3]");
}

TEST(Infer, DotsOfAnEquationAreBroadcast) {
  EXPECT_EQ(
      type_after("%a: f32[B, 1, 4, 8], %b: f32[5, 3, 8]",
                 "%y = Einsum(%a, %b) {equation = \"...ij,...kj->...ik\"}"),
      "f32[B, 5, 4, 3]");
  EXPECT_EQ(type_after("%a: f32[N, 4, 4]",
                       "%y = Einsum(%a) {equation = \"...ii->...i\"}"),
            "f32[N, 4]");
}

TEST(Infer, TransformsKeepWhatTheyDoNotTransform) {
  EXPECT_EQ(type_after("%x: f32[B, 10, 1]", "%y = DFT(%x) {onesided = 1}"),
            "f32[B, 6, 2]");
  EXPECT_EQ(type_after("%x: f32[B, 10, 2], %a: i64[]", "%y = DFT(%x, _, %a)"),
            "f32[B, 10, 2]");
}

TEST(Infer, BodiesSeeWhatTheyCapture) {
  EXPECT_EQ(type_after("%c: bool[], %x: f32[N, 4]", R"(
    %y = If(%c) {
      else_branch = graph "e" () captures (%a = %x) -> (%r) {
        %r = Neg(%a)
      },
      then_branch = graph "t" () captures (%a = %x) -> (%r) {
        %r = Concat(%a, %a) {axis = 1}
      }
    })"),
            "f32[N, ?0]");
}

TEST(Infer, AStateThatGrowsHasNoKnownSize) {
  EXPECT_EQ(type_after("%n: i64[], %x: f32[1, 4]", R"(
    %y = Loop(%n, _, %x) {
      body = graph "b" (%i, %go, %s) captures (%k = %x) -> (%go, %t) {
        %t = Concat(%s, %k) {axis = 0}
      }
    })")
                .substr(0, 5),
            "f32[?");
}

TEST(Infer, GivenInputsPutNumbersForSymbols) {
  InferOptions options;
  std::string_view text = "f32[2, 4]";
  options.inputs["x"] = *take_type(text);
  EXPECT_EQ(type_after("%x: f32[N, 4]", "%y = Relu(%x)", options), "f32[2, 4]");
  text = "f32[2, 5]";
  options.inputs["x"] = *take_type(text);
  EXPECT_EQ(type_after("%x: f32[N, 4]", "%y = Relu(%x)", options),
            "input 'x' is f32[N, 4]; given f32[2, 5]");
}

TEST(Infer, ASecondRunChangesNothing) {
  Result<Graph> graph =
      parse_graph(R"(graph "g" (%a: f32[N], %b: f32[M], %u: f32[*]) -> (%y) {
    %s = Add(%a, %b)
    %n = NonZero(%s)
    %y = Concat(%n, %n) {axis = 1}
  })");
  ASSERT_TRUE(graph.ok());
  ASSERT_TRUE(infer_types(*graph).ok());
  const std::string once = to_text(*graph);
  ASSERT_TRUE(infer_types(*graph).ok());
  EXPECT_EQ(to_text(*graph), once);
}

}  // namespace
}  // namespace hone::tensor
