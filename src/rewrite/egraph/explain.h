// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Proofs from an e-graph that records its provenance (provenance.h).
#pragma once

#include "base/result.h"
#include "rewrite/egraph/egraph.h"
#include "rewrite/egraph/proof.h"

namespace hone::rewrite::egraph {

struct ExplainLimits {
  // A proof is flat: what two classes owe to a shared reason stands in it as
  // often as it is used.
  uint64_t steps = 1'000'000;
  // Facts rest on older facts; this deep at most.
  int depth = 4000;
};

// A proof that the term which made the id `from` equals the one that made `to`.
// Rules are numbered as Provenance::add_rules() was told of them.
// InvalidArgument where the two are not one class or the e-graph does not
// explain; LimitReached.
Result<Proof> explain(const EGraph& graph, ClassId from, ClassId to,
                      const ExplainLimits& limits = {});

}  // namespace hone::rewrite::egraph
