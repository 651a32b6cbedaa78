// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/verify_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensor/graph_text.h"

namespace hone::tensor {
namespace {

using ::testing::HasSubstr;

Graph graph(std::string_view text) {
  Result<Graph> graph = parse_graph(text);
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return *std::move(graph);
}

std::string complaint(const Graph& graph) {
  const Status status = verify_graph(graph);
  return status ? "" : status.error().message;
}

TEST(VerifyGraph, ArityIsThatOfTheTable) {
  EXPECT_THAT(
      complaint(graph("graph \"g\" (%x) -> (%y) { %y = Add(%x) @ \"sum\" }")),
      HasSubstr("node 'sum' (Add) has 1 inputs; expected 2"));
  EXPECT_THAT(complaint(graph("graph \"g\" (%x) -> (%y) { %y = Add(%x, _) }")),
              HasSubstr("its input 1 is required and absent"));
}

TEST(VerifyGraph, AttributesAreThoseOfTheTable) {
  Graph g = graph("graph \"g\" (%x) -> (%y) { %y = Relu(%x) @ \"r\" }");
  g.nodes[0].attributes["slope"] = 0.5f;
  EXPECT_THAT(complaint(g), HasSubstr("node 'r' (Relu) has an attribute "
                                      "'slope' that is not known"));
  Graph h = graph("graph \"g\" (%x) -> (%y) { %y = Softmax(%x) }");
  h.nodes[0].attributes["axis"] = 0.5f;
  EXPECT_THAT(complaint(h), HasSubstr("is of kind float; expected int"));
  EXPECT_THAT(complaint(graph("graph \"g\" (%x) -> (%y) { %y = Concat(%x) }")),
              HasSubstr("lacks the attribute 'axis'"));
}

TEST(VerifyGraph, ValuesHaveOneDefinitionBeforeUse) {
  Graph g = graph("graph \"g\" (%x) -> (%z) { %y = Relu(%x)\n %z = Relu(%y) }");
  Graph reversed = g;
  std::swap(reversed.nodes[0], reversed.nodes[1]);
  EXPECT_THAT(complaint(reversed), HasSubstr("before it is defined"));
  Graph twice = g;
  twice.nodes.push_back(twice.nodes[0]);
  EXPECT_THAT(complaint(twice), HasSubstr("defined twice"));
  Graph wild = g;
  wild.nodes[0].inputs[0] = static_cast<ValueId>(99);
  EXPECT_THAT(complaint(wild), HasSubstr("no value"));
}

TEST(VerifyGraph, BodiesAreCheckedToo) {
  EXPECT_THAT(complaint(graph(R"(graph "g" (%c: bool[], %x) -> (%y) {
    %y = If(%c) {
      else_branch = graph "e" () captures (%x2 = %x) -> (%x2) {},
      then_branch = graph "t" () captures (%x1 = %x) -> (%r) {
        %r = Add(%x1)
      }
    } })")),
              HasSubstr("a node Add has 1 inputs"));
}

}  // namespace
}  // namespace hone::tensor
