// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Why two classes are one, where an analysis had a hand in it.
//
// explain.h rewrites one term to another, step by step at its place; what an
// analysis said is an equation of the caller's there. Here each reason is named
// once, after those that it rests on: the instance of a rule, or a node whose
// value the analysis computed from what was known of its arguments.
//
//     a - (b % 8) * a  where a in [0, 19], b % 4 == 1
//
//     rule   a - c*a = a * (1 - c), with c = b % 8
//     value  b % 8              in [1, 5]
//     value  1 - b % 8          in [-4, 0]
//     value  a * (1 - b % 8)    in [-76, 0], so the first term is, too
//
// A list without places is what canonical forms need that know of equations
// (verify/steps.h), and it is no longer than the e-graph's history.
#pragma once

#include "base/result.h"
#include "rewrite/egraph/analysis_log.h"
#include "rewrite/egraph/egraph.h"
#include "rewrite/egraph/proof.h"

namespace hone::rewrite::egraph {

struct Justification {
  struct Line {
    // The rule's number (Provenance::rule), or kGivenStep: the value of a node
    // is what the analysis computes from its arguments'.
    uint32_t rule = 0;
    // By the rule's variable; of a value the node's term alone.
    std::vector<TermId> terms;
  };
  TermPool terms;
  std::vector<Line> lines;
};

struct JustifyLimits {
  size_t lines = 20'000;
  int depth = 4'000;
};

// InvalidArgument where the two are not one class or the e-graph does not
// explain, LimitReached. The e-graph must have kept its losses
// (Provenance::keep_losses) from its first union on.
Result<Justification> justify(const EGraph& graph, const AnalysisLog& log,
                              ClassId from, ClassId to,
                              const JustifyLimits& limits = {});

}  // namespace hone::rewrite::egraph
