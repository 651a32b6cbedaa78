// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Attention of f32 in one kernel: y = softmax(scale * q k^T + mask) v, a head
// a task, heads read and written where they stand.
//
// The keys of a head are turned once, into panels of `lanes` keys, so that
// scores are products of a number of a query and a vector of keys. Then `rows`
// queries at a time: all their scores are computed, become powers, and weigh
// the values, while they stay in the first cache (rows * keys * 4 bytes).
// Nothing of queries x keys is ever written behind it. The last queries overlap
// those before them, as in gemm.h; queries >= rows.
//
// Running maxima and sums over blocks of keys (Dao et al., "FlashAttention",
// NeurIPS 2022) would bound the scores that wait; the turned keys, which are as
// many numbers as the keys, are what limits this form first.
#pragma once

#include "tensor/kernel/kernel_builder.h"

namespace hone::tensor {

struct AttentionTile {
  int rows = 12;          // queries
  int score_vectors = 2;  // panels of keys; not more than there are
  int value_vectors = 2;  // vectors of a row of values
  int lanes = 16;
  // Sizes of keys and values are multiples of what is read of them at a time,
  // so that no loads are masked.
  bool whole = false;
  bool mask = false;    // added to the scores
  bool causal = false;  // query i sees the keys up to i + past
  // There may be fewer keys than score_vectors panels hold, and none.
  bool any_keys = false;
};

// Pointers: y, q, k, v, scale (one number), scratch [, mask]. Sizes: begin,
// end, queries, keys, size, value_size, heads, shared (heads of queries that
// have one head of keys), then batch, head and row of q, k, v and y: elements
// from one to the next; room: see attention_room(); [batch, head, row of mask;]
// [past]. Tasks are batches x heads. A call uses the scratch memory that is its
// first task's.
VectorKernel build_attention(const AttentionTile& tile);

// Elements of scratch memory for each task. `keys` are whole panels, with
// any_keys at least score_vectors of them; `size` are whole vectors.
template <typename Size>
Size attention_room(const AttentionTile& tile, const Size& keys,
                    const Size& size) {
  const int64_t rows = (tile.rows + tile.lanes - 1) / tile.lanes * tile.lanes;
  return keys * size + keys * Size(tile.rows) + Size(rows);
}

}  // namespace hone::tensor
