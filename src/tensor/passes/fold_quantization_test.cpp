// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is folded between quantised nodes, and what rounds and stays.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tensor/passes/pass_test_tools.h"

namespace hone::tensor {
namespace {

using testing::HasSubstr;
using testing::Not;

// `middle` makes %m of %x; %s is 0.5, %r 0.25, %z 0, %e 7.
std::string folded(std::string_view middle) {
  return after(fold_quantization,
               fmt::format(R"(graph "g" (%x: f32[2, 3]) -> (%y) {{
    %s: f32[] = const [0.5]
    %r: f32[] = const [0.25]
    %z: u8[] = const [0]
    %e: u8[] = const [7]
    {}
    %y = DequantizeLinear(%m, %s, %e)
  }})",
                           middle));
}

TEST(FoldQuantization, PairsAndWhatMovesElementsBetweenThem) {
  EXPECT_EQ(after(fold_quantization,
                  R"(graph "g" (%q: u8[2, 3], %p: i8[4]) -> (%y, %w) {
    %s: f32[] = const [0.5]
    %e: u8[] = const [7]
    %n: i64[2] = const [6, 1]
    %d = DequantizeLinear(%q, %s, %e)
    %t = Transpose(%d) {perm = [1, 0]}
    %r = Reshape(%t, %n)
    %y = QuantizeLinear(%r, %s, %e)
    %c = DequantizeLinear(%p, %s)
    %z: i8[] = const [0]
    %w = QuantizeLinear(%c, %s, %z)
  })"),
            R"(graph "g" (%q: u8[2, 3], %p: i8[4]) -> (%y, %w) {
  %n: i64[2] = const [6, 1]
  %t: u8[3, 2] = Transpose(%q) {perm = [1, 0]}
  %r: u8[6, 1] = Reshape(%t, %n)
  %y: u8[6, 1] = Identity(%r)
  %w: i8[4] = Identity(%p)
}
)");
}

TEST(FoldQuantization, ActivationsThatSaturationDoes) {
  EXPECT_THAT(folded("%a = Relu(%x)\n %m = QuantizeLinear(%a, %s, %z)"),
              Not(HasSubstr("Relu")));
  EXPECT_THAT(folded("%a = Relu(%x)\n %m = QuantizeLinear(%a, %s, %e)"),
              HasSubstr("Relu"));
  constexpr std::string_view kClip =
      "%l: f32[] = const [{}]\n %h: f32[] = const [{}]\n"
      "%a = Clip(%x, %l, %h)\n %m = QuantizeLinear(%a, %s, %e)";
  EXPECT_THAT(folded(fmt::format(kClip, -3.5, 124)), Not(HasSubstr("Clip")));
  EXPECT_THAT(folded(fmt::format(kClip, -3.5, 123.5)), HasSubstr("Clip"));
  EXPECT_THAT(folded(fmt::format(kClip, -3, 124)), HasSubstr("Clip"));
  EXPECT_THAT(folded(fmt::format(kClip, 0.5, 0.75)), HasSubstr("Clip"));
}

TEST(FoldQuantization, WhatRoundsStays) {
  constexpr std::string_view kPair =
      "%q = QuantizeLinear(%x, %s, %z)\n %d = DequantizeLinear(%q, {}, {})\n"
      "%m = QuantizeLinear(%d, %s, %z)";
  const auto count = [](const std::string& text) {
    size_t found = 0;
    for (size_t at = 0;
         (at = text.find(" QuantizeLinear", at)) != std::string::npos; ++at)
      ++found;
    return found;
  };
  EXPECT_EQ(count(folded(fmt::format(kPair, "%s", "%z"))), 1u);
  EXPECT_EQ(count(folded(fmt::format(kPair, "%r", "%z"))), 2u);
  EXPECT_EQ(count(folded(fmt::format(kPair, "%s", "%e"))), 2u);
  // What stands between is read by somebody else.
  EXPECT_EQ(
      count(after(fold_quantization, R"(graph "g" (%q: u8[2, 3]) -> (%y, %t) {
    %s: f32[] = const [0.5]
    %z: u8[] = const [0]
    %d = DequantizeLinear(%q, %s, %z)
    %t = Transpose(%d) {perm = [1, 0]}
    %y = QuantizeLinear(%t, %s, %z)
  })")),
      1u);
}

}  // namespace
}  // namespace hone::tensor
