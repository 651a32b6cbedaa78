// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every function both ways: by the interpreter's own code, and by its body.
#include "tensor/functions/expand.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tensor/functions/body.h"
#include "tensor/functions/function_test_tools.h"
#include "tensor/verify_graph.h"

namespace hone::tensor {
namespace {

using ::testing::HasSubstr;

// Whether a function is left anywhere.
bool has_function(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) {
    if (info(node.op).kind == OpKind::Function) return true;
    for (const auto& [name, value] : node.attributes)
      if (const Graph* const body = node.graph(name))
        if (has_function(*body)) return true;
    return false;
  });
}

TEST(ExpandFunctions, EveryFunctionIsWhatItsBodyComputes) {
  std::set<const FunctionBody*> used;
  const std::set<Op> met =
      for_each_function_case([&](const FunctionRun& run, Tolerance tolerance) {
        for (const Node& node : run.graph.nodes) used.insert(find_body(node));
        const auto expected = run_graph(run.graph, run.inputs);
        ASSERT_TRUE(expected.ok()) << expected.error().message;
        const Result<Graph> expanded = expand_functions(run.graph);
        ASSERT_TRUE(expanded.ok()) << expanded.error().message;
        ASSERT_TRUE(verify_graph(*expanded).ok())
            << verify_graph(*expanded).error().message;
        EXPECT_FALSE(has_function(*expanded));
        const auto given = run_graph(*expanded, run.inputs);
        ASSERT_TRUE(given.ok()) << given.error().message << to_text(*expanded);
        for (size_t i = 0; i < expected->size(); ++i) {
          const auto difference =
              find_difference((*given)[i], (*expected)[i], tolerance);
          EXPECT_FALSE(difference)
              << "output " << i << ": " << difference->text;
        }
      });
  for (const OpInfo& row : operators()) {
    if (row.kind != OpKind::Function) continue;
    EXPECT_TRUE(has_body(row.op)) << row.name;
    EXPECT_TRUE(met.contains(row.op)) << "no case has " << row.name;
  }
  for (const FunctionBody& body : function_bodies())
    EXPECT_TRUE(used.contains(&body))
        << "no case has this body of " << name_of(body.op);
}

TEST(ExpandFunctions, OnlyFunctionsHaveBodiesInTheOrderOfTheTable) {
  EXPECT_TRUE(std::ranges::is_sorted(function_bodies(), {}, &FunctionBody::op));
  for (const FunctionBody& body : function_bodies())
    EXPECT_EQ(info(body.op).kind, OpKind::Function) << name_of(body.op);
}

TEST(ExpandFunctions, ABodyThatNeedsAnUnknownRankIsRefusedByName) {
  Result<Graph> graph = parse_graph(
      "graph \"g\" (%x: f32[*], %s: f32[4]) -> (%y) {\n"
      "%y = RMSNormalization(%x, %s) {axis = 1} @ \"norm\"\n}");
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  const Result<Graph> expanded = expand_functions(*graph);
  ASSERT_FALSE(expanded.ok());
  EXPECT_EQ(expanded.error().kind, ErrorKind::Unsupported);
  EXPECT_THAT(expanded.error().message, HasSubstr("'norm'"));
  EXPECT_THAT(expanded.error().message, HasSubstr("number of dimensions"));
  // Nobody asks for it.
  EXPECT_TRUE(expand_functions(*graph, [](const Node& node) {
                return node.op == Op::Relu;
              }).ok());
}

TEST(ExpandFunctions, BodiesOfControlFlowAreExpandedWithWhatTheyCapture) {
  Result<Graph> graph =
      parse_graph(R"(graph "g" (%x: f32[2, 3], %c: bool[]) -> (%y) {
    %h = Identity(%x)
    %y = If(%c) {then_branch = graph "t" () captures (%u = %h) -> (%a) {
      %a = LayerNormalization(%u, %u) {axis = 1}
    }, else_branch = graph "e" () captures (%u = %h) -> (%a) {
      %a = Identity(%u)
    }}
  })");
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  const Result<Graph> expanded = expand_functions(*graph);
  ASSERT_TRUE(expanded.ok()) << expanded.error().message;
  EXPECT_FALSE(has_function(*expanded));
}

}  // namespace
}  // namespace hone::tensor
