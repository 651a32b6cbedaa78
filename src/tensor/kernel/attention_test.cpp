// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The attention kernel, interpreted, against plain loops.
#include "tensor/kernel/attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tensor/kernel/kernel_test_tools.h"

namespace hone::tensor {
namespace {

struct Case {
  AttentionTile tile;
  int queries, keys, size, value_size;
  int batch = 2, heads = 4, shared = 2, past = 0;
};

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Heads stand within rows: [batch][length][heads][size].
std::vector<float> expected(const Case& c, const std::vector<float>& q,
                            const std::vector<float>& k,
                            const std::vector<float>& v,
                            const std::vector<float>& mask, float scale) {
  const int kv_heads = c.heads / c.shared;
  std::vector<float> y(c.batch * c.queries * c.heads * c.value_size);
  for (int b = 0; b < c.batch; ++b)
    for (int h = 0; h < c.heads; ++h)
      for (int i = 0; i < c.queries; ++i) {
        const int line = h / c.shared;
        std::vector<double> score(c.keys);
        double total = 0;
        for (int j = 0; j < c.keys; ++j) {
          double sum = 0;
          for (int d = 0; d < c.size; ++d)
            sum += q[((b * c.queries + i) * c.heads + h) * c.size + d] *
                   k[((b * c.keys + j) * kv_heads + line) * c.size + d];
          sum *= scale;
          if (c.tile.mask) sum += mask[(h * c.queries + i) * c.keys + j];
          if (c.tile.causal && j > i + c.past) sum = -kInfinity;
          total += score[j] = std::exp(sum);
        }
        for (int d = 0; d < c.value_size; ++d) {
          double sum = 0;
          for (int j = 0; j < c.keys; ++j)
            sum += score[j] *
                   v[((b * c.keys + j) * kv_heads + line) * c.value_size + d];
          y[((b * c.queries + i) * c.heads + h) * c.value_size + d] =
              static_cast<float>(total == 0 ? 0 : sum / total);
        }
      }
  return y;
}

void expect_right(const Case& c, bool hides_all = false) {
  const int kv = c.heads / c.shared;
  auto q = small_numbers(c.batch * c.queries * c.heads * c.size, 1);
  auto k = small_numbers(c.batch * c.keys * kv * c.size, 2);
  auto v = small_numbers(c.batch * c.keys * kv * c.value_size, 3);
  auto mask = small_numbers(c.heads * c.queries * c.keys, 4);
  for (size_t i = 0; i < mask.size(); i += 5) mask[i] = -kInfinity;
  if (hides_all) std::fill_n(mask.begin(), c.keys, -kInfinity);
  std::vector<float> scale = {0.125f};
  std::vector<float> y(c.batch * c.queries * c.heads * c.value_size, -9);
  const auto whole = [&](int64_t n) {
    return (n + c.tile.lanes - 1) / c.tile.lanes * c.tile.lanes;
  };
  const int64_t room = attention_room(c.tile, whole(c.keys), whole(c.size));
  const int64_t tasks = c.batch * c.heads;
  std::vector<float> scratch(tasks * room, 7e30f);
  const auto packed = [](int64_t length, int64_t heads, int64_t size) {
    return std::vector<int64_t>{length * heads * size, size, heads * size};
  };
  const VectorKernel kernel = build_attention(c.tile);
  for (const auto& [begin, end] : {std::pair<int64_t, int64_t>(0, 3),
                                   std::pair<int64_t, int64_t>(3, tasks)}) {
    std::vector<int64_t> sizes = {begin,  end,          c.queries, c.keys,
                                  c.size, c.value_size, c.heads,   c.shared};
    for (const auto& part :
         {packed(c.queries, c.heads, c.size), packed(c.keys, kv, c.size),
          packed(c.keys, kv, c.value_size),
          packed(c.queries, c.heads, c.value_size)})
      sizes.insert(sizes.end(), part.begin(), part.end());
    sizes.push_back(room);
    if (c.tile.mask) sizes.insert(sizes.end(), {0, c.queries * c.keys, c.keys});
    if (c.tile.causal) sizes.push_back(c.past);
    std::vector<KernelBuffer> buffers;
    for (auto* array : {&y, &q, &k, &v, &scale, &scratch})
      buffers.push_back(buffer_of(*array));
    if (c.tile.mask) buffers.push_back(buffer_of(mask));
    const Status status = interpret_kernel(kernel, buffers, sizes);
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  const std::vector<float> wanted = expected(c, q, k, v, mask, scale[0]);
  for (size_t i = 0; i < y.size(); ++i)
    ASSERT_NEAR(y[i], wanted[i], 1e-5 * (1 + std::fabs(wanted[i]))) << i;
}

TEST(AttentionKernel, EveryTailOfKeysAndNumbersIsRight) {
  for (const int keys : {1, 3, 4, 9, 17})
    for (const int size : {1, 4, 6})
      expect_right({.tile = {.rows = 2,
                             .score_vectors = keys > 4 ? 2 : 1,
                             .value_vectors = 2,
                             .lanes = 4},
                    .queries = 5,
                    .keys = keys,
                    .size = size,
                    .value_size = size + 1});
}

TEST(AttentionKernel, SixteenLanesToo) {
  for (const int keys : {33, 50})
    expect_right({.tile = {.rows = 11, .whole = true},
                  .queries = 33,
                  .keys = keys,
                  .size = 32,
                  .value_size = 32});
}

TEST(AttentionKernel, WholeVectorsAreReadWithoutMasks) {
  expect_right({.tile = {.rows = 3, .lanes = 4, .whole = true},
                .queries = 3,
                .keys = 10,
                .size = 8,
                .value_size = 8});
}

TEST(AttentionKernel, MasksAreAddedAndMayHideAllKeys) {
  const Case c = {.tile = {.rows = 2, .lanes = 4, .mask = true},
                  .queries = 4,
                  .keys = 11,
                  .size = 4,
                  .value_size = 8};
  expect_right(c);
  expect_right(c, true);
}

TEST(AttentionKernel, CausalQueriesSeeNoLaterKeys) {
  for (const int past : {0, 6})
    expect_right({.tile = {.rows = 2, .lanes = 4, .causal = true},
                  .queries = 5,
                  .keys = 5 + past,
                  .size = 4,
                  .value_size = 4,
                  .past = past});
}

}  // namespace
}  // namespace hone::tensor
