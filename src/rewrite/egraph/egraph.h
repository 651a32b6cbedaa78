// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An e-graph: many equal terms in little memory.
//
// A class is a set of terms known to be equal; a node is an operator over
// classes. The e-graph keeps nodes as rows of per-operator tables
// (`op(a, b) = class`), which makes it a small relational database: rules are
// queries, and congruence is the functional dependency of class on key.
//
//     classes 1 {x}, 2 {0}, 3 {x + 0}       + : | 1 2 | 3 |
//     unite(3, 1), then rebuild():          + : | 1 2 | 1 |
//
// Between unite() and rebuild() the tables lag behind the union-find; rebuild()
// asserts every row again that holds a class which lost, until no two rows have
// the same key (deferred rebuilding, Willsey et al., "egg", POPL 2021; on rows
// instead of parent lists as in Zhang et al., "Relational E-Matching", POPL
// 2022, and Oatlog). Rows that changed stand behind all others, in the order of
// the change, so that semi-naive matching finds them by their position.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "rewrite/egraph/pattern.h"
#include "rewrite/egraph/provenance.h"
#include "rewrite/egraph/signature.h"
#include "rewrite/egraph/table.h"
#include "rewrite/egraph/union_find.h"

namespace hone::rewrite::egraph {

class EGraph {
 public:
  // The signature must outlive the e-graph. With `explains` it records what
  // explain.h needs.
  explicit EGraph(const Signature& signature, bool explains = false);
  ~EGraph();

  const Signature& signature() const { return *signature_; }

  // The class of the node; a fresh one where no such node is there. The keys
  // are found first, so they may be stale.
  ClassId add(OpId op, std::span<const ClassId> key);
  ClassId add_literal(Literal literal);
  // The class of a ground pattern (one without variables).
  ClassId add_term(const Pattern& term);
  // Its class if the node is there, else kNoClass.
  ClassId lookup(OpId op, std::span<const ClassId> key) const;

  // States that two classes are equal. True where that was news.
  bool unite(ClassId a, ClassId b);
  // Restores congruence and canonical rows after unite() and batches.
  void rebuild();

  ClassId find(ClassId id) const { return classes_.find(id); }
  size_t nodes() const;
  size_t classes() const { return classes_.classes(); }
  size_t bytes() const;

  Table& table(OpId op) { return tables_[op]; }
  const Table& table(OpId op) const { return tables_[op]; }
  // Null where the e-graph does not explain.
  Provenance* provenance() { return provenance_.get(); }
  const Provenance* provenance() const { return provenance_.get(); }
  // After nodes were interned: gives appended rows their births as origins.
  void record_births(OpId op);

  UnionFind& union_find() { return classes_; }
  const UnionFind& union_find() const { return classes_; }

  // Drops dead rows from tables where they are more than a quarter. Row numbers
  // in `marks` (one list of all tables' marks each) are moved along.
  using Marks = std::vector<RowId>;
  void compact(std::span<Marks> marks);

  // An error that names the broken invariant: a live row that is not
  // canonical, two live rows with one key, a row that its table does not find.
  Status verify() const;

  // Forgets everything and keeps the memory.
  void clear();

 private:
  template <int kArity>
  bool rebuild_table(OpId op);
  struct Pending;
  void flush(OpId op);

  const Signature* signature_;
  UnionFind classes_;
  std::vector<Table> tables_;
  // Per table: unions() when its last scan began.
  std::vector<uint64_t> scanned_;
  std::unique_ptr<Pending> pending_;
  std::unique_ptr<Provenance> provenance_;
};

}  // namespace hone::rewrite::egraph
