// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Proofs as text, which verify/proof.h replays. One line a step:
//
//   hone-proof 1
//   atom A KIND …            what atom A stands for (forms.h)
//   lemma L FORM             FORM >= 0, and a tree that refutes FORM <= -1
//   read R OP … [= FORM]     subterm R has this form; [by L…]: lemmas
//   assume R                 an assumption
//   refute R true|false      a tree follows: R cannot have this value
//
// A FORM is "k c*A c*A …". A tree is in preorder, one node a line:
//
//   sum M FACT M FACT …      M · FACT add up to a negative constant
//   parity M FACT FACT …     both sums, rounded, add up to a negative constant
//   clash                    some R would be true and false
//   case R                   two trees: R holds; R does not
//   least A                  A = min(0, F): F >= 0; F <= -1
//   divisor A                A = F % D: D >= 1; D <= 0
//   zero R                   where a == b is known to fail: a > b; a < b
//   split I A K              A >= K; A <= K - 1
//   cut I M FACT …           one tree, in which the rounded sum is fact c<I>
//
// A FACT is an inequality that holds where the tree stands: fl<A> fh<A> (the
// two bounds of a floor), lz<A> lf<A> (of a minimum), kc<A> kv<A> (in a case of
// a minimum), bl<A> bh<A> (of a Bool), cl<A> ch<A> (of a choice whose condition
// is known), rl<A> kd<A> kr<A> (of a remainder, in a case of its divisor),
// sq<A> su<A> sd<A> (of a square), r<R> and q<R> (a comparison that holds or
// does not, and the second half of an equality), z<R>, s<I>, c<I>, d (the
// denied lemma).
#pragma once

#include <string>

#include "base/result.h"
#include "rewrite/linear/decide.h"

namespace hone::rewrite::linear {

// The proof of the last decision, which was True or False. LimitReached where a
// lemma of the proof exceeded the limits of a search.
Result<std::string> proof_text(Decider& decider, const Decision& decision);

}  // namespace hone::rewrite::linear
