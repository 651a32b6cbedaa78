// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators on small inputs whose results can be worked out by hand. ONNX's own
// node tests (bench/onnx) cover the families broadly; here stand operators and
// cases that they leave out, and the interpreter itself.
#include "tensor/interpreter/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tensor/interpreter/test_tools.h"

namespace hone::tensor {
namespace {

using ::testing::HasSubstr;

TEST(Interpreter, IntegersWrapAroundAndDivideTowardsZero) {
  EXPECT_EQ(value_after("%a: i8[2] = const [127, -7]\n"
                        "%b: i8[2] = const [1, 2]\n%y = Add(%a, %b)"),
            "i8[2] [-128, -5]");
  EXPECT_EQ(value_after("%a: i8[3] = const [-7, -128, 5]\n"
                        "%b: i8[3] = const [2, -1, 0]\n%y = Div(%a, %b)"),
            "i8[3] [-3, -128, 0]");
  EXPECT_EQ(value_after("%a: u64[1] = const [18446744073709551615]\n"
                        "%b: u64[1] = const [2]\n%y = Div(%a, %b)"),
            "u64[1] [9223372036854775807]");
  EXPECT_EQ(value_after("%a: i32[2] = const [-7, 7]\n"
                        "%b: i32[2] = const [3, -3]\n%y = Mod(%a, %b)"),
            "i32[2] [2, -2]");
}

TEST(Interpreter, UnsignedNumbersCompareAsSuch) {
  EXPECT_EQ(value_after("%a: u64[1] = const [18446744073709551615]\n"
                        "%b: u64[1] = const [1]\n%y = Greater(%a, %b)"),
            "bool[1] [1]");
  EXPECT_EQ(value_after("%a: u64[2] = const [1, 18446744073709551615]\n"
                        "%y = ReduceMax(%a)"),
            "u64[1] [18446744073709551615]");
}

TEST(Interpreter, ReductionsToTheLargestTakeEveryInteger) {
  for (const std::string type : {"i8", "i16", "i32", "i64"}) {
    const std::string x = "%a: " + type + "[3] = const [-3, 5, -100]\n";
    EXPECT_EQ(value_after(x + "%y = ReduceMax(%a)"), type + "[1] [5]");
    EXPECT_EQ(value_after(x + "%y = ReduceMin(%a)"), type + "[1] [-100]");
  }
}

TEST(Interpreter, NanWinsInMaxAndEqualsNothing) {
  const std::string nan =
      "%a: f32[1] = const hex \"0000c07f\"\n"
      "%b: f32[1] = const [1]\n";
  EXPECT_EQ(value_after(nan + "%y = Max(%a, %b)"), "f32[1] hex \"0000c07f\"");
  EXPECT_EQ(value_after(nan + "%y = Max(%b, %a)"), "f32[1] hex \"0000c07f\"");
  EXPECT_EQ(value_after(nan + "%y = Equal(%a, %a)"), "bool[1] [0]");
}

TEST(Interpreter, SumsAreKeptInDouble) {
  // In f32 the ones would be lost beside 2^24.
  EXPECT_EQ(value_after("%a: f32[1, 3] = const [16777216, 1, 1]\n"
                        "%b: f32[3, 1] = const [1, 1, 1]\n%y = MatMul(%a, %b)"),
            "f32[1, 1] [16777218]");
}

TEST(Interpreter, ReductionsOfNothingGiveTheNeutralElement) {
  const std::string nothing = "%x: f32[0] = const []\n";
  EXPECT_EQ(value_after(nothing + "%y = ReduceSum(%x)"), "f32[1] [0]");
  EXPECT_EQ(value_after(nothing + "%y = ReduceProd(%x)"), "f32[1] [1]");
  EXPECT_EQ(value_after(nothing + "%y = ReduceMax(%x)"), "f32[1] [-inf]");
  EXPECT_EQ(value_after("%x: i8[0] = const []\n%y = ReduceMin(%x)"),
            "i8[1] [127]");
}

TEST(Interpreter, PoolsThatNoNodeTestHas) {
  EXPECT_EQ(value_after("%x: f32[1, 1, 2] = const [3, 4]\n"
                        "%y = GlobalLpPool(%x)"),
            "f32[1, 1, 1] [5]");
  EXPECT_EQ(value_after("%x: f32[1, 1, 2, 2] = const [1, 2, 3, 4]\n"
                        "%r: f32[1, 5] = const [0, 0, 0, 1, 1]\n"
                        "%y = MaxRoiPool(%x, %r) {pooled_shape = [1, 2]}"),
            "f32[1, 1, 1, 2] [3, 4]");
}

TEST(Interpreter, GatedLinearUnit) {
  EXPECT_EQ(value_after("%a: f64[2] = const [0, 2]\n%b: f64[2] = const [5, 3]\n"
                        "%y = SwiGLU(%a, %b)"),
            "f64[2] [0, 5.284782467867294]");
}

TEST(Interpreter, LpNormalizationOfZerosIsZero) {
  EXPECT_EQ(value_after("%x: f32[2, 2] = const [0, 0, 3, 4]\n"
                        "%y = LpNormalization(%x)"),
            "f32[2, 2] [0, 0, 0.6, 0.8]");
}

TEST(Interpreter, SlicesWithLargeStepsAndEndsStayInside) {
  const std::string base = "%x: i64[4] = const [0, 1, 2, 3]\n";
  EXPECT_EQ(value_after(base + "%s: i64[1] = const [3]\n"
                               "%e: i64[1] = const [-9223372036854775808]\n"
                               "%a: i64[1] = const [0]\n"
                               "%t: i64[1] = const [-9223372036854775807]\n"
                               "%y = Slice(%x, %s, %e, %a, %t)"),
            "i64[1] [3]");
  EXPECT_EQ(value_after(base + "%s: i64[1] = const [-9223372036854775808]\n"
                               "%e: i64[1] = const [9223372036854775807]\n"
                               "%y = Slice(%x, %s, %e)"),
            "i64[4] [0, 1, 2, 3]");
}

TEST(Interpreter, RandomNumbersRepeatAndLieInRange) {
  const std::string draw =
      "%y = RandomUniform() {shape = [4], low = 2.0, high = 3.0, seed = 1.0}";
  EXPECT_EQ(value_after(draw), value_after(draw));
  EXPECT_THAT(value_after(draw), HasSubstr("f32[4] [2."));
  EXPECT_EQ(value_after("%x: f32[1, 2] = const [-1000, 0]\n"
                        "%y = Multinomial(%x) {sample_size = 3}"),
            "i32[1, 3] [1, 1, 1]");
}

TEST(Interpreter, LoopsCarryStatesAndStackSlices) {
  EXPECT_EQ(value_after(R"(
    %n: i64[] = const [3]
    %c: bool[] = const [1]
    %s: i64[] = const [1]
    %last, %y = Loop(%n, %c, %s) {
      body = graph "b" (%i, %go, %v) captures (%k = %s) -> (%go, %w, %w) {
        %d = Add(%v, %v)
        %w = Add(%d, %k)
      }
    })"),
            "i64[3] [3, 7, 15]");
  EXPECT_EQ(value_after(R"(
    %n: i64[] = const [0]
    %s: f32[2] = const [1, 2]
    %last, %y = Loop(%n, _, %s) {
      body = graph "b" (%i, %go, %v) -> (%go, %v, %w) {
        %w: f32[2] = Neg(%v)
      }
    })"),
            "f32[0, 2] []");
}

TEST(Interpreter, LimitsEndWhatWouldNotEnd) {
  const auto graph = parse_graph(R"(graph "g" () -> (%y) {
    %c: bool[] = const [1]
    %s: i64[] = const [0]
    %y = Loop(_, %c, %s) { body = graph "b" (%i, %go, %v) -> (%go, %v) {} }
  })");
  ASSERT_TRUE(graph.ok());
  const auto result = run_graph(*graph, {}, {.limits = {.iterations = 1000}});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::LimitReached);
  EXPECT_THAT(value_after("%s: i64[2] = const [1000000, 1000000]\n"
                          "%y = ConstantOfShape(%s)"),
              HasSubstr("a result of 1000000000000 elements"));
}

