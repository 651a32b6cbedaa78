// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/table.h"

#include "base/result.h"

namespace hone::rewrite::egraph {

namespace {

constexpr uint64_t kMultiplier = 0x9e3779b97f4a7c15;
constexpr uint32_t kLeastBits = 5;
// Slots are three quarters full at most: linear probing then looks at 8.5 slots
// for a key that is not there, half a cache line.
constexpr uint64_t load_limit(uint32_t bits) {
  return (uint64_t{3} << bits) / 4;
}

}  // namespace

Table::Table(uint32_t arity, bool literal) : arity_(arity), literal_(literal) {
  HONE_CHECK(arity <= kMaxArity);
  HONE_CHECK(!literal || arity == 1);
}

// kArity is the number of key columns, or -1 where only arity_ knows it.
template <int kArity>
uint64_t Table::hash(const uint32_t* key) const {
  uint64_t hash = 0;
  if constexpr (kArity == 1) {
    hash = key[0] * kMultiplier;
  } else if constexpr (kArity == 2) {
    hash = (key[0] | uint64_t{key[1]} << 32) * kMultiplier;
  } else {
    const uint32_t arity = kArity < 0 ? arity_ : kArity;
    for (uint32_t i = 0; i < arity; ++i) {
      hash = ((hash << 31 | hash >> 33) ^ key[i]) * kMultiplier;
    }
  }
  return (hash ^ hash >> 32) * kMultiplier;
}

template <int kArity, Table::Mode kMode>
void Table::run_batch(Columns columns, uint32_t count, UnionFind* made,
                      ClassId* classes, RowId* rows) {
  const uint32_t arity = kArity < 0 ? arity_ : kArity;
  uint32_t key[kMaxArity];
  uint64_t hashes[kBatch];
  const auto gather = [&](uint32_t i) {
    for (uint32_t c = 0; c < arity; ++c) key[c] = columns[c][i];
  };
  for (uint32_t i = 0; i < count; ++i) {
    gather(i);
    hashes[i] = hash<kArity>(key);
    __builtin_prefetch(&slots_[position(hashes[i])]);
  }
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t slot = slots_[position(hashes[i])];
    if (slot != 0 && (slot & ~slot_mask_) == tag(hashes[i])) {
      __builtin_prefetch(row((slot & slot_mask_) - 1));
    }
  }
  for (uint32_t i = 0; i < count; ++i) {
    gather(i);
    const uint32_t wanted = tag(hashes[i]);
    uint32_t at = position(hashes[i]);
    RowId found = kNoRow;
    for (;; at = (at + 1) & slot_mask_) {
      const uint32_t slot = slots_[at];
      if (slot == 0) break;
      if ((slot & ~slot_mask_) != wanted) continue;
      const RowId candidate = (slot & slot_mask_) - 1;
      const uint32_t* cells = row(candidate);
      bool same = true;
      for (uint32_t c = 0; c < arity; ++c) same &= cells[c] == key[c];
      if (!same) continue;
      if (cells[arity] != kNoClass) found = candidate;
      break;  // A dead row's slot is pointed to the row that replaces it.
    }
    if constexpr (kMode != Mode::Find) {
      if (found == kNoRow) {
        found = this->rows();
        if constexpr (kMode == Mode::Intern) classes[i] = made->make();
        for (uint32_t c = 0; c < arity; ++c) cells_.push_unchecked(key[c]);
        cells_.push_unchecked(classes[i]);
        slots_[at] = wanted | (found + 1);
      } else {
        classes[i] = class_of(found);
      }
    }
    rows[i] = found;
  }
}

template <Table::Mode kMode>
void Table::dispatch(Columns columns, uint32_t count, UnionFind* made,
                     ClassId* classes, RowId* rows) {
  switch (arity_) {
    case 1:
      return run_batch<1, kMode>(columns, count, made, classes, rows);
    case 2:
      return run_batch<2, kMode>(columns, count, made, classes, rows);
    default:
      return run_batch<-1, kMode>(columns, count, made, classes, rows);
  }
}

