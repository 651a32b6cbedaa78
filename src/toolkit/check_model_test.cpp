// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What plans make of graphs that nets are built of: every element of every
// value against the interpreter, and how many calls it takes.
#include "toolkit/check_test_tools.h"

namespace hone::toolkit {
namespace {

TEST(CheckedModel, GroupsNeedNotEndWithBlocks) {
  // 3 groups of 20 channels, 9 of 8; the second has two outputs an input.
  checked_steps(fmt::format(
      R"(graph "g" (%x: f32[1, 60, 5, 5]) -> (%y) {{
  %w: f32[72, 20, 1, 1] = {}
  %v: f32[72, 8, 3, 3] = {}
  %c: f32[1, 72, 5, 5] = Conv(%x, %w) {{group = 3}}
  %y: f32[1, 72, 5, 5] = Conv(%c, %v) {{group = 9, pads = [1, 1, 1, 1]}}
}})",
      numbers(72 * 20, 1), numbers(72 * 72, 2)));
}

TEST(CheckedModel, PartsOfAConcatenationAreMadeInTheirPlaces) {
  // A dense block: each result is joined to all before.
  const auto steps = checked_steps(fmt::format(
      R"(graph "g" (%x: f32[1, 16, 6, 6]) -> (%y) {{
  %a: f32[16, 16, 3, 3] = {}
  %b: f32[16, 32, 1, 1] = {}
  %d: f32[16, 48, 3, 3] = {}
  %c1: f32[1, 16, 6, 6] = Conv(%x, %a) {{pads = [1, 1, 1, 1]}}
  %p: f32[1, 16, 6, 6] = MaxPool(%x) {{kernel_shape = [1, 1]}}
  %j1: f32[1, 32, 6, 6] = Concat(%p, %c1) {{axis = 1}}
  %c2: f32[1, 16, 6, 6] = Conv(%j1, %b)
  %j2: f32[1, 48, 6, 6] = Concat(%j1, %c2) {{axis = 1}}
  %y: f32[1, 16, 6, 6] = Conv(%j2, %d) {{pads = [1, 1, 1, 1]}}
}})",
      numbers(16 * 144, 1), numbers(16 * 32, 2), numbers(16 * 432, 3)));
  // Frame and conversion of x, frame of the whole, pool, three convolutions,
  // and y to its plain form.
  EXPECT_EQ(steps.size(), 8u);
}

TEST(CheckedModel, AResultIsMadeWhereItsReshapeIsGiven) {
  EXPECT_EQ(checked_steps(R"(graph "g" (%x: f32[4, 33]) -> (%y) {
  %dims: i64[1] = const [132]
  %e: f32[4, 33] = Exp(%x)
  %f: f32[132] = Reshape(%e, %dims)
  %y: f32[1, 132] = Flatten(%f) {axis = 0}
})")
                .size(),
            1u);
  // Not where both are given, or somebody else reads it.
  EXPECT_EQ(checked_steps(R"(graph "g" (%x: f32[4, 33]) -> (%y, %e) {
  %dims: i64[1] = const [132]
  %e: f32[4, 33] = Exp(%x)
  %y: f32[132] = Reshape(%e, %dims)
})")
                .size(),
            2u);
}

TEST(CheckedModel, APartThatIsWantedTwiceIsCopied) {
  checked_steps(fmt::format(
      R"(graph "g" (%x: f32[1, 16, 4, 4]) -> (%y, %z) {{
  %a: f32[16, 16, 1, 1] = {}
  %c: f32[1, 16, 4, 4] = Conv(%x, %a)
  %r: f32[1, 16, 4, 4] = Relu(%c)
  %y: f32[1, 48, 4, 4] = Concat(%r, %c, %r) {{axis = 1}}
  %z: f32[1, 32, 4, 4] = Concat(%c, %r) {{axis = -3}}
}})",
      numbers(256, 1)));
}

TEST(CheckedModel, ChannelsAreShuffledAndTurned) {
  checked_steps(R"(graph "g" (%x: f32[1, 60, 7, 9]) -> (%y, %t) {
  %five: i64[5] = const [1, 3, 20, 7, 9]
  %four: i64[4] = const [1, 60, 7, 9]
  %p: f32[1, 60, 7, 9] = MaxPool(%x) {kernel_shape = [1, 1]}
  %r: f32[1, 3, 20, 7, 9] = Reshape(%p, %five)
  %s: f32[1, 20, 3, 7, 9] = Transpose(%r) {perm = [0, 2, 1, 3, 4]}
  %f: f32[1, 60, 7, 9] = Reshape(%s, %four)
  %y: f32[1, 60, 7, 9] = MaxPool(%f) {kernel_shape = [3, 3], pads = [1, 1, 1, 1]}
  %t: f32[1, 9, 7, 60] = Transpose(%x) {perm = [0, 3, 2, 1]}
})");
}