TEST(Interpreter, ErrorsNameTheNodeAndWhatDoesNotFit) {
  EXPECT_THAT(value_after("%a: f32[2] = const [1, 2]\n"
                          "%b: f32[3] = const [1, 2, 3]\n"
                          "%y = Add(%a, %b) @ \"sum\""),
              HasSubstr("node 'sum' (Add): sizes [3] do not broadcast"));
  EXPECT_THAT(value_after("%a: f32[2] = const [1, 2]\n"
                          "%i: i64[1] = const [2]\n%y = Gather(%a, %i)"),
              HasSubstr("index 2 of 2 elements"));
  EXPECT_THAT(value_after("%x: u8[1] = const [0]\n%y = ImageDecoder(%x)"),
              HasSubstr("no code for this operator"));
}

TEST(Interpreter, SingleElementsEqualThoseOfTheWhole) {
  const auto graph = parse_graph(R"(graph "g" () -> (%y) {
    %x: f32[1, 2, 4, 4] = const [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,
      1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]
    %w: f32[2, 2, 2, 2] = const [1,2,3,4,5,6,7,8,9,8,7,6,5,4,3,2]
    %y = Conv(%x, %w) {pads = [1, 1, 0, 0], strides = [2, 1]}
  })");
  ASSERT_TRUE(graph.ok());
  const Node& node = graph->nodes[0];
  const RunValue x = Tensor::from(*graph->literal_of(node.inputs[0]));
  const RunValue w = Tensor::from(*graph->literal_of(node.inputs[1]));
  const RunValue* inputs[] = {&x, &w};
  const auto whole = run_node(node, inputs);
  ASSERT_TRUE(whole.ok());
  const Tensor& all = *whole->front().tensor;
  const std::vector<int64_t> wanted = {0, 5, all.size() - 1};
  const auto some = evaluate_elements(node, inputs, wanted);
  ASSERT_TRUE(some.ok());
  for (const int64_t i : wanted) EXPECT_EQ(some->number(i), all.number(i));
}

// Every row of operators.def that no code of its own runs.
TEST(Interpreter, WhatHasNoCodeIsKnown) {
  std::vector<std::string> without;
  for (const OpInfo& row : operators())
    if (!find_kernel(row.op)) without.emplace_back(row.name);
  EXPECT_THAT(without,
              ::testing::ElementsAre("Constant", "Gradient", "ImageDecoder"));
}

}  // namespace
}  // namespace hone::tensor