void Table::assert_batch(Columns columns, uint32_t count, ClassId* classes,
                         RowId* rows) {
  reserve_extra(count);
  dispatch<Mode::Assert>(columns, count, nullptr, classes, rows);
}

void Table::intern_batch(Columns columns, uint32_t count,
                         UnionFind& classes_made, ClassId* classes,
                         RowId* rows) {
  reserve_extra(count);
  classes_made.reserve_extra(count);
  dispatch<Mode::Intern>(columns, count, &classes_made, classes, rows);
}

void Table::find_batch(Columns columns, uint32_t count, RowId* rows) const {
  if (bits_ == 0) {
    for (uint32_t i = 0; i < count; ++i) rows[i] = kNoRow;
    return;
  }
  // Find writes nothing to the table; the modes share one template.
  const_cast<Table*>(this)->dispatch<Mode::Find>(columns, count, nullptr,
                                                 nullptr, rows);
}

RowId Table::find(const uint32_t* key) const {
  const uint32_t* columns[kMaxArity];
  for (uint32_t c = 0; c < arity_; ++c) columns[c] = key + c;
  RowId row = kNoRow;
  find_batch(columns, 1, &row);
  return row;
}

void Table::reserve_extra(uint32_t count) {
  const uint64_t rows_then = uint64_t{rows()} + count;
  uint32_t bits = bits_ == 0 ? kLeastBits : bits_;
  while (rows_then > load_limit(bits)) ++bits;
  HONE_CHECK(bits < 32);
  if (bits != bits_) rehash(bits);
  cells_.reserve_extra(size_t{count} * (arity_ + 1));
}

void Table::rehash(uint32_t bits) {
  // The rows hold all that is needed: the old slots are overwritten where they
  // are, and only the added pages are new to the system.
  bits_ = bits;
  slot_mask_ = (uint32_t{1} << bits) - 1;
  slots_.assign_zero(size_t{1} << bits);
  switch (arity_) {
    case 1:
      return fill_slots<1>();
    case 2:
      return fill_slots<2>();
    default:
      return fill_slots<-1>();
  }
}

template <int kArity>
void Table::fill_slots() {
  uint64_t hashes[kBatch];
  const RowId rows = this->rows();
  for (RowId begin = 0; begin < rows; begin += kBatch) {
    const uint32_t count = std::min(kBatch, rows - begin);
    for (uint32_t i = 0; i < count; ++i) {
      hashes[i] = hash<kArity>(row(begin + i));
      __builtin_prefetch(&slots_[position(hashes[i])], 1);
    }
    for (uint32_t i = 0; i < count; ++i) {
      if (is_dead(begin + i)) continue;
      uint32_t at = position(hashes[i]);
      while (slots_[at] != 0) at = (at + 1) & slot_mask_;
      slots_[at] = tag(hashes[i]) | (begin + i + 1);
    }
  }
}

void Table::compact(std::span<RowId* const> marks,
                    GrowArray<uint32_t>& origins) {
  RowId to = 0;
  size_t mark = 0;
  const RowId rows = this->rows();
  const uint32_t stride = arity_ + 1;
  for (RowId from = 0; from < rows; ++from) {
    while (mark < marks.size() && *marks[mark] <= from) *marks[mark++] = to;
    if (is_dead(from)) continue;
    if (to != from) {
      for (uint32_t c = 0; c < stride; ++c) row(to)[c] = row(from)[c];
      if (!origins.empty()) origins[to] = origins[from];
    }
    ++to;
  }
  while (mark < marks.size()) *marks[mark++] = to;
  cells_.shrink_to(size_t{to} * stride);
  if (!origins.empty()) origins.shrink_to(to);
  dead_ = 0;
  ++compactions_;
  rehash(bits_ == 0 ? kLeastBits : bits_);
}

void Table::clear() {
  cells_.clear();
  if (bits_ != 0) slots_.assign_zero(slots_.size());
  dead_ = 0;
  ++compactions_;
}

}  // namespace hone::rewrite::egraph
