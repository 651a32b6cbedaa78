// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Replays proofs whose steps are instances of rules, with exact arithmetic and
// without any code of the engines that found them.
//
//   hone-steps 1
//   step RULE NAME = TERM ; NAME = TERM ; …
//   range TERM
//
// A rule is a row that the caller holds to be proved: two sides that are equal
// where a condition holds, whatever stands for its names, c0 as well. For each
// step the condition must be seen to hold of the terms that stand for its
// names; then the two sides are one from there on. A range is what interval and
// congruence arithmetic makes of the term's operator and what is known of its
// operands; nothing of it is claimed, the checker computes it, and knows it
// from there on. In the end the goal must have become true, or false, which is
// claimed. What is trusted: the rules, the meaning of terms (term/), and the
// canonical forms of steps_forms.h. There are no positions: what equals what
// holds everywhere.
#pragma once

#include <span>
#include <string_view>

#include "verify/proof.h"

namespace hone::verify {

// Ok where the steps prove the claim. Rejected says which step does not hold,
// or that the goal is not decided; Malformed where a line is no step;
// LimitReached where the forms grow too large.
Status replay_steps(term::Context& terms, const Claim& claim,
                    std::string_view proof);

}  // namespace hone::verify
