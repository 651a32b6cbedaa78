// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/graph_text.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tensor/verify_graph.h"

namespace hone::tensor {
namespace {

constexpr std::string_view kLoop =
    R"(graph "loop" (%n: i64[], %x: f32[N]) -> (%y) {
  %go: bool[] = const [1]
  %w: f32[3] = const [1, -0.5, 1e-20]
  %"a:b": string[1] = const ["a \"b\"\n\x01"]
  %h: f16[2] = const hex "003c00bc"
  %y: f32[N], _ = Loop(%n, %go, %x) {
    body = graph "body" (%i: i64[], %c: bool[], %s: f32[N]) captures (%k: f32[N] = %x) -> (%c, %t) {
      %t: f32[N] = Add(%s, %k)
    }
  } @ "the loop"
  %z: f32[N] = Clip(%y, _, %go)
  %p: f32[*] = AveragePool(%z) {auto_pad = "VALID", kernel_shape = [2, 2]}
  %q: f32[N] = Elu(%z) {alpha = 0.5}
  %o: opt(seq(f32[*])) = Optional() {type = seq(f32[*])}
  %f: f32[*] = ConstantOfShape(%n) {value = f32[1] [2.5]}
}
)";

TEST(GraphText, WhatIsPrintedIsReadBack) {
  const Result<Graph> graph = parse_graph(kLoop);
  ASSERT_TRUE(graph.ok()) << graph.error().message;
  EXPECT_TRUE(verify_graph(*graph).ok())
      << verify_graph(*graph).error().message;
  EXPECT_EQ(to_text(*graph), kLoop);
}

TEST(GraphText, LargeConstantsCanBeLeftOut) {
  const std::string text = to_text(*parse_graph(kLoop), {.elide_over = 2});
  EXPECT_NE(text.find("%w: f32[3] = const elided"), std::string::npos);
  EXPECT_FALSE(parse_graph(text).ok());
}

TEST(GraphText, ErrorsNameTheLineAndWhatWasExpected) {
  const auto message = [](std::string_view text) {
    const Result<Graph> graph = parse_graph(text);
    return graph.ok() ? "accepted" : graph.error().message;
  };
  EXPECT_EQ(message("graph \"g\" () -> () {\n  %y = Reluu(%x)\n}"),
            "line 2: expected an operator; 'Reluu' is none; found '(%x)'");
  EXPECT_EQ(message("graph \"g\" () -> () {\n  %y = Relu(%x)\n}"),
            "line 2: expected a value defined before; %x is not; found ')'");
  EXPECT_NE(message("graph \"g\" (%x) -> () { %y = Relu(%x) {a = 1} }")
                .find("an attribute of Relu; 'a' is none"),
            std::string::npos);
  EXPECT_NE(message("graph \"g\" (%x, %x) -> () {}").find("taken"),
            std::string::npos);
  EXPECT_NE(message("graph \"g\" () -> (%y) {}").find("the output %y"),
            std::string::npos);
}

TEST(GraphText, DamagedTextIsRefusedOrReadNeverMore) {
  Random random(7);
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text(kLoop);
    for (uint64_t edits = 1 + random.below(4); edits > 0; --edits) {
      const size_t at = random.below(text.size());
      if (random.chance(0.5))
        text.erase(at, 1 + random.below(8));
      else
        text[at] = "%(){}[]=,_:09az\"\\"[random.below(17)];
    }
    const Result<Graph> graph = parse_graph(text);
    if (!graph.ok()) continue;
    ++accepted;
    EXPECT_EQ(to_text(*parse_graph(to_text(*graph))), to_text(*graph));
  }
  EXPECT_GT(accepted, 50);
}

}  // namespace
}  // namespace hone::tensor
