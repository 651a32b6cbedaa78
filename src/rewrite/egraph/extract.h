// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Choosing one term of a class.
//
// Three measures: the smallest tree (every operator costs 1), the cheapest tree
// by a table of costs, and the smallest DAG (a term that is used twice counts
// once). Trees are exact: costs of classes descend to the least fixpoint. The
// smallest DAG is NP-hard (Stepp, 2011); ours is the greedy one of the
// extraction gym: each class keeps the set of classes under its best node, and
// a node's cost is that of the union of its arguments' sets. It is never worse
// than the DAG of the cheapest tree, which is tried as well.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "rewrite/egraph/egraph.h"
#include "rewrite/egraph/proof.h"

namespace hone::rewrite::egraph {

using Cost = uint64_t;
inline constexpr Cost kNoCost = UINT64_MAX;

// Cost of a node by its operator, at least 1 each, so that no term contains
// itself.
struct CostTable {
  std::vector<Cost> by_op;
  static CostTable ones(const Signature& signature) {
    return {std::vector<Cost>(signature.size(), 1)};
  }
};

class Extractor {
 public:
  // The e-graph must be rebuilt and must not change while this is used.
  Extractor(const EGraph& graph, CostTable costs);

  // Of the cheapest tree of the class.
  Cost tree_cost(ClassId id) const { return best_[graph_.find(id)].cost; }
  TermId cheapest_tree(ClassId id, TermPool& terms) const;

  struct Dag {
    TermId term;
    Cost cost;
  };
  // Nothing where the sets would hold more than `budget` classes in all.
  std::optional<Dag> smallest_dag(ClassId id, TermPool& terms,
                                  uint64_t budget = 50'000'000) const;

 private:
  struct Choice {
    Cost cost = kNoCost;
    OpId op = 0;
    RowId row = kNoRow;
  };
  void settle();
  TermId build(ClassId id, const std::vector<Choice>& choices,
               TermPool& terms) const;
  Cost dag_cost(ClassId id, const std::vector<Choice>& choices) const;

  const EGraph& graph_;
  CostTable costs_;
  std::vector<Choice> best_;  // by id, for roots
};

}  // namespace hone::rewrite::egraph
