// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators on element kernels, in every type that they claim, against the
// reference interpreter: all elements of all values.
#include <gtest/gtest.h>

#include "tensor/graph_text.h"
#include "toolkit/check_model.h"
#include "toolkit/compile_model.h"

namespace hone::toolkit {
namespace {

// One graph of all the lines, each a node that gives an output; T is the type.
void expect_agreement(std::string_view type, const std::string& inputs,
                      const std::vector<std::string>& lines) {
  SCOPED_TRACE(type);
  std::string outputs, body;
  for (size_t i = 0; i < lines.size(); ++i) {
    outputs += (i > 0 ? ", %r" : "%r") + std::to_string(i);
    body += "  %r" + std::to_string(i) + " = " + lines[i] + "\n";
  }
  std::string text =
      "graph \"g\" (" + inputs + ") -> (" + outputs + ") {\n" + body + "}\n";
  for (size_t at; (at = text.find('$')) != std::string::npos;)
    text.replace(at, 1, type);
  auto parsed = tensor::parse_graph(text);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message << "\n" << text;
  const auto graph = prepare_graph(*std::move(parsed), {});
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  const auto model = codegen::build_model(*graph, {.cpu = "native"});
  ASSERT_TRUE(model.ok()) << model.error().message;
  const auto report =
      check_model(*graph, *model, {.extent = CheckExtent::Full});
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->unchecked, std::vector<std::string>());
  EXPECT_GE(report->values, static_cast<int>(lines.size()));
}

const std::vector<std::string> kFloatLines = {
    "Abs(%x)",
    "Ceil(%x)",
    "Cos(%x)",
    "Elu(%x)",
    "Erf(%x)",
    "Exp(%x)",
    "Gelu(%x)",
    "HardSwish(%x)",
    "LeakyRelu(%x)",
    "Mish(%x)",
    "Neg(%x)",
    "Round(%x)",
    "Selu(%x)",
    "Sigmoid(%x)",
    "Softplus(%x)",
    "Tanh(%x)",
    "Add(%x, %y)",
    "Div(%x, %y)",
    "Max(%x, %y)",
    "Mul(%x, %y)",
    "PRelu(%x, %y)",
    "Softmax(%x)",
    "LogSoftmax(%x) {axis = 0}",
    "Transpose(%x)",
    "Concat(%x, %y) {axis = 1}",
    "ReduceMax(%x)",
    "ReduceL2(%x)",
    "ReduceLogSumExp(%x)",
    "ArgMax(%x) {axis = 1}",
    "Greater(%x, %y)",
    "IsNaN(%x)",
    "LpNormalization(%x)",
    "Cast(%x) {to = 1}",
    "Einsum(%x, %y) {equation = \"ij,kj->ik\"}"};

TEST(Coverage, FloatsOfEveryTypeAgreeWithTheInterpreter) {
  for (const std::string_view type : {"f64", "f16", "bf16"})
    expect_agreement(type, "%x: $[3, 4], %y: $[3, 4]", kFloatLines);
}

TEST(Coverage, IntegersOfEveryTypeAgreeWithTheInterpreter) {
  for (const std::string_view type :
       {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"})
    expect_agreement(
        type, "%x: $[3, 4], %y: $[3, 4]",
        {"Add(%x, %y)", "Sub(%x, %y)", "Mul(%x, %y)", "Div(%x, %y)",
         "Mod(%x, %y)", "Max(%x, %y)", "Min(%x, %y)", "Less(%x, %y)",
         "Equal(%x, %y)", "BitwiseAnd(%x, %y)", "BitwiseXor(%x, %y)",
         "BitwiseNot(%x)", "BitShift(%x, %y) {direction = \"LEFT\"}",
         "Transpose(%x)", "ReduceSum(%x)", "ReduceMin(%x)",
         "ArgMin(%x) {axis = 0}", "Concat(%x, %y) {axis = 0}",
         "Cast(%x) {to = 11}"});
}

TEST(Coverage, SmallTypesAreCastAndMovedAsTheInterpreterHasIt) {
  for (const std::string_view type :
       {"f8e4m3fn", "f8e4m3fnuz", "f8e5m2", "f8e5m2fnuz", "f4e2m1", "f6e2m3",
        "f6e3m2", "i4", "u4", "i2", "u2"})
    expect_agreement(type, "%x: $[3, 5]",
                     {"Cast(%x) {to = 1}", "Transpose(%x)"});
  for (const std::string_view to :
       {"10", "16", "17", "18", "19", "20", "21", "22", "23"})
    expect_agreement("f32", "%x: $[3, 5]",
                     {"Cast(%x) {to = " + std::string(to) + "}", "Neg(%x)"});
}

TEST(Coverage, BranchesAndLoopsAgreeWithTheInterpreter) {
  expect_agreement("f32", "%x: $[3, 4], %c: bool[], %n: i64[]",
                   {R"(If(%c) {
      else_branch = graph "e" () captures (%a = %x) -> (%r) { %r = Neg(%a) },
      then_branch = graph "t" () captures (%a = %x) -> (%r) { %r = Abs(%a) }
    })",
                    R"(Loop(%n, %c, %x) {
      body = graph "b" (%i, %go, %v) captures (%k = %x) -> (%go, %w) {
        %w = Add(%v, %k)
      }
    })"});
}

TEST(Coverage, RandomNumbersAreThoseOfTheInterpreter) {
  // More than 312 numbers use the generator's state up.
  expect_agreement(
      "f32", "%x: $[3, 4], %big: $[20, 20], %t: bool[], %r: f32[]",
      {"RandomNormal() {shape = [400], seed = 3.0, mean = 2.0, scale = 0.5}",
       "RandomNormalLike(%x) {seed = 4.0}",
       "RandomUniform() {shape = [2, 5], low = -1.0, high = 3.0}",
       "RandomUniformLike(%big) {seed = 5.0}",
       "Bernoulli(%x) {seed = 5.0, dtype = 7}",
       "Multinomial(%x) {sample_size = 9, seed = 2.0}",
       "Dropout(%big, %r, %t) {seed = 7}"});
}

TEST(Coverage, AttentionTakesGraphsOfTheUser) {
  expect_agreement("f32", "%q: $[1, 4, 3, 2], %k: $[1, 2, 5, 2]",
                   {R"(FlexAttention(%q, %k, %k) {
      prob_mod = graph "p" (%s) -> (%t) { %t = Mul(%s, %s) },
      score_mod = graph "s" (%s) -> (%t) { %t = Neg(%s) }
    })",
                    "FlexAttention(%q, %k, %k) {scale = 0.5}"});
}

TEST(Coverage, AnAxisOfATransformMayComeAtRunTime) {
  expect_agreement("f32", "%x: $[2, 4, 3, 2], %n: i64[], %axis: i64[]",
                   {"DFT(%x, _, %axis)", "DFT(%x, _, %axis) {inverse = 1}"});
}

}  // namespace
}  // namespace hone::toolkit
