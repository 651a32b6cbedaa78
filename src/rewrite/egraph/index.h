// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rows of one table grouped by the class in one column.
//
// Made by a counting sort over the ids, in two sequential passes over the rows;
// the group of class `c` is entries [offsets[c], offsets[c + 1]). An entry
// holds the row's other columns in their order, then the row's number (its
// age):
//
//     index of +(a, b) = x by x:   offsets[x] -> | a b row | a b row | …
//
// so that a join reads groups and never the rows. Within a group entries stand
// in the order of the rows or, where a second column is also known to the
// joins, in the order of that column: long groups are then searched (a class
// such as 0 holds x * 0 for every x).
#pragma once

#include <cstdint>
#include <span>

#include "rewrite/egraph/signature.h"
#include "rewrite/egraph/table.h"

namespace hone::rewrite::egraph {

inline constexpr uint32_t kNoColumn = 0xffffffff;

struct IndexKey {
  OpId op = 0;
  uint32_t column = 0;
  // Orders the groups; kNoColumn for the order of the rows.
  uint32_t second = kNoColumn;
  bool operator==(const IndexKey&) const = default;
};

class Index {
 public:
  explicit Index(IndexKey key) : key_(key) {}

  const IndexKey& key() const { return key_; }

  // Over the live rows of `table`, whose classes are below `ids`.
  void build(const Table& table, uint32_t ids);
  void release();

  // Entries of a class, `stride()` words each.
  std::span<const uint32_t> group(ClassId id) const {
    const uint32_t begin = offsets_[id], end = offsets_[id + 1];
    return {entries_.data() + size_t{begin} * stride_,
            (end - begin) * size_t{stride_}};
  }
  // The part of the group whose second column is `value`, or a little more: the
  // caller compares the column.
  std::span<const uint32_t> group(ClassId id, uint32_t value) const {
    const auto whole = group(id);
    return whole.size() <= kSearchFrom * stride_ ? whole
                                                 : narrowed(whole, value);
  }
  uint32_t stride() const { return stride_; }

  // The word of an entry in which a column of the table stands.
  uint32_t word_of(uint32_t column) const {
    return column < key_.column ? column : column - 1;
  }

 private:
  // Groups of more entries are sorted and searched.
  static constexpr uint32_t kSearchFrom = 16;

  std::span<const uint32_t> narrowed(std::span<const uint32_t> group,
                                     uint32_t value) const;
  void sort_group(uint32_t begin, uint32_t end);

  IndexKey key_;
  uint32_t stride_ = 0;
  GrowArray<uint32_t> offsets_;
  GrowArray<uint32_t> entries_;
  GrowArray<uint32_t> sorted_;  // scratch of sort_group()
};

}  // namespace hone::rewrite::egraph
