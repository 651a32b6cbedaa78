// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Graphs compiled and run, against numbers worked out by plain loops.
#include <gtest/gtest.h>

#include <cmath>

#include "codegen/model/elf_object.h"
#include "codegen/model/plan_runner.h"
#include "tensor/graph_text.h"
#include "tensor/kernel/kernel_test_tools.h"

namespace hone::codegen {
namespace {

using tensor::small_numbers;

std::vector<float> run(std::string_view text,
                       const std::vector<std::vector<float>>& inputs,
                       size_t outputs, const char* cpu = "native",
                       size_t* steps = nullptr) {
  const auto graph = tensor::parse_graph(text);
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  const auto model = build_model(*graph, {.cpu = cpu});
  EXPECT_TRUE(model.ok()) << model.error().message;
  if (!model.ok()) return {};
  if (steps != nullptr) *steps = model->plans[0].plan.steps.size();
  auto runner = PlanRunner::make(*model);
  EXPECT_TRUE(runner.ok()) << runner.error().message;
  std::vector<float> y(outputs);
  std::vector<const void*> in;
  for (const auto& input : inputs) in.push_back(input.data());
  void* const out[] = {y.data()};
  EXPECT_TRUE(runner->run(in, out).ok());
  return y;
}

std::string numbers(const std::vector<float>& values) {
  std::string text;
  for (const float value : values)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", value);
  return "[" + text + "]";
}

TEST(CompiledGraph, AConvolutionWithBiasNormalizationAndSumIsOneKernel) {
  const auto x = small_numbers(16 * 36, 1), w = small_numbers(16 * 16 * 9, 2);
  const auto b = small_numbers(16, 3);
  const std::vector<float> half(16, 0.5f), one(16, 1), zero(16, 0);
  const std::string text = fmt::format(
      R"(graph "g" (%x: f32[1, 16, 6, 6]) -> (%y) {{
  %w: f32[16, 16, 3, 3] = const {}
  %b: f32[16] = const {}
  %one: f32[16] = const {}
  %zero: f32[16] = const {}
  %half: f32[16, 1, 1] = const {}
  %u: f32[1, 16, 6, 6] = Relu(%x)
  %c: f32[1, 16, 6, 6] = Conv(%u, %w, %b) {{pads = [1, 1, 1, 1]}}
  %m: f32[1, 16, 6, 6] = Mul(%c, %half)
  %n: f32[1, 16, 6, 6] = BatchNormalization(%m, %one, %b, %zero, %one) {{epsilon = 0.0}}
  %s: f32[1, 16, 6, 6] = Add(%n, %u)
  %y: f32[1, 16, 6, 6] = Relu(%s)
}})",
      numbers(w), numbers(b), numbers(one), numbers(zero), numbers(half));
  for (const char* cpu : {"native", "x86-64-v3", "x86-64-v2"}) {
    size_t steps = 0;
    const auto y = run(text, {x}, 16 * 36, cpu, &steps);
    // Relu, into blocks with a cleared halo, the convolution, and back.
    EXPECT_EQ(steps, 5u);
    for (int o = 0; o < 16; ++o)
      for (int i = 0; i < 6; ++i)
        for (int j = 0; j < 6; ++j) {
          float sum = b[o];
          for (int c = 0; c < 16; ++c)
            for (int k = 0; k < 9; ++k) {
              const int r = i + k / 3 - 1, q = j + k % 3 - 1;
              if (r < 0 || q < 0 || r > 5 || q > 5) continue;
              sum += std::max(x[c * 36 + r * 6 + q], 0.0f) *
                     w[(o * 16 + c) * 9 + k];
            }
          const float wanted = std::max(
              sum * 0.5f + b[o] + std::max(x[o * 36 + i * 6 + j], 0.0f), 0.0f);
          EXPECT_EQ(y[o * 36 + i * 6 + j], wanted)
              << cpu << ": " << o << ", " << i << ", " << j;
        }
  }
}

TEST(CompiledGraph, AFirstLayerOfThreeChannelsAndPoolingAreExact) {
  const auto x = small_numbers(3 * 81, 1), w = small_numbers(20 * 27, 2);
  const std::string text =
      fmt::format(R"(graph "g" (%x: f32[1, 3, 9, 9]) -> (%y) {{
  %w: f32[20, 3, 3, 3] = const {}
  %c: f32[1, 20, 5, 5] = Conv(%x, %w) {{auto_pad = "SAME_UPPER", strides = [2, 2]}}
  %y: f32[1, 20, 3, 3] = MaxPool(%c) {{kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [2, 2]}}
}})",
                  numbers(w));
  const auto y = run(text, {x}, 20 * 9);
  for (int o = 0; o < 20; ++o)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j) {
        float most = -INFINITY;
        for (int p = 2 * i - 1; p <= 2 * i + 1; ++p)
          for (int q = 2 * j - 1; q <= 2 * j + 1; ++q) {
            if (p < 0 || q < 0 || p > 4 || q > 4) continue;
            float sum = 0;
            for (int k = 0; k < 27; ++k) {
              const int r = 2 * p + k / 3 % 3 - 1, s = 2 * q + k % 3 - 1;
              if (r >= 0 && s >= 0 && r < 9 && s < 9)
                sum += x[k / 9 * 81 + r * 9 + s] * w[o * 27 + k];
            }
            most = std::max(most, sum);
          }
        EXPECT_EQ(y[o * 9 + i * 3 + j], most);
      }
}

