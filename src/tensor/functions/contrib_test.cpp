// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies of the operators of com.microsoft: each reads, infers and verifies,
// and those with a plain equivalent compute the same. The numbers of all of
// them are compared with ONNX Runtime by
// bench/onnx/contrib_against_onnxruntime.
#include "tensor/functions/contrib.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/custom_operators.h"
#include "tensor/functions/expand.h"
#include "tensor/graph_text.h"
#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/verify_graph.h"

namespace hone::tensor {
namespace {

using ::testing::HasSubstr;

struct Case {
  std::string_view name;
  std::vector<std::string_view> inputs;  // types; "" is left out
  std::map<std::string, Attribute, std::less<>> attributes = {};
  size_t outputs = 1;
};

const std::vector<Case> kCases = {
    {"Attention",
     {"f32[2, 5, 8]", "f32[8, 24]", "f32[24]"},
     {{"num_heads", int64_t{2}}}},
    {"BiasGelu", {"f32[3, 8]", "f32[8]"}},
    {"CDist", {"f32[3, 4]", "f32[5, 4]"}},
    {"DequantizeLinear", {"u8[3, 4]", "f32[]", "u8[]"}},
    {"DynamicQuantizeMatMul",
     {"f32[4, 8]", "i8[8, 3]", "f32[]", "i8[]", "f32[3]"}},
    {"EmbedLayerNormalization",
     {"i32[2, 5]", "i32[2, 5]", "f32[9, 8]", "f32[6, 8]", "f32[2, 8]", "f32[8]",
      "f32[8]"}},
    {"ExpandDims", {"f32[3, 4]", "i32[]"}},
    {"FastGelu", {"f32[3, 8]", "f32[8]"}},
    {"FusedConv",
     {"f32[1, 3, 8, 8]", "f32[4, 3, 3, 3]"},
     {{"activation", std::string("Tanh")},
      {"pads", std::vector<int64_t>{1, 1, 1, 1}}}},
    {"FusedGemm",
     {"f32[4, 8]", "f32[3, 8]"},
     {{"activation", std::string("HardSigmoid")}, {"transB", int64_t{1}}}},
    {"FusedMatMul",
     {"f32[2, 8, 4]", "f32[8, 3]"},
     {{"alpha", 0.5f}, {"transA", int64_t{1}}}},
    {"GatherBlockQuantized",
     {"u8[4, 16]", "i64[3]", "f32[4, 2]"},
     {{"block_size", int64_t{16}}, {"bits", int64_t{4}}}},
    {"GatherND", {"f32[3, 4]", "i32[2, 1]"}},
    {"Gelu", {"f32[3, 8]"}},
    {"GridSample", {"f32[1, 2, 3, 4]", "f32[1, 2, 2, 2]"}},
    {"GroupQueryAttention",
     {"f32[2, 1, 16]", "f32[2, 1, 8]", "f32[2, 1, 8]", "f32[2, 2, 3, 4]",
      "f32[2, 2, 3, 4]", "i32[2]", "i32[]"},
     {{"num_heads", int64_t{4}}, {"kv_num_heads", int64_t{2}}},
     3},
    {"MatMulInteger16", {"i16[3, 4]", "i16[4, 2]"}},
    {"MatMulIntegerToFloat", {"u8[4, 8]", "i8[8, 3]", "f32[]", "f32[]"}},
    {"MatMulNBits",
     {"f32[3, 32]", "u8[5, 2, 8]", "f32[10]"},
     {{"K", int64_t{32}}, {"N", int64_t{5}}, {"block_size", int64_t{16}}}},
    {"MultiHeadAttention",
     {"f32[2, 5, 8]", "f32[2, 7, 8]", "f32[2, 7, 8]", "f32[24]"},
     {{"num_heads", int64_t{2}}}},
    {"NhwcMaxPool",
     {"u8[1, 5, 5, 3]"},
     {{"kernel_shape", std::vector<int64_t>{2, 2}}}},
    {"Pad", {"f32[3, 4]", "i64[4]"}},
    {"QAttention",
     {"u8[2, 5, 8]", "i8[8, 24]", "f32[24]", "f32[]", "f32[]"},
     {{"num_heads", int64_t{2}}}},
    {"QEmbedLayerNormalization",
     {"i32[2, 5]", "i32[2, 5]", "u8[9, 8]", "u8[6, 8]", "u8[2, 8]", "u8[8]",
      "u8[8]", "", "f32[]", "f32[]", "f32[]", "f32[]", "f32[]", "u8[]", "u8[]",
      "u8[]", "u8[]", "u8[]"},
     {},
     2},
    {"QGemm",
     {"u8[3, 4]", "f32[]", "u8[]", "i8[4, 2]", "f32[]", "i8[]", "i32[2]",
      "f32[]", "u8[]"}},
    {"QLinearAdd",
     {"u8[8]", "f32[]", "u8[]", "u8[8]", "f32[]", "u8[]", "f32[]", "u8[]"}},
    {"QLinearAveragePool",
     {"u8[1, 5, 5, 4]", "f32[]", "u8[]", "f32[]", "u8[]"},
     {{"channels_last", int64_t{1}},
      {"kernel_shape", std::vector<int64_t>{2, 2}}}},
    {"QLinearConcat",
     {"f32[]", "u8[]", "u8[2, 3]", "f32[]", "u8[]", "u8[2, 1]", "f32[]",
      "u8[]"},
     {{"axis", int64_t{1}}}},
    {"QLinearConv",
     {"u8[1, 5, 5, 3]", "f32[]", "u8[]", "i8[4, 3, 2, 2]", "f32[]", "i8[]",
      "f32[]", "u8[]"},
     {{"channels_last", int64_t{1}}}},
    {"QLinearGlobalAveragePool",
     {"u8[1, 4, 5, 5]", "f32[]", "u8[]", "f32[]", "u8[]"}},
    {"QLinearLeakyRelu", {"u8[8]", "f32[]", "u8[]", "f32[]", "u8[]"}},
    {"QLinearMul",
     {"u8[8]", "f32[]", "u8[]", "u8[8]", "f32[]", "u8[]", "f32[]", "u8[]"}},
    {"QLinearSigmoid", {"u8[8]", "f32[]", "u8[]", "f32[]", "u8[]"}},
    {"QLinearSoftmax",
     {"u8[2, 8]", "f32[]", "u8[]", "f32[]", "u8[]"},
     {{"opset", int64_t{12}}, {"axis", int64_t{1}}}},
    {"QLinearWhere",
     {"bool[8]", "u8[8]", "f32[]", "u8[]", "u8[8]", "f32[]", "u8[]", "f32[]",
      "u8[]"}},
    {"QuantizeLinear", {"f32[8]", "f32[]", "u8[]"}},
    {"QuickGelu", {"f32[3, 8]"}, {{"alpha", 1.0f}}},
    {"Range", {"i64[]", "i64[]"}},
    {"RotaryEmbedding",
     {"f32[2, 3, 8]", "i64[1]", "f32[9, 2]", "f32[9, 2]"},
     {{"interleaved", int64_t{1}}}},
    {"SimplifiedLayerNormalization", {"f32[2, 3, 8]", "f32[8]"}, {}, 2},
    {"SkipLayerNormalization",
     {"f32[2, 3, 8]", "f32[2, 3, 8]", "f32[8]", "f32[8]", "f32[8]"},
     {},
     4},
    {"SkipSimplifiedLayerNormalization",
     {"f32[2, 3, 8]", "f32[2, 3, 8]", "f32[8]"}},
    {"TransposeMatMul", {"f32[4, 3]", "f32[4, 2]"}, {{"transA", int64_t{1}}}},
    {"Trilu", {"f32[3, 4]"}, {{"upper", int64_t{0}}}},
    {"Unique", {"f32[7]"}, {}, 3},
};

// A graph of the one node, or why not.
Result<Graph> graph_of(const Case& c) {
  Graph graph;
  graph.name = "g";
  Node node = {
      .op = Op::CustomOperator, .name = "n", .attributes = c.attributes};
  node.attributes[std::string(kCustomName)] =
      "com.microsoft::" + std::string(c.name);
  for (std::string_view text : c.inputs) {
    ValueId id = kNone;
    if (!text.empty()) {
      id = graph.add_value("x", *take_type(text));
      graph.inputs.push_back(id);
    }
    node.inputs.push_back(id);
  }
  for (size_t i = 0; i < c.outputs; ++i) {
    node.outputs.push_back(graph.add_value("y"));
    graph.outputs.push_back(node.outputs.back());
  }
  graph.nodes.push_back(std::move(node));
  HONE_ASSIGN_OR_RETURN(graph, expand_contrib(std::move(graph)));
  HONE_RETURN_IF_ERROR(verify_graph(graph));
  return graph;
}

TEST(Contrib, EveryOperatorHasABodyThatRuns) {
  std::vector<std::string_view> seen;
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    EXPECT_TRUE(is_contrib_operator("com.microsoft", c.name));
    seen.push_back(c.name);
    const Result<Graph> graph = graph_of(c);
    ASSERT_TRUE(graph.ok()) << graph.error().message;
    EXPECT_TRUE((*graph)[graph->outputs[0]].type.has_rank());
    std::vector<RunValue> inputs;
    for (const ValueId id : graph->inputs) {
      Tensor x(*(*graph)[id].type.element,
               *static_dims(*(*graph)[id].type.shape));
      for (int64_t i = 0; i < x.size(); ++i) {
        if (is_float(x.type()))
          x.data<double>()[i] = 0.25 + static_cast<double>(i % 5) / 8;
        else
          x.data<int64_t>()[i] = i % 2;
      }
      inputs.emplace_back(std::move(x));
    }
    const auto results = run_graph(*graph, std::move(inputs));
    EXPECT_TRUE(results.ok()) << results.error().message;
  }
  EXPECT_EQ(seen, contrib_operators());
}

TEST(Contrib, WhatABodyDoesNotAskForIsAnError) {
  const auto refusal = [](const Case& c) {
    const Result<Graph> graph = graph_of(c);
    return graph.ok() ? "" : graph.error().message;
  };
  EXPECT_THAT(refusal({"QuickGelu", {"f32[3]"}, {{"beta", 1.0f}}}),
              HasSubstr("attribute 'beta' is not understood"));
  EXPECT_THAT(refusal({"FusedConv",
                       {"f32[1, 3, 8, 8]", "f32[4, 3, 3, 3]"},
                       {{"activation", std::string("Softmax")}}}),
              HasSubstr("activation 'Softmax'"));
  EXPECT_THAT(
      refusal({"Attention",
               {"f32[2, 5, 8]", "f32[8, 24]", "f32[24]", "i32[2, 1, 5, 5]"},
               {{"num_heads", int64_t{2}}}}),
      HasSubstr("a mask"));
  EXPECT_THAT(refusal({"Attention",
                       {"f32[2, 5, 8]", "f32[8, 24]", "f32[24]", "i32[*]"},
                       {{"num_heads", int64_t{2}}}}),
              HasSubstr("number of dimensions"));
  EXPECT_THAT(refusal({"BiasGelu", {"f32[3]"}}), HasSubstr("expected 2 to 2"));
  EXPECT_FALSE(is_contrib_operator("", "QuickGelu"));
}

TEST(Contrib, FastGeluIsGeluByTanh) {
  const Result<Graph> fast = graph_of({"FastGelu", {"f32[7]"}});
  ASSERT_TRUE(fast.ok());
  const Result<Graph> plain = parse_graph(
      "graph \"g\" (%x: f32[7]) -> (%y) {\n"
      "%y = Gelu(%x) {approximate = \"tanh\"}\n}");
  ASSERT_TRUE(plain.ok());
  Tensor x(ElementType::F32, {7});
  for (int64_t i = 0; i < 7; ++i)
    x.data<double>()[i] = static_cast<double>(i - 3);
  const auto a = run_graph(*fast, {RunValue(x)}),
             b = run_graph(*plain, {RunValue(x)});
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_FALSE(find_difference(a->front(), b->front(), {}));
}

}  // namespace
}  // namespace hone::tensor
