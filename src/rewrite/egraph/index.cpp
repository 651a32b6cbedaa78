// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/index.h"

#include <algorithm>
#include <numeric>

namespace hone::rewrite::egraph {

void Index::build(const Table& table, uint32_t ids) {
  const uint32_t columns = table.stride();
  stride_ = columns;  // all but the key's column, and the row's number
  offsets_.assign_zero(size_t{ids} + 2);
  // offsets_[id + 2] counts, then becomes where the group of id + 1 begins.
  const RowId rows = table.rows();
  for (RowId row = 0; row < rows; ++row) {
    if (!table.is_dead(row)) ++offsets_[table.row(row)[key_.column] + 2];
  }
  for (size_t id = 2; id < offsets_.size(); ++id) {
    offsets_[id] += offsets_[id - 1];
  }
  entries_.resize_for_overwrite(table.live() * stride_);
  for (RowId row = 0; row < rows; ++row) {
    if (table.is_dead(row)) continue;
    const uint32_t* cells = table.row(row);
    uint32_t* entry =
        &entries_[size_t{offsets_[cells[key_.column] + 1]++} * stride_];
    for (uint32_t c = 0; c < columns; ++c) {
      if (c != key_.column) *entry++ = cells[c];
    }
    *entry = row;
  }
  if (key_.second == kNoColumn) return;
  for (uint32_t id = 0; id < ids; ++id) {
    if (offsets_[id + 1] - offsets_[id] > kSearchFrom) {
      sort_group(offsets_[id], offsets_[id + 1]);
    }
  }
}

// Groups this long are few; a permutation is sorted and the entries follow.
void Index::sort_group(uint32_t begin, uint32_t end) {
  const uint32_t word = word_of(key_.second);
  const uint32_t count = end - begin;
  const uint32_t* group = &entries_[size_t{begin} * stride_];
  sorted_.resize_for_overwrite(count + size_t{count} * stride_);
  uint32_t* order = sorted_.data();
  std::iota(order, order + count, 0);
  std::sort(order, order + count, [&](uint32_t a, uint32_t b) {
    const uint32_t in_a = group[size_t{a} * stride_ + word];
    const uint32_t in_b = group[size_t{b} * stride_ + word];
    return in_a != in_b ? in_a < in_b : a < b;
  });
  uint32_t* copy = order + count;
  for (uint32_t i = 0; i < count; ++i) {
    std::copy_n(group + size_t{order[i]} * stride_, stride_,
                copy + size_t{i} * stride_);
  }
  std::copy_n(copy, size_t{count} * stride_,
              &entries_[size_t{begin} * stride_]);
}

std::span<const uint32_t> Index::narrowed(std::span<const uint32_t> group,
                                          uint32_t value) const {
  const uint32_t word = word_of(key_.second);
  const size_t count = group.size() / stride_;
  const auto bound = [&](bool after) {
    size_t low = 0, high = count;
    while (low < high) {
      const size_t middle = (low + high) / 2;
      const uint32_t at = group[middle * stride_ + word];
      if (at < value || (after && at == value)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  const size_t begin = bound(false);
  return group.subspan(begin * stride_, (bound(true) - begin) * stride_);
}

void Index::release() {
  offsets_.release();
  entries_.release();
  sorted_.release();
}

}  // namespace hone::rewrite::egraph