TEST(CompiledGraph, AProductTakesItsBiasAndWhatFollows) {
  const auto x = small_numbers(5 * 7, 1), w = small_numbers(7 * 33, 2);
  const auto b = small_numbers(33, 3);
  const std::string text = fmt::format(R"(graph "g" (%x: f32[5, 7]) -> (%y) {{
  %w: f32[7, 33] = const {}
  %b: f32[33] = const {}
  %p: f32[5, 33] = MatMul(%x, %w)
  %s: f32[5, 33] = Add(%b, %p)
  %y: f32[5, 33] = Clip(%s, %low)
  %low: f32[] = const [-1.5]
}})",
                                       numbers(w), numbers(b));
  std::string ordered = text;
  const std::string low = "  %low: f32[] = const [-1.5]\n";
  ordered.erase(ordered.find(low), low.size());
  ordered.insert(ordered.find("  %p:"), low);
  size_t steps = 0;
  const auto y = run(ordered, {x}, 5 * 33, "native", &steps);
  EXPECT_EQ(steps, 1u);
  for (int i = 0; i < 5; ++i)
    for (int j = 0; j < 33; ++j) {
      float sum = b[j];
      for (int k = 0; k < 7; ++k) sum += x[i * 7 + k] * w[k * 33 + j];
      EXPECT_EQ(y[i * 33 + j], std::max(sum, -1.5f));
    }
}

TEST(CompiledGraph, MovementsOfElementsComposeExactly) {
  const auto x = small_numbers(2 * 3 * 4, 1);
  const auto y = run(R"(graph "g" (%x: f32[2, 3, 4]) -> (%y) {
  %from: i64[1] = const [3]
  %to: i64[1] = const [-5]
  %axis: i64[1] = const [2]
  %step: i64[1] = const [-2]
  %t: f32[3, 2, 4] = Transpose(%x) {perm = [1, 0, 2]}
  %s: f32[3, 2, 2] = Slice(%t, %from, %to, %axis, %step)
  %y: f32[3, 4, 2] = Concat(%s, %s) {axis = 1}
})",
                     {x}, 24);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 4; ++j)
      for (int k = 0; k < 2; ++k)
        EXPECT_EQ(y[(i * 4 + j) * 2 + k],
                  x[(j % 2) * 12 + i * 4 + (k == 0 ? 3 : 1)]);
}

TEST(CompiledGraph, SoftmaxOverEitherKindOfDimensionSumsToOne) {
  for (const int axis : {0, 1}) {
    const auto x = small_numbers(21 * 37, 1);
    const auto y = run(fmt::format(R"(graph "g" (%x: f32[21, 37]) -> (%y) {{
  %y: f32[21, 37] = Softmax(%x) {{axis = {}}}
}})",
                                   axis),
                       {x}, 21 * 37);
    for (int i = 0; i < (axis == 1 ? 21 : 37); ++i) {
      const int n = axis == 1 ? 37 : 21;
      const auto at = [&](int k) {
        return axis == 1 ? i * 37 + k : k * 37 + i;
      };
      double sum = 0;
      for (int k = 0; k < n; ++k) sum += std::exp(x[at(k)]);
      for (int k = 0; k < n; ++k)
        EXPECT_NEAR(y[at(k)], std::exp(x[at(k)]) / sum, 1e-6);
    }
  }
}

TEST(CompiledGraph, WhatIsNotCompiledIsNamedAllAtOnce) {
  const auto graph = tensor::parse_graph(R"(graph "g" (%x: u8[4]) -> (%y) {
  %a: u8[2, 2, 3] = ImageDecoder(%x) @ "first"
  %b: u8[2, 2, 3] = ImageDecoder(%x) @ "second"
  %y: u8[2, 2, 3] = Add(%a, %b)
})");
  const auto model = build_model(*graph, {.cpu = "native"});
  ASSERT_FALSE(model.ok());
  EXPECT_EQ(model.error().kind, ErrorKind::Unsupported);
  EXPECT_NE(model.error().message.find("'first' (ImageDecoder)"),
            std::string::npos);
  EXPECT_NE(model.error().message.find("'second' (ImageDecoder)"),
            std::string::npos)
      << model.error().message;
}

TEST(CompiledGraph, TheSameGraphGivesTheSameBytes) {
  const auto graph = tensor::parse_graph(R"(graph "g" (%x: f32[40]) -> (%y) {
  %y: f32[40] = Tanh(%x)
})");
  const auto a = build_model(*graph, {}), b = build_model(*graph, {});
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->kernels, b->kernels);
  EXPECT_EQ(a->weights.tail, b->weights.tail);
  EXPECT_EQ(a->program, b->program);
}

TEST(DataObject, ForeignMachinesAreRefused) {
  EXPECT_TRUE(write_data_object("w", 3, "aarch64-linux-gnu").ok());
  const auto refused = write_data_object("w", 3, "riscv64-linux-gnu");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::Unsupported);
}

}  // namespace
}  // namespace hone::codegen
