// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rows of one operator, and the hash table that makes them unique.
//
// A row is `arity` key columns and the class of the node, all 32-bit words side
// by side:
//
//     row 0 | a b | class |      x + y       is in class 7:  | 3 4 | 7 |
//     row 1 | a b | class |
//
// Rows are only appended; a row that stopped being canonical is marked dead and
// asserted again at the end. So the position of a row is its age, and "the rows
// that are new since the last iteration" is a range.
//
// The hash table is open addressing with linear probing over 4-byte slots. A
// slot holds a row's number plus one in its low bits, as many as the capacity
// needs, and a tag of the hash in the bits above: 12 bits of tag at a million
// slots. A probe reads a row only where the tag agrees. Slots of dead rows
// stay: their keys hold ids that lost a union, which nobody looks up, or they
// were pointed to the row that replaced them.
//
// All access from the hot path is in batches: first every slot is prefetched,
// then every row that a tag points to, then the work is done. One probe alone
// waits for memory twice; a batch of 256 waits about as long in all.
#pragma once

#include <cstdint>
#include <span>

#include "rewrite/egraph/grow_array.h"
#include "rewrite/egraph/union_find.h"

namespace hone::rewrite::egraph {

using RowId = uint32_t;
inline constexpr RowId kNoRow = 0xffffffff;

// Matches are applied, and rows rebuilt, in batches of this many.
inline constexpr uint32_t kBatch = 256;
// Key columns of an operator, at most.
inline constexpr uint32_t kMaxArity = 8;

// Where a batch's keys stand: column by column.
using Columns = const uint32_t* const*;

class Table {
 public:
  // With `literal` the only key column is a payload, not a class.
  Table(uint32_t arity, bool literal);

  uint32_t arity() const { return arity_; }
  uint32_t stride() const { return arity_ + 1; }
  bool is_literal() const { return literal_; }
  // How many of the key columns hold classes.
  uint32_t class_columns() const { return literal_ ? 0 : arity_; }

  // Rows ever appended and not compacted away, dead ones included.
  RowId rows() const {
    return static_cast<RowId>(cells_.size() / (arity_ + 1));
  }
  size_t live() const { return rows() - dead_; }
  const uint32_t* row(RowId row) const {
    return cells_.data() + size_t{row} * (arity_ + 1);
  }
  uint32_t* row(RowId row) {
    return cells_.data() + size_t{row} * (arity_ + 1);
  }
  ClassId class_of(RowId row_id) const { return row(row_id)[arity_]; }
  bool is_dead(RowId row_id) const { return class_of(row_id) == kNoClass; }
  void kill(RowId row_id) {
    row(row_id)[arity_] = kNoClass;
    ++dead_;
  }

  // The live row with this key, or kNoRow.
  RowId find(const uint32_t* key) const;

  // Asserts `count` (at most kBatch) nodes: key column c of node i is
  // columns[c][i], and its class should be classes[i]. Where the key is there
  // already, classes[i] becomes the class it has; rows[i] is its row.
  void assert_batch(Columns columns, uint32_t count, ClassId* classes,
                    RowId* rows);
  // The same with a fresh class for every key that is not there.
  void intern_batch(Columns columns, uint32_t count, UnionFind& classes_made,
                    ClassId* classes, RowId* rows);
  // Looks up only: rows[i] is kNoRow where the key is not there.
  void find_batch(Columns columns, uint32_t count, RowId* rows) const;

  // Room for `count` more rows without allocating.
  void reserve_extra(uint32_t count);

  // Drops the dead rows, keeping the order of the others. `marks` are row
  // numbers, ascending; each becomes the number of live rows before it.
  // `origins`, one value a row, moves along where it is not empty.
  void compact(std::span<RowId* const> marks, GrowArray<uint32_t>& origins);

  // How often compact() or clear() changed the rows' numbers.
  uint32_t compactions() const { return compactions_; }

  size_t bytes() const { return cells_.bytes() + slots_.bytes(); }
  void clear();

 private:
  enum class Mode { Assert, Intern, Find };
  template <int kArity, Mode kMode>
  void run_batch(Columns columns, uint32_t count, UnionFind* made,
                 ClassId* classes, RowId* rows);
  template <Mode kMode>
  void dispatch(Columns columns, uint32_t count, UnionFind* made,
                ClassId* classes, RowId* rows);
  template <int kArity>
  uint64_t hash(const uint32_t* key) const;
  template <int kArity>
  void fill_slots();
  void rehash(uint32_t bits);

  uint32_t position(uint64_t hash) const {
    return static_cast<uint32_t>(hash >> (64 - bits_));
  }
  uint32_t tag(uint64_t hash) const {
    return static_cast<uint32_t>(hash) & ~slot_mask_;
  }

  uint32_t arity_;
  bool literal_;
  uint32_t bits_ = 0;       // 2^bits_ slots, none before the first row
  uint32_t slot_mask_ = 0;  // 2^bits_ - 1
  size_t dead_ = 0;
  uint32_t compactions_ = 0;
  GrowArray<uint32_t> cells_;
  GrowArray<uint32_t> slots_;
};

}  // namespace hone::rewrite::egraph
