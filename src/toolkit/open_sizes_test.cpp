// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fast kernels at sizes that come at run time. Plans are interpreted on memory
// of exactly the sizes that they reserve, every access checked, and compared
// with the reference interpreter: none, one, and around those of tiles.
#include <gtest/gtest.h>

#include "toolkit/check_test_tools.h"
#include "toolkit/checked_run_test_tools.h"

namespace hone::toolkit {
namespace {

using tensor::Dims;
using tensor::ElementType;
using tensor::Plan;
using tensor::PlanStep;
using tensor::RunValue;
using tensor::Tensor;

class Model {
 public:
  explicit Model(const std::string& text) {
    auto parsed = tensor::parse_graph(text);
    EXPECT_TRUE(parsed.ok()) << parsed.error().message;
    auto graph = prepare_graph(*std::move(parsed), {});
    EXPECT_TRUE(graph.ok()) << graph.error().message;
    graph_ = *std::move(graph);
    for (const int registers : {16, 32}) {
      auto plan = tensor::make_plan(graph_, {.vector_registers = registers,
                                             .vector_bytes = 2 * registers});
      EXPECT_TRUE(plan.ok()) << plan.error().message;
      plans_.push_back(*std::move(plan));
    }
  }

  // Whether every step is a vector kernel.
  bool is_fast() const {
    for (const Plan& plan : plans_)
      for (const PlanStep& step : plan.steps)
        if (step.kernel >= 0 && plan.kernels[step.kernel].lanes == 1)
          return false;
    return true;
  }

  // What differs from the interpreter, or the access that was wrong.
  std::string run(const std::vector<Dims>& dims) {
    Random random(7);
    std::vector<Tensor> inputs;
    std::vector<RunValue> values;
    for (const Dims& d : dims) {
      Tensor x(ElementType::F32, d);
      for (double& number : x.data<double>())
        number = static_cast<double>(random.below(17)) / 8 - 1;
      inputs.push_back(x);
      values.emplace_back(std::move(x));
    }
    const auto expected = run_graph(graph_, std::move(values));
    if (!expected.ok()) return "interpreter: " + expected.error().message;
    for (const Plan& plan : plans_)
      if (std::string wrong = find_wrong_output(plan, inputs, *expected);
          !wrong.empty())
        return wrong;
    return "";
  }

 private:
  tensor::Graph graph_;
  std::vector<Plan> plans_;
};

std::string encoder_block() {
  return R"(graph "g" (%x: f32[N, S, 32]) -> (%out) {
  %w: f32[32, 32] = )" +
         numbers(1024, 1) + R"(
  %b: f32[32] = )" +
         numbers(32, 2) + R"(
  %q0 = MatMul(%x, %w)
  %q1 = Add(%q0, %b)
  %heads: i64[4] = const [0, 0, 2, 16]
  %q2 = Reshape(%q1, %heads)
  %q = Transpose(%q2) {perm = [0, 2, 1, 3]}
  %k = Transpose(%q2) {perm = [0, 2, 3, 1]}
  %s0 = MatMul(%q, %k)
  %scale: f32[] = const [0.25]
  %s1 = Mul(%s0, %scale)
  %s = Softmax(%s1)
  %v = MatMul(%s, %q)
  %v1 = Transpose(%v) {perm = [0, 2, 1, 3]}
  %joined: i64[3] = const [0, 0, 32]
  %v2 = Reshape(%v1, %joined)
  %y = Add(%v2, %x)
  %n = LayerNormalization(%y, %b, %b)
  %h = MatMul(%n, %w)
  %g = Gelu(%h)
  %out = Add(%g, %n)
})";
}

std::string image_net() {
  return R"(graph "g" (%x: f32[N, 3, H, W]) -> (%y, %m) {
  %w: f32[20, 3, 3, 3] = )" +
         numbers(540, 3) + R"(
  %b: f32[20] = )" +
         numbers(20, 4) + R"(
  %c0 = Conv(%x, %w, %b) {pads = [1, 1, 1, 1]}
  %c1 = Relu(%c0)
  %d: f32[20, 1, 3, 3] = )" +
         numbers(180, 5) + R"(
  %c2 = Conv(%c1, %d) {pads = [1, 1, 1, 1], strides = [2, 2], group = 20}
  %p: f32[32, 20, 1, 1] = )" +
         numbers(640, 6) + R"(
  %c3 = Conv(%c2, %p)
  %y0 = MaxPool(%c3) {kernel_shape = [3, 3], strides = [2, 2], pads = [1, 1, 1, 1]}
  %y = Concat(%y0, %y0) {axis = 1}
  %m = GlobalAveragePool(%y0)
})";
}

TEST(OpenSizes, ABlockOfAnEncoderTakesAnyBatchAndLength) {
  Model model(encoder_block());
  EXPECT_TRUE(model.is_fast());
  for (const int64_t batch : {0, 1, 2})
    for (const int64_t length : {0, 1, 2, 3, 5, 6, 7, 13, 14, 15, 16, 17, 33})
      EXPECT_EQ(model.run({{batch, length, 32}}), "") << batch << length;
}

