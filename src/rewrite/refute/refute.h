// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Models by sampling: values under which a Bool is true, and values under which
// it is false.
//
// Both together say that the term is contingent; one says that the other
// verdict is out of the question; none says nothing. Random and boundary values
// settle most contingent comparisons of index expressions within ten samples.
//
// The term is compiled once to a flat tape. A batch of samples runs through it
// operator by operator, in machine words. Before that, the largest magnitude
// that each operator can reach is computed from those of the samples, so that
// the batch needs no overflow checks; a term that could leave the word is
// sampled with small values only, and where even these could leave it, by the
// reference evaluator.
#pragma once

#include <optional>
#include <vector>

#include "rewrite/analysis/facts.h"
#include "term/context.h"
#include "term/evaluate.h"

namespace hone::rewrite {

struct RefuteOptions {
  int samples = 600;
  uint64_t seed = 1;
};

struct Refutation {
  // Re-evaluated by term::evaluate, the assumptions too.
  std::optional<term::Model> when_true;
  std::optional<term::Model> when_false;
  int samples = 0;  // drawn

  bool contingent() const { return when_true && when_false; }
};

// Keeps its buffers from one call to the next, and nothing else.
class Refuter {
 public:
  Refuter();
  ~Refuter();
  Refuter(Refuter&&) noexcept;
  Refuter& operator=(Refuter&&) noexcept;

  // `term` is a Bool without lets. Stops at the first model of each kind.
  Refutation refute(const term::Context& context, term::Term term,
                    const Facts& facts = {}, const RefuteOptions& options = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hone::rewrite
