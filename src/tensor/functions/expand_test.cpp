// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every body against the operator's own code, on the same inputs.
#include "tensor/functions/expand.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "tensor/graph_text.h"
#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/verify_graph.h"

namespace hone::tensor {
namespace {

// One node for each row of the table, over %x and %w of 2 x 3 x 4 x 5 numbers
// and %one, a scalar between them.
constexpr std::string_view kNodes[] = {
    "Celu(%x) {alpha = 0.5}",
    "Clip(%x, %low, %one)",
    "Clip(%x, %low)",
    "Clip(%x, _, %one)",
    "DynamicQuantizeLinear(%x)",
    "Elu(%x) {alpha = 2.0}",
    "Gelu(%x) {approximate = \"tanh\"}",
    "Gelu(%x)",
    "GreaterOrEqual(%x, %w)",
    "HardSigmoid(%x) {alpha = 0.3}",
    "HardSwish(%x)",
    "LayerNormalization(%x, %v, %v)",
    "LayerNormalization(%x, %v)",
    "LeakyRelu(%x)",
    "LessOrEqual(%x, %x)",
    "LogSoftmax(%x) {axis = 1}",
    "MeanVarianceNormalization(%x)",
    "Mish(%x)",
    "PRelu(%x, %v)",
    "RMSNormalization(%x, %v)",
    "ReduceL1(%x)",
    "ReduceL2(%x, %axes) {keepdims = 0}",
    "ReduceLogSum(%one)",
    "ReduceSumSquare(%x, %axes)",
    "Relu(%x)",
    "Selu(%x)",
    "Shrink(%x) {bias = 0.25, lambd = 0.5}",
    "Softmax(%x) {axis = 2}",
    "Softplus(%x)",
    "Softsign(%x)",
    "SwiGLU(%x, %w)",
    "Swish(%x) {alpha = 1.5}",
    "ThresholdedRelu(%x) {alpha = 0.25}",
};

TEST(ExpandFunctions, BodiesComputeWhatTheOperatorsDo) {
  std::vector<const FunctionBody*> used;
  for (const std::string_view node : kNodes) {
    SCOPED_TRACE(node);
    Result<Graph> graph = parse_graph(
        "graph \"g\" (%x: f32[2, 3, 4, 5], %w: f32[2, 3, 4, 5], %v: f32[5]) "
        "-> (%y) {\n%low: f32[] = const [-0.5]\n%one: f32[] = const [0.5]\n"
        "%axes: i64[2] = const [1, -1]\n%y" +
        std::string(node.starts_with("Dynamic") ? ", %s, %z" : "") + " = " +
        std::string(node) + "\n}");
    ASSERT_TRUE(graph.ok()) << graph.error().message;
    used.push_back(find_body(graph->nodes[0]));
    ASSERT_NE(used.back(), nullptr);
    const Op op = graph->nodes[0].op;
    Random random(3);
    std::vector<RunValue> inputs;
    for (const ValueId id : graph->inputs) {
      Tensor tensor(ElementType::F32, *static_dims(*(*graph)[id].type.shape));
      for (double& value : tensor.data<double>())
        value = narrow(ElementType::F32, 4 * random.unit() - 2);
      inputs.emplace_back(std::move(tensor));
    }
    const auto expected = run_graph(*graph, inputs);
    ASSERT_TRUE(expected.ok()) << expected.error().message;
    const Result<Graph> expanded = expand_functions(*graph);
    ASSERT_TRUE(expanded.ok()) << expanded.error().message;
    ASSERT_TRUE(verify_graph(*expanded).ok())
        << verify_graph(*expanded).error().message;
    for (const Node& inner : expanded->nodes) EXPECT_NE(inner.op, op);
    const auto given = run_graph(*expanded, inputs);
    ASSERT_TRUE(given.ok()) << given.error().message;
    const auto difference =
        find_difference(given->front(), expected->front(),
                        {.relative = 1e-5, .absolute = 1e-6});
    EXPECT_FALSE(difference) << difference->text;
  }
  for (const FunctionBody& body : function_bodies())
    EXPECT_TRUE(std::find(used.begin(), used.end(), &body) != used.end())
        << "no node above has this body of " << name_of(body.op);
}

TEST(ExpandFunctions, OnlyFunctionsHaveBodies) {
  for (const FunctionBody& body : function_bodies())
    EXPECT_EQ(info(body.op).kind, OpKind::Function) << name_of(body.op);
}

}  // namespace
}  // namespace hone::tensor