TEST(OpenSizes, ACacheOfKeysGrowsByAnyStep) {
  Model model(
      R"(graph "g" (%q: f32[1, 2, 1, 16], %k: f32[1, 2, T, 16],
                             %past: f32[1, 2, P, 16]) -> (%y, %all) {
  %all = Concat(%past, %k) {axis = 2}
  %turned = Transpose(%all) {perm = [0, 1, 3, 2]}
  %s = MatMul(%q, %turned)
  %p = Softmax(%s)
  %y = MatMul(%p, %all)
})");
  EXPECT_TRUE(model.is_fast());
  for (const int64_t past : {0, 1, 15, 16, 17, 40})
    for (const int64_t step : {1, 3})
      EXPECT_EQ(model.run({{1, 2, 1, 16}, {1, 2, step, 16}, {1, 2, past, 16}}),
                "")
          << past << " + " << step;
}

TEST(OpenSizes, AttentionTakesAnyQueriesAndKeys) {
  Model model(
      R"(graph "g" (%q: f32[N, 4, S, 20], %k: f32[N, 2, T, 20],
                             %v: f32[N, 2, T, 33], %m: f32[S, T]) -> (%y, %z) {
  %y = Attention(%q, %k, %v)
  %z = Attention(%q, %k, %v, %m) {is_causal = 1}
})");
  EXPECT_TRUE(model.is_fast());
  for (const int64_t queries : {0, 1, 2, 11, 12, 13, 40})
    for (const int64_t keys : {0, 1, 15, 16, 17, 63, 65})
      EXPECT_EQ(model.run({{2, 4, queries, 20},
                           {2, 2, keys, 20},
                           {2, 2, keys, 33},
                           {queries, keys}}),
                "")
          << queries << " of " << keys;
}

TEST(OpenSizes, ACacheGoesIntoAttention) {
  Model model(
      R"(graph "g" (%q: f32[N, S, 64], %k: f32[N, S, 32], %v: f32[N, S, 48],
                             %pk: f32[N, 2, P, 16], %pv: f32[N, 2, P, 24])
      -> (%y, %keys, %values) {
  %y, %keys, %values = Attention(%q, %k, %v, _, %pk, %pv)
      {q_num_heads = 4, kv_num_heads = 2, is_causal = 1}
})");
  EXPECT_TRUE(model.is_fast());
  for (const int64_t step : {1, 3, 14})
    for (const int64_t past : {0, 1, 15, 70})
      EXPECT_EQ(model.run({{2, step, 64},
                           {2, step, 32},
                           {2, step, 48},
                           {2, 2, past, 16},
                           {2, 2, past, 24}}),
                "")
          << past << " + " << step;
}

TEST(OpenSizes, ConvolutionsTakeImagesOfAnySizeAndNumber) {
  Model model(image_net());
  EXPECT_TRUE(model.is_fast());
  for (const int64_t images : {0, 1, 2})
    for (const auto& [height, width] : std::vector<std::pair<int64_t, int64_t>>{
             {1, 1}, {1, 30}, {2, 13}, {3, 14}, {5, 15}, {4, 29}, {7, 7}})
      EXPECT_EQ(model.run({{images, 3, height, width}}), "")
          << images << " of " << height << " x " << width;
}

TEST(OpenSizes, PyramidsAreRepeatedAndAdded) {
  Model model(
      R"(graph "g" (%x: f32[N, 4, 2*H, 2*W]) -> (%y, %z) {
  %w: f32[16, 4, 3, 3] = )" +
      numbers(16 * 4 * 9, 20) + R"(
  %c = Conv(%x, %w) {pads = [1, 1, 1, 1]}
  %v: f32[16, 16, 2, 2] = )" +
      numbers(16 * 16 * 4, 21) + R"(
  %d = Conv(%c, %v) {strides = [2, 2]}
  %none: f32[0] = const []
  %scales: f32[4] = const [1, 1, 2, 2]
  %u = Resize(%d, %none, %scales) {mode = "nearest"}
  %y = Add(%u, %c)
  %z = Resize(%x, %none, %scales) {mode = "nearest"}
})");
  for (const auto& [height, width] : std::vector<std::pair<int64_t, int64_t>>{
           {2, 2}, {2, 16}, {6, 30}, {8, 34}})
    EXPECT_EQ(model.run({{2, 4, height, width}}), "") << height << width;
}

