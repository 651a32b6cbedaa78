// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Replays proofs about terms, with exact arithmetic and without any code of the
// engines that found them.
//
// A proof is a list of steps by rules (steps.h) or a certificate of linear
// arithmetic, whose text is that of rewrite/linear/proof_text.h. Of the latter:
//
// What is trusted: the meaning
// of terms (term/), and the few rules below.
//
//   read    Each subterm has a linear form over atoms. Sums, differences and
//           products are computed here. A quotient F of a / c needs proofs of
//           0 <= a - cF < |c|; a minimum is a, b, or a + g·min(0, X) with
//           gX = b - a; a comparison is its difference.
//   sum     Facts are inequalities F >= 0 over integers, so each may be divided
//           by what its coefficients share, the constant rounded down. Positive
//           multiples of facts add up to a fact; a negative constant is absurd.
//   product Two facts multiplied are a fact.
//   cases   A Bool holds or does not; m = min(0, F) is 0 where F >= 0 and F
//           where F <= -1; an integer is at least k or at most k - 1; of F / D
//           and F % D by no constant: what the signs of F and D say.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "term/context.h"

namespace hone::verify {

// A row of a table of rules: left equals right wherever the condition holds.
// All are texts (term/parse.h); p, q and r are Bools, c0 … c9 numbers.
struct ProofRule {
  std::string_view name, left, right, condition;
};

struct Claim {
  term::Term goal;  // a Bool
  bool value;       // that it always has, where all assumptions hold
  std::span<const term::Term> assumptions = {};
  // That the steps of a proof may use, and which are proved elsewhere.
  std::span<const ProofRule> rules = {};
};

struct ReplayLimits {
  int depth = 1500;  // of cases within cases
};

// Ok where the proof proves the claim. Rejected says at which line it does not,
// Malformed where a line is none.
Status replay_proof(term::Context& terms, const Claim& claim,
                    std::string_view proof, const ReplayLimits& limits = {});

}  // namespace hone::verify
