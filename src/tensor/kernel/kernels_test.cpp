// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The builders' kernels, interpreted, against plain loops.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tensor/kernel/convolution.h"
#include "tensor/kernel/gemm.h"
#include "tensor/kernel/kernel_test_tools.h"

namespace hone::tensor {
namespace {

void run(const VectorKernel& kernel, std::vector<std::vector<float>*> arrays,
         const std::vector<int64_t>& sizes) {
  std::vector<KernelBuffer> buffers;
  for (std::vector<float>* array : arrays) buffers.push_back(buffer_of(*array));
  const Status status = interpret_kernel(kernel, buffers, sizes);
  ASSERT_TRUE(status.ok()) << status.error().message;
}

TEST(Gemm, RowMajorProductsAreExactForEveryTail) {
  for (const int n : {1, 4, 7, 9}) {
    const int m = 5, k = 3;
    const VectorKernel kernel = build_gemm(
        {.rows = 2, .vectors = 2, .lanes = 4, .masked = true, .bias = true});
    auto a = small_numbers(m * k, 1), b = small_numbers(k * n, 2);
    auto bias = small_numbers(n, 3);
    std::vector<float> c(m * n);
    run(kernel, {&a, &b, &c, &bias}, {0, (n + 7) / 8, m, n, k, k, n, 4, n});
    for (int i = 0; i < m; ++i)
      for (int j = 0; j < n; ++j) {
        float sum = bias[j];
        for (int p = 0; p < k; ++p) sum += a[i * k + p] * b[p * n + j];
        EXPECT_EQ(c[i * n + j], sum) << n << ": " << i << ", " << j;
      }
  }
}

TEST(Gemm, TheEpilogueSeesTheSumAndAnotherMatrix) {
  // max(sum + d, 0)
  const Expression post = {
      .inputs = 2,
      .steps = {{.op = KernelOp::Add, .operands = {0, 1}},
                {.kind = ExpressionStep::Kind::Constant},
                {.op = KernelOp::Max, .operands = {2, 3}}}};
  const VectorKernel kernel = build_gemm(
      {.rows = 1, .vectors = 1, .lanes = 4, .masked = true, .post = post});
  std::vector<float> a = {2}, b = {1, -1, 3}, c(3), d = {-1, -1, -7};
  run(kernel, {&a, &b, &c, &d}, {0, 1, 1, 3, 1, 1, 3, 4, 3});
  EXPECT_EQ(c, (std::vector<float>{1, 0, 0}));
}

struct Shape {
  int channels, outputs, height, width;  // of the padded input
  int top = 0, bottom = 0;               // its rows of padding
};

// Blocked [C / 4][H][W][4] from planar.
std::vector<float> blocked(const std::vector<float>& planar, int channels,
                           int pixels) {
  std::vector<float> result(planar.size());
  for (int c = 0; c < channels; ++c)
    for (int i = 0; i < pixels; ++i)
      result[(c / 4 * pixels + i) * 4 + c % 4] = planar[c * pixels + i];
  return result;
}

void check_convolution(const ConvolutionTile& tile, const Shape& s) {
  const Window& w = tile.window;
  const int oh =
      (s.height - (w.height - 1) * w.dilation_y - 1) / w.stride_y + 1;
  const int ow = (s.width - (w.width - 1) * w.dilation_x - 1) / w.stride_x + 1;
  const int taps = w.height * w.width, pixels = s.height * s.width;
  auto x = small_numbers(s.channels * pixels, 1);
  // A tile of one row does not even look at padding.
  const float padding = tile.skip_padding && tile.rows == 1 ? 1e6f : 0;
  const int x_bottom = s.height - s.bottom;
  for (int c = 0; c < s.channels; ++c)
    for (int i = 0; i < pixels; ++i)
      if (i < s.top * s.width || i >= x_bottom * s.width)
        x[c * pixels + i] = padding;
  auto weights = small_numbers(s.outputs * s.channels * taps, 2);
  const int block = tile.planar ? s.channels : 4;
  std::vector<float> packed(weights.size());
  for (int o = 0; o < s.outputs; ++o)
    for (int c = 0; c < s.channels; ++c)
      for (int t = 0; t < taps; ++t)
        packed[(((o / 4 * (s.channels / block) + c / block) * taps + t) *
                    block +
                c % block) *
                   4 +
               o % 4] = weights[(o * s.channels + c) * taps + t];
  auto bias = small_numbers(s.outputs, 3);
  auto input = tile.planar ? x : blocked(x, s.channels, pixels);
  std::vector<float> y(s.outputs * oh * ow);
  const int64_t rows = (oh + tile.rows - 1) / tile.rows;
  const int64_t groups = (s.outputs / 4 + tile.vectors - 1) / tile.vectors;
  const int step = tile.planar ? 1 : 4;
  std::vector<int64_t> sizes = {0,
                                rows * groups,
                                oh,
                                ow,
                                s.channels / block,
                                block,
                                s.outputs / 4,
                                pixels * step,
                                s.width * step,
                                s.channels * taps * 4,
                                oh * ow * 4,
                                ow * 4};
  if (tile.skip_padding) sizes.insert(sizes.end(), {s.top, x_bottom});
  // In two parts, as two threads would.
  std::vector<int64_t> first = sizes, second = sizes;
  first[1] = second[0] = rows * groups / 2;
  const VectorKernel kernel = build_convolution(tile);
  run(kernel, {&input, &packed, &y, &bias}, second);
  run(kernel, {&input, &packed, &y, &bias}, first);
  for (int o = 0; o < s.outputs; ++o)
    for (int i = 0; i < oh; ++i)
      for (int j = 0; j < ow; ++j) {
        float sum = bias[o];
        for (int c = 0; c < s.channels; ++c)
          for (int ky = 0; ky < w.height; ++ky) {
            const int row = i * w.stride_y + ky * w.dilation_y;
            if (row < s.top || row >= x_bottom) continue;
            for (int kx = 0; kx < w.width; ++kx)
              sum += x[c * pixels + row * s.width + j * w.stride_x +
                       kx * w.dilation_x] *
                     weights[(o * s.channels + c) * taps + ky * w.width + kx];
          }
        EXPECT_EQ(y[(o / 4 * oh * ow + i * ow + j) * 4 + o % 4], sum)
            << o << ", " << i << ", " << j;
      }
}

TEST(Convolution, StridesDilationsAndOverlappingTilesAreExact) {
  check_convolution({.rows = 2, .columns = 3, .vectors = 2, .lanes = 4},
                    {8, 12, 7, 7});
  check_convolution({.window = {3, 2, 2, 1, 1, 2},
                     .rows = 1,
                     .columns = 2,
                     .vectors = 1,
                     .lanes = 4},
                    {4, 8, 7, 8});
}

TEST(Convolution, RowsOfPaddingAreNotMultiplied) {
  for (const int rows : {1, 2, 3})
    for (const int dilation : {1, 2})
      for (const int stride : {1, 2})
        for (const int top : {0, 1, 3, 5})
          for (const int bottom : {0, 2, 5}) {
            SCOPED_TRACE(fmt::format("{} rows a tile, dilation {}, stride {}",
                                     rows, dilation, stride));
            SCOPED_TRACE(fmt::format("{} rows above, {} below", top, bottom));
            check_convolution({.window = {3, 2, stride, 1, dilation, 1},
                               .rows = rows,
                               .columns = 2,
                               .vectors = 1,
                               .lanes = 4,
                               .skip_padding = true},
                              {4, 4, 12 + top + bottom, 4, top, bottom});
          }
}

TEST(Convolution, AFirstLayerReadsPlanarChannels) {
  check_convolution({.window = {5, 5, 2, 2, 1, 1},
                     .rows = 1,
                     .columns = 3,
                     .vectors = 2,
                     .lanes = 4,
                     .planar = true},
                    {3, 8, 11, 11});
}

TEST(Depthwise, EveryChannelHasItsOwnWindow) {
  for (const Window& w :
       {Window{}, Window{3, 3, 2, 2, 1, 1}, Window{2, 3, 1, 1, 2, 1}}) {
    const DepthwiseTile tile = {
        .window = w, .rows = 2, .columns = 3, .lanes = 4};
    const int side = 9, channels = 8, pixels = side * side;
    const int oh = (side - (w.height - 1) * w.dilation_y - 1) / w.stride_y + 1;
    const int ow = (side - (w.width - 1) * w.dilation_x - 1) / w.stride_x + 1;
    const int taps = w.height * w.width;
    auto x = small_numbers(channels * pixels, 1);
    auto weights = small_numbers(channels * taps, 2);
    auto bias = small_numbers(channels, 3);
    auto input = blocked(x, channels, pixels);
    auto packed = blocked(weights, channels, taps);
    std::vector<float> y(channels * oh * ow);
    run(build_depthwise(tile), {&input, &packed, &y, &bias},
        {0, (oh + 1) / 2 * 2, oh, ow, 2, pixels * 4, side * 4, taps * 4,
         oh * ow * 4, ow * 4});
    for (int c = 0; c < channels; ++c)
      for (int i = 0; i < oh; ++i)
        for (int j = 0; j < ow; ++j) {
          float sum = bias[c];
          for (int t = 0; t < taps; ++t)
            sum += x[c * pixels +
                     (i * w.stride_y + t / w.width * w.dilation_y) * side +
                     j * w.stride_x + t % w.width * w.dilation_x] *
                   weights[c * taps + t];
          EXPECT_EQ(y[(c / 4 * oh * ow + i * ow + j) * 4 + c % 4], sum);
        }
  }
}

}  // namespace
}  // namespace hone::tensor
