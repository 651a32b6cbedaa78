// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// T(id): the term of the node that made an id, over the terms of its key.
#pragma once

#include <unordered_map>

#include "rewrite/egraph/egraph.h"
#include "rewrite/egraph/proof.h"

namespace hone::rewrite::egraph {

class BirthTerms {
 public:
  // Of an e-graph that explains; the pool takes the terms.
  BirthTerms(const EGraph& graph, TermPool& pool)
      : graph_(graph), pool_(pool) {}

  TermId of(ClassId id);

 private:
  const EGraph& graph_;
  TermPool& pool_;
  std::unordered_map<ClassId, TermId> known_;
};

}  // namespace hone::rewrite::egraph
