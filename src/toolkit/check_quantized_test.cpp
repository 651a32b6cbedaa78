// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Nets of quantised numbers: every byte against the interpreter, which computes
// with the numbers that the bytes stand for.
#include <algorithm>

#include "toolkit/check_test_tools.h"

namespace hone::toolkit {
namespace {

std::string bytes(size_t count, uint64_t seed) {
  Random random(seed);
  std::string text;
  for (size_t i = 0; i < count; ++i)
    text += fmt::format("{}{}", i == 0 ? "" : ", ",
                        static_cast<int>(random.below(255)) - 127);
  return "const [" + text + "]";
}

// A convolution with `out` channels and a scale for each.
std::string convolution(std::string_view name, std::string_view input, int out,
                        std::string_view dims, int in, int size,
                        std::string_view attributes) {
  std::string scales;
  for (int i = 0; i < out; ++i)
    scales += fmt::format("{}{}", i == 0 ? "" : ", ", 0.001 * (1 + i % 3));
  return fmt::format(
      R"(  %{0}_w: i8[{1}, {2}, {3}, {3}] = {4}
  %{0}_s: f32[{1}] = const [{5}]
  %{0}_z: i8[{1}] = const [{6}]
  %{0}_d: f32[{1}, {2}, {3}, {3}] = DequantizeLinear(%{0}_w, %{0}_s, %{0}_z) {{axis = 0}}
  %{0}_b: f32[{1}] = {7}
  %{0}: f32[{8}] = Conv(%{9}, %{0}_d, %{0}_b){10}
)",
      name, out, in, size,
      bytes(static_cast<size_t>(out * in * size * size), 7), scales,
      [&] {
        std::string zeros = "0";
        for (int i = 1; i < out; ++i) zeros += ", 0";
        return zeros;
      }(),
      numbers(static_cast<size_t>(out), 9), dims, input,
      attributes.empty() ? "" : fmt::format(" {{{}}}", attributes));
}

std::string through_bytes(std::string_view name, std::string_view value,
                          std::string_view dims, double scale, int zero) {
  return fmt::format(
      R"(  %{0}_s: f32[] = const [{3}]
  %{0}_z: u8[] = const [{4}]
  %{0}_q: u8[{2}] = QuantizeLinear(%{1}, %{0}_s, %{0}_z)
  %{0}: f32[{2}] = DequantizeLinear(%{0}_q, %{0}_s, %{0}_z)
)",
      name, value, dims, scale, zero);
}

bool has_step(const std::vector<tensor::PlanStep>& steps,
              std::string_view node) {
  return std::ranges::any_of(steps, [&](const tensor::PlanStep& step) {
    return step.node.find(node) != std::string::npos;
  });
}

TEST(QuantizedModel, ConvolutionsPoolsJoinsAndSumsComputeWithBytes) {
  const std::string text =
      "graph \"g\" (%x: f32[1, 3, 12, 13]) -> (%y) {\n" +
      through_bytes("x1", "x", "1, 3, 12, 13", 0.0079, 127) +
      convolution("c", "x1", 20, "1, 20, 6, 7", 3, 3,
                  "strides = [2, 2], pads = [1, 1, 1, 1]") +
      "  %r: f32[1, 20, 6, 7] = Relu(%c)\n" +
      through_bytes("r1", "r", "1, 20, 6, 7", 0.004, 3) +
      "  %p: f32[1, 20, 3, 3] = MaxPool(%r1) {kernel_shape = [3, 3], "
      "strides = [2, 2], pads = [0, 0, 1, 0]}\n" +
      through_bytes("p1", "p", "1, 20, 3, 3", 0.004, 3) +
      convolution("a", "p1", 32, "1, 32, 3, 3", 20, 3, "pads = [1, 1, 1, 1]") +
      through_bytes("a1", "a", "1, 32, 3, 3", 0.01, 128) +
      convolution("b", "p1", 17, "1, 17, 3, 3", 20, 1, "") +
      through_bytes("b1", "b", "1, 17, 3, 3", 0.012, 120) +
      "  %j: f32[1, 49, 3, 3] = Concat(%a1, %b1) {axis = 1}\n" +
      through_bytes("j1", "j", "1, 49, 3, 3", 0.012, 120) +
      convolution("d", "j1", 49, "1, 49, 3, 3", 49, 1, "") +
      through_bytes("d1", "d", "1, 49, 3, 3", 0.03, 130) +
      "  %s: f32[1, 49, 3, 3] = Add(%d1, %j1)\n"
      "  %t: f32[1, 49, 3, 3] = Relu(%s)\n" +
      through_bytes("t1", "t", "1, 49, 3, 3", 0.02, 0) +
      convolution("e", "t1", 5, "1, 5, 3, 3", 49, 1, "") +
      "  %y: f32[1, 5, 3, 3] = Sigmoid(%e)\n}";
  const auto steps = checked_steps(text);
  // x to words; 5 convolutions; pool; two parts; sum; y to its plain form; and
  // frames of x and of p, whose bytes are read with padding.
  EXPECT_EQ(steps.size(), 13u);
  EXPECT_FALSE(has_step(steps, "DequantizeLinear"));
}

TEST(QuantizedModel, OtherReadersGetNumbers) {
  const std::string text =
      "graph \"g\" (%x: f32[2, 20, 5, 5]) -> (%y, %z, %bytes) {\n" +
      through_bytes("x1", "x", "2, 20, 5, 5", 0.0079, 127) +
      convolution("c", "x1", 18, "2, 18, 5, 5", 20, 1, "") +
      through_bytes("c1", "c", "2, 18, 5, 5", 0.02, 100) +
      "  %y: f32[2, 18, 1, 1] = GlobalAveragePool(%c1)\n"
      "  %z: f32[2, 18, 5, 5] = Tanh(%c1)\n"
      "  %bytes: u8[2, 18, 5, 5] = Identity(%c1_q)\n}";
  checked_steps(text);
}

}  // namespace
}  // namespace hone::toolkit