TEST(CheckedModel, ResponsesAreNormalizedAcrossChannels) {
  for (const char* attributes :
       {"size = 5", "size = 4, beta = 0.6, alpha = 0.5, bias = 2.0"})
    checked_steps(fmt::format(
        R"(graph "g" (%x: f32[2, 7, 3, 6]) -> (%y) {{
  %y: f32[2, 7, 3, 6] = LRN(%x) {{{}}}
}})",
        attributes));
}

TEST(CheckedModel, NormalizationAndGeluThatWereSpeltOutAreOneCallEach) {
  const auto steps = checked_steps(fmt::format(
      R"(graph "g" (%x: f32[3, 21]) -> (%y) {{
  %last: i64[1] = const [-1]
  %two: f32[] = const [2]
  %root: f32[] = const [1.41421356]
  %one: f32[] = const [1]
  %half: f32[] = const [0.5]
  %small: f32[] = const [0.00001]
  %scale: f32[21] = {}
  %bias: f32[21] = {}
  %w: f32[21, 19] = {}
  %m: f32[3, 1] = ReduceMean(%x, %last)
  %d: f32[3, 21] = Sub(%x, %m)
  %q: f32[3, 21] = Pow(%d, %two)
  %v: f32[3, 1] = ReduceMean(%q, %last)
  %e: f32[3, 1] = Add(%v, %small)
  %r: f32[3, 1] = Sqrt(%e)
  %n: f32[3, 21] = Div(%d, %r)
  %t: f32[3, 21] = Mul(%n, %scale)
  %u: f32[3, 21] = Add(%t, %bias)
  %p: f32[3, 19] = MatMul(%u, %w)
  %g: f32[3, 19] = Div(%p, %root)
  %h: f32[3, 19] = Erf(%g)
  %i: f32[3, 19] = Add(%h, %one)
  %j: f32[3, 19] = Mul(%p, %i)
  %y: f32[3, 19] = Mul(%j, %half)
}})",
      numbers(21, 1), numbers(21, 2), numbers(21 * 19, 3)));
  EXPECT_EQ(steps.size(), 2u);
}

TEST(CheckedModel, RootMeanSquaresAndTheTangentsGelu) {
  checked_steps(fmt::format(
      R"(graph "g" (%x: f32[2, 3, 40]) -> (%y, %z) {{
  %scale: f32[40] = {}
  %y: f32[2, 3, 40] = RMSNormalization(%x, %scale) {{epsilon = 0.01}}
  %z: f32[2, 3, 40] = Gelu(%x) {{approximate = "tanh"}}
}})",
      numbers(40, 1)));
}

// A layer of `hidden` units on 5 steps of 2 rows of 7 inputs.
std::string layer(std::string_view op, int gates, int hidden, int directions,
                  std::string_view attributes) {
  const auto random = [&](int rows, int columns, uint64_t seed) {
    return numbers(static_cast<size_t>(directions * rows * columns), seed);
  };
  const bool first = attributes.find("layout = 1") != std::string_view::npos;
  const std::string states = first ? fmt::format("2, {}", directions)
                                   : fmt::format("{}, 2", directions);
  const bool cell = op == "LSTM";
  return fmt::format(
      R"(graph "g" (%x: f32[{}], %h: f32[{}, {}]) -> (%y, %yh{}) {{
  %w: f32[{}, {}, 7] = {}
  %r: f32[{}, {}, {}] = {}
  %b: f32[{}, {}] = {}
  %y: f32[{}, {}], %yh: f32[{}, {}]{} = {}(%x, %w, %r, %b, _, %h{}) {{{}}}
}})",
      first ? "2, 5, 7" : "5, 2, 7", states, hidden, cell ? ", %yc" : "",
      directions, gates * hidden, random(gates * hidden, 7, 1), directions,
      gates * hidden, hidden, random(gates * hidden, hidden, 2), directions,
      2 * gates * hidden, random(2 * gates, hidden, 3),
      first ? fmt::format("2, 5, {}", directions)
            : fmt::format("5, {}, 2", directions),
      hidden, states, hidden,
      cell ? fmt::format(", %yc: f32[{}, {}]", states, hidden) : "", op,
      cell ? ", %h" : "", attributes);
}

// A product and a kernel for each direction.
TEST(CheckedModel, RecurrentLayersAreAProductAndAKernelADirection) {
  const std::string both = R"(direction = "bidirectional", hidden_size = 20)";
  EXPECT_EQ(checked_steps(layer("LSTM", 4, 20, 2, both)).size(), 4u);
  EXPECT_EQ(
      checked_steps(layer("LSTM", 4, 20, 2, both + ", layout = 1")).size(), 4u);
  EXPECT_EQ(checked_steps(layer("GRU", 3, 20, 2, both)).size(), 4u);
  EXPECT_EQ(
      checked_steps(layer("GRU", 3, 20, 2, both + ", linear_before_reset = 1"))
          .size(),
      4u);
  EXPECT_EQ(checked_steps(layer("RNN", 1, 33, 1,
                                R"(direction = "reverse", hidden_size = 33)"))
                .size(),
            2u);
  EXPECT_EQ(checked_steps(layer("RNN", 1, 16, 1,
                                R"(activations = ["Relu"], hidden_size = 16)"))
                .size(),
            2u);
}

