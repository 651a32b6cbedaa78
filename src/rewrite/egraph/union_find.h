// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Equivalence classes of ids: a forest in one array, the smallest id of a class
// being its root.
//
// The smallest id wins, and not the larger class: an older id stands in more
// rows, so that fewer rows change, and the roots do not depend on the order of
// unions. A bitmap of the ids that lost (`is_stale`) answers the rebuild's
// question "is this row still canonical?" from an eighth of a bit-test's usual
// memory: 2 MB for 16 million ids, which stay in the second-level cache where
// the parents' 64 MB do not.
#pragma once

#include <cstdint>
#include <span>

#include "rewrite/egraph/grow_array.h"

namespace hone::rewrite::egraph {

using ClassId = uint32_t;
inline constexpr ClassId kNoClass = 0xffffffff;

class UnionFind {
 public:
  ClassId make() {
    const auto id = static_cast<ClassId>(parents_.size());
    parents_.push_back(id);
    if (id % 64 == 0) stale_.push_back(0);
    return id;
  }
  // After it, make() is called at most `count` times without allocating.
  void reserve_extra(size_t count) {
    parents_.reserve_extra(count);
    stale_.reserve_extra(count / 64 + 1);
  }

  ClassId find(ClassId id) {
    while (parents_[id] != id) {
      parents_[id] = parents_[parents_[id]];
      id = parents_[id];
    }
    return id;
  }
  ClassId find(ClassId id) const {
    while (parents_[id] != id) id = parents_[id];
    return id;
  }

  // Whether the id lost a union and is no root any more.
  bool is_stale(ClassId id) const { return stale_[id / 64] >> (id % 64) & 1; }

  // Joins two classes; false where they were one.
  bool unite(ClassId a, ClassId b) {
    a = find(a);
    b = find(b);
    if (a == b) return false;
    if (b < a) std::swap(a, b);
    parents_[b] = a;
    stale_[b / 64] |= uint64_t{1} << (b % 64);
    ++unions_;
    return true;
  }

  // is_stale() of 64 ids a word.
  std::span<const uint64_t> stale_words() const {
    return {stale_.data(), stale_.size()};
  }

  void prefetch(ClassId id) const { __builtin_prefetch(&parents_[id]); }

  size_t size() const { return parents_.size(); }
  // Unions that joined two classes, since the beginning.
  uint64_t unions() const { return unions_; }
  size_t classes() const { return parents_.size() - unions_; }
  size_t bytes() const { return parents_.bytes() + stale_.bytes(); }
  void clear() {
    parents_.clear();
    stale_.clear();
    unions_ = 0;
  }

 private:
  GrowArray<ClassId> parents_;
  GrowArray<uint64_t> stale_;
  uint64_t unions_ = 0;
};

}  // namespace hone::rewrite::egraph
