// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention as exporters spell it: what becomes one node, and what does not.
#include <fmt/format.h>

#include "tensor/passes/pass_test_tools.h"

namespace hone::tensor {
namespace {

std::string recognized(std::string_view text) {
  return after(recognize_attention, text);
}

bool is_recognized(std::string_view text) {
  return recognized(text).find("Attention") != std::string::npos;
}

// Two heads of three numbers, with `scores` between the product and `soft`.
std::string four_dimensions(std::string_view scores, std::string_view more = "",
                            std::string_view length = "5") {
  return fmt::format(
      R"(graph "g" (%q: f32[1, 2, 4, 3], %k: f32[1, 2, {2}, 3],
      %v: f32[1, 2, {2}, 6], %m: f32[4, {2}]{1}) -> (%y) {{
    %c: f32[] = const [2]
    %t = Transpose(%k) {{perm = [0, 1, 3, 2]}}
    {0}
    %p = Softmax(%s) {{axis = 3}}
    %y = MatMul(%p, %v)
  }})",
      scores, more, length);
}

TEST(RecognizeAttention, TurnedHeadsBecomeStretchesOfRows) {
  EXPECT_EQ(
      recognized(R"(graph "g" (%x: f32[1, 4, 2, 3], %z: f32[1, 5, 2, 3],
      %w: f32[1, 5, 2, 6]) -> (%y) {
    %c: f32[] = const [4]
    %q = Transpose(%x) {perm = [0, 2, 1, 3]}
    %t = Transpose(%z) {perm = [0, 2, 3, 1]}
    %v = Transpose(%w) {perm = [0, 2, 1, 3]}
    %a = MatMul(%q, %t)
    %s = Div(%a, %c)
    %p = Softmax(%s) {axis = -1}
    %o = MatMul(%p, %v)
    %y = Transpose(%o) {perm = [0, 2, 1, 3]}
  })"),
      R"(graph "g" (%x: f32[1, 4, 2, 3], %z: f32[1, 5, 2, 3], %w: f32[1, 5, 2, 6]) -> (%y) {
  %x/heads/shape: i64[3] = const [1, 4, 6]
  %z/heads/shape: i64[3] = const [1, 5, 6]
  %w/heads/shape: i64[3] = const [1, 5, 12]
  %y/shape: i64[4] = const [1, 4, 2, 6]
  %x/heads: f32[1, 4, 6] = Reshape(%x, %x/heads/shape)
  %z/heads: f32[1, 5, 6] = Reshape(%z, %z/heads/shape)
  %w/heads: f32[1, 5, 12] = Reshape(%w, %w/heads/shape)
  %y/heads: f32[1, 4, 12] = Attention(%x/heads, %z/heads, %w/heads) {kv_num_heads = 2, q_num_heads = 2, scale = 0.25}
  %y: f32[1, 4, 2, 6] = Reshape(%y/heads, %y/shape)
}
)");
}

TEST(RecognizeAttention, MasksAndFactorsOnEitherSideAreTakenAlong) {
  EXPECT_EQ(
      recognized(four_dimensions(R"(%b = Mul(%c, %q)
    %a = MatMul(%b, %t)
    %d = Div(%a, %c)
    %e = Mul(%d, %c)
    %s = Add(%m, %e))")),
      R"(graph "g" (%q: f32[1, 2, 4, 3], %k: f32[1, 2, 5, 3], %v: f32[1, 2, 5, 6], %m: f32[4, 5]) -> (%y) {
  %y: f32[1, 2, 4, 6] = Attention(%q, %k, %v, %m) {scale = 2}
}
)");
}

TEST(RecognizeAttention, BatchesWithoutHeadsHaveOne) {
  EXPECT_EQ(
      recognized(R"(graph "g" (%q: f32[4, 5, 3], %k: f32[4, 7, 3],
      %v: f32[4, 7, 2]) -> (%y) {
    %t = Transpose(%k) {perm = [0, 2, 1]}
    %a = MatMul(%q, %t)
    %p = Softmax(%a) {axis = 2}
    %y = MatMul(%p, %v)
  })"),
      R"(graph "g" (%q: f32[4, 5, 3], %k: f32[4, 7, 3], %v: f32[4, 7, 2]) -> (%y) {
  %y: f32[4, 5, 2] = Attention(%q, %k, %v) {kv_num_heads = 1, q_num_heads = 1, scale = 1}
}
)");
}

TEST(RecognizeAttention, WhatIsSomethingElseStays) {
  EXPECT_TRUE(is_recognized(four_dimensions("%s = MatMul(%q, %t)")));
  EXPECT_TRUE(is_recognized(four_dimensions("%s = MatMul(%q, %t)", "", "N")));
  // Other factors than numbers, and scores that somebody else reads.
  EXPECT_FALSE(
      is_recognized(four_dimensions("%a = MatMul(%q, %t)\n %s = Mul(%a, %m)")));
  EXPECT_FALSE(
      is_recognized(four_dimensions("%a = MatMul(%q, %t)\n %s = Sub(%a, %a)")));
  // The mask is multiplied too.
  EXPECT_FALSE(is_recognized(four_dimensions(
      "%a = MatMul(%q, %t)\n %b = Add(%a, %m)\n %s = Mul(%b, %c)")));
  // A mask of one number for all keys.
  EXPECT_FALSE(is_recognized(four_dimensions(
      "%a = MatMul(%q, %t)\n %s = Add(%a, %n)", ", %n: f32[4, 1]")));
  // A negative factor has no square root.
  EXPECT_FALSE(is_recognized(four_dimensions(
      "%f: f32[] = const [-1]\n %a = MatMul(%q, %t)\n %s = Mul(%a, %f)")));
}

}  // namespace
}  // namespace hone::tensor