TEST(CheckedModel, RecurrentLayersOfOtherFunctionsAreComputedByElements) {
  EXPECT_EQ(
      checked_steps(layer("RNN", 1, 9, 1,
                          R"(activations = ["Softsign"], hidden_size = 9)"))
          .size(),
      1u);
  EXPECT_EQ(
      checked_steps(layer("LSTM", 4, 9, 1, R"(clip = 0.5, hidden_size = 9)"))
          .size(),
      1u);
}

TEST(CheckedModel, ConvolutionsOfRows) {
  // One channel, whose taps are channels; then blocks, strided and padded.
  checked_steps(fmt::format(
      R"(graph "g" (%x: f32[2, 1, 100]) -> (%y, %p) {{
  %a: f32[24, 1, 20] = {}
  %b: f32[20, 24, 3] = {}
  %scale: f32[20, 1] = {}
  %c: f32[2, 24, 11] = Conv(%x, %a) {{strides = [9], dilations = [1], pads = [5, 5]}}
  %r: f32[2, 24, 11] = Relu(%c)
  %d: f32[2, 20, 6] = Conv(%r, %b) {{strides = [2], pads = [1, 1]}}
  %y: f32[2, 20, 6] = Mul(%d, %scale)
  %p: f32[2, 20, 1] = GlobalAveragePool(%y)
}})",
      numbers(24 * 20, 1), numbers(20 * 72, 2), numbers(20, 3)));
  checked_steps(fmt::format(
      R"(graph "g" (%x: f32[1, 3, 40]) -> (%y) {{
  %a: f32[5, 3, 4] = {}
  %y: f32[1, 5, 17] = Conv(%x, %a) {{strides = [2], dilations = [2], auto_pad = "VALID"}}
}})",
      numbers(60, 1)));
}

TEST(CheckedModel, LargeConvolutionsLeaveOutRowsOfPadding) {
  // The last two rows of the first one see nothing but padding.
  checked_steps(fmt::format(
      R"(graph "g" (%x: f32[1, 16, 26, 30], %z: f32[1, 64, 29, 30]) -> (%y) {{
  %a: f32[64, 16, 3, 3] = {}
  %b: f32[32, 64, 3, 3] = {}
  %c: f32[1, 64, 29, 30] = Conv(%x, %a) {{dilations = [2, 1], pads = [1, 1, 6, 1]}}
  %d: f32[1, 64, 29, 30] = Add(%c, %z)
  %y: f32[1, 32, 15, 15] = Conv(%d, %b) {{strides = [2, 2], pads = [2, 1, 0, 0]}}
}})",
      numbers(64 * 144, 1), numbers(32 * 576, 2)));
}

TEST(CheckedModel, SlicesOfWholeRowsAreNoCopies) {
  const auto steps = checked_steps(R"(graph "g" (%x: f32[2, 4, 6]) -> (%y) {
  %zero: i64[1] = const [0]
  %one: i64[] = const [1]
  %two: i64[1] = const [2]
  %four: i64[1] = const [4]
  %three: i64[1] = const [3]
  %sizes: i64[2] = const [1, 3]
  %p: f32[4, 6] = Gather(%x, %one) {axis = 0}
  %q: f32[2, 6] = Slice(%p, %two, %four, %zero)
  %s: f32[1, 6], %t: f32[1, 6] = Split(%q) {axis = 0, num_outputs = 2}
  %y: f32[1, 6] = Sub(%s, %t)
})");
  EXPECT_EQ(steps.size(), 1u);
}

// The branch that random numbers would take cannot be run.
TEST(CheckedModel, BranchesOnANumberAreTakenAsItsConstantSays) {
  const auto steps =
      checked_steps(R"(graph "g" (%x: f32[3], %n: i64[]) -> (%y) {
  %rate: i64[] = const [16000]
  %right: bool[] = Equal(%n, %rate)
  %y: f32[3] = If(%right) {
    else_branch = graph "no" () captures (%x: f32[3] = %x) -> (%a) {
      %a: f32[3] = Neg(%x)
    },
    then_branch = graph "yes" () captures (%x: f32[3] = %x) -> (%b) {
      %b: f32[3] = Abs(%x)
    }
  }
})");
  EXPECT_GT(steps.size(), 2u);
}

}  // namespace
}  // namespace hone::toolkit
