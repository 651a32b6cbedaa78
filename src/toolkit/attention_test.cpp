// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention in one call, compiled and compared with the interpreter.
#include "toolkit/check_test_tools.h"

namespace hone::toolkit {
namespace {

size_t steps_of(const std::string& inputs, const std::string& node) {
  return checked_steps(fmt::format("graph \"g\" ({}) -> (%y) {{\n%y = {}\n}}",
                                   inputs, node))
      .size();
}

TEST(CheckedAttention, HeadsOfAllFormsAreOneCall) {
  EXPECT_EQ(steps_of("%q: f32[2, 17, 96], %k: f32[2, 33, 96], "
                     "%v: f32[2, 33, 96]",
                     "Attention(%q, %k, %v) {q_num_heads = 3, "
                     "kv_num_heads = 3}"),
            1u);
  // Few numbers a head, few queries, values of another size.
  EXPECT_EQ(steps_of("%q: f32[1, 3, 1, 5], %k: f32[1, 3, 40, 5], "
                     "%v: f32[1, 3, 40, 7]",
                     "Attention(%q, %k, %v) {scale = 0.5}"),
            1u);
  // Heads of queries that share those of keys.
  EXPECT_EQ(steps_of("%q: f32[1, 6, 9, 16], %k: f32[1, 2, 11, 16], "
                     "%v: f32[1, 2, 11, 16]",
                     "Attention(%q, %k, %v)"),
            1u);
}

TEST(CheckedAttention, MasksOfAllFormsAreAdded) {
  for (const char* mask : {"[20, 21]", "[2, 1, 20, 21]", "[3, 1, 21]",
                           "[1, 21]", "[2, 3, 20, 21]"})
    EXPECT_EQ(steps_of(fmt::format("%q: f32[2, 3, 20, 32], "
                                   "%k: f32[2, 3, 21, 32], "
                                   "%v: f32[2, 3, 21, 32], %m: f32{}",
                                   mask),
                       "Attention(%q, %k, %v, %m)"),
              1u)
        << mask;
}

TEST(CheckedAttention, LaterKeysAreHiddenFromCausalQueries) {
  EXPECT_EQ(steps_of("%q: f32[1, 30, 32], %k: f32[1, 30, 32], "
                     "%v: f32[1, 30, 32]",
                     "Attention(%q, %k, %v) {q_num_heads = 2, "
                     "kv_num_heads = 2, is_causal = 1}"),
            1u);
}

TEST(CheckedAttention, SpeltOutItIsOneCallOnHeadsWhereTheyStand) {
  EXPECT_EQ(checked_steps(
                R"(graph "g" (%x: f32[1, 20, 96], %z: f32[1, 25, 96]) -> (%y) {
    %four: i64[4] = const [0, -1, 3, 32]
    %three: i64[3] = const [0, -1, 96]
    %c: f32[] = const [5.65685]
    %xh = Reshape(%x, %four)
    %zh = Reshape(%z, %four)
    %q = Transpose(%xh) {perm = [0, 2, 1, 3]}
    %k = Transpose(%zh) {perm = [0, 2, 3, 1]}
    %v = Transpose(%zh) {perm = [0, 2, 1, 3]}
    %a = MatMul(%q, %k)
    %s = Div(%a, %c)
    %p = Softmax(%s)
    %o = MatMul(%p, %v)
    %t = Transpose(%o) {perm = [0, 2, 1, 3]}
    %y = Reshape(%t, %three)
  })")
                .size(),
            1u);
}

}  // namespace
}  // namespace hone::toolkit