TEST(OpenSizes, RecurrentLayersTakeAnyBatchAndNumberOfSteps) {
  Model model(
      R"(graph "g" (%x: f32[T, N, 6], %h: f32[1, N, 5]) -> (%y, %l, %g) {
  %w: f32[1, 20, 6] = )" +
      numbers(20 * 6, 30) + R"(
  %r: f32[1, 20, 5] = )" +
      numbers(20 * 5, 31) + R"(
  %y, %l, %c = LSTM(%x, %w, %r, _, _, %h) {hidden_size = 5}
  %wg: f32[1, 15, 6] = )" +
      numbers(15 * 6, 32) + R"(
  %rg: f32[1, 15, 5] = )" +
      numbers(15 * 5, 33) + R"(
  %g = GRU(%x, %wg, %rg) {hidden_size = 5}
})");
  EXPECT_TRUE(model.is_fast());
  for (const int64_t steps : {1, 2, 9})
    for (const int64_t batch : {1, 3})
      EXPECT_EQ(model.run({{steps, batch, 6}, {1, batch, 5}}), "")
          << steps << " x " << batch;
}

TEST(OpenSizes, TransposedConvolutionsTakeImagesOfAnySize) {
  Model model(
      R"(graph "g" (%x: f32[N, 4, H, W]) -> (%y, %z) {
  %w: f32[4, 3, 4, 4] = )" +
      numbers(4 * 3 * 16, 40) + R"(
  %b: f32[3] = )" +
      numbers(3, 41) + R"(
  %y = ConvTranspose(%x, %w, %b) {strides = [2, 2], pads = [1, 1, 1, 1]}
  %v: f32[4, 2, 2, 1] = )" +
      numbers(16, 42) + R"(
  %z = ConvTranspose(%x, %v) {strides = [2, 1], group = 2}
})");
  EXPECT_TRUE(model.is_fast());
  for (const auto& [height, width] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {2, 7}, {3, 31}, {1, 32}, {4, 33}, {3, 70}})
    for (const int64_t images : {0, 2})
      EXPECT_EQ(model.run({{images, 4, height, width}}), "")
          << images << " of " << height << " x " << width;
}

TEST(OpenSizes, SumsOverAnyIndicesAreLoops) {
  Model model(
      R"(graph "g" (%a: f32[N, 1, M, K], %b: f32[2, K, L], %c: f32[N, K, M])
      -> (%y, %z) {
  %y = MatMul(%a, %b)
  %z = Einsum(%c, %b) {equation = "nkm,hkl->hnml"}
})");
  EXPECT_TRUE(model.is_fast());
  for (const int64_t m : {0, 1, 5})
    for (const int64_t k : {0, 1, 19})
      for (const int64_t l : {1, 31, 32, 50})
        EXPECT_EQ(model.run({{2, 1, m, k}, {2, k, l}, {2, k, m}}), "")
            << m << ", " << k << ", " << l;
}

TEST(OpenSizes, ComputedWeightsPadsAndRowsAreLoops) {
  Model model(
      R"(graph "g" (%x: f32[N, 2, D, H, W], %w: f32[3, 2, 1, 3, 2],
                    %t: f32[40, W]) -> (%y, %p, %r) {
  %y = Conv(%x, %w) {pads = [0, 1, 0, 0, 1, 1], strides = [1, 2, 1]}
  %pads: i64[10] = const [0, 0, 0, 1, 2, 0, 0, 1, 0, 3]
  %f: f32[] = const [2]
  %p = Pad(%x, %pads, %f)
  %rows: i64[3] = const [3, -1, 0]
  %r = Gather(%t, %rows)
})");
  EXPECT_TRUE(model.is_fast());
  for (const auto& [height, width] : std::vector<std::pair<int64_t, int64_t>>{
           {1, 1}, {2, 7}, {3, 31}, {1, 32}, {4, 33}, {3, 70}})
    EXPECT_EQ(
        model.run({{2, 2, 3, height, width}, {3, 2, 1, 3, 2}, {40, width}}), "")
        << height << " x " << width;
}

TEST(OpenSizes, RandomSizesStayWithinTheirMemory) {
  Model block(encoder_block()), images(image_net());
  Random random(11);
  for (int i = 0; i < 25; ++i) {
    const auto draw = [&](uint64_t below) {
      return static_cast<int64_t>(random.below(below));
    };
    const Dims x = {draw(3), draw(70), 32};
    EXPECT_EQ(block.run({x}), "") << x[0] << " x " << x[1];
    const Dims y = {draw(3), 3, 1 + draw(12), 1 + draw(40)};
    EXPECT_EQ(images.run({y}), "") << y[0] << " of " << y[2] << " x " << y[3];
  }
}

TEST(OpenSizes, SizesThatContradictTheModelAreAnError) {
  Model model(
      R"(graph "g" (%x: f32[N], %y: f32[N + 1]) -> (%z) {
  %one: f32[1] = const [1]
  %x1 = Concat(%x, %one) {axis = 0}
  %z = Add(%x1, %y)
})");
  EXPECT_EQ(model.run({{4}, {5}}), "");
  EXPECT_NE(model.run({{4}, {9}}), "");
}

}  // namespace
}  // namespace hone::toolkit
