// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The greedy pass as a whole: a term in, a smaller equal term out.
#pragma once

#include <memory>
#include <optional>

#include "rewrite/analysis/facts.h"
#include "rewrite/greedy/normalizer.h"
#include "rewrite/greedy/trace.h"
#include "term/context.h"

namespace hone::rewrite {

// Keeps its buffers from one call to the next, and nothing else: the same term
// under the same facts gives the same result.
class Simplifier {
 public:
  explicit Simplifier(const GreedyLimits& limits = {});
  ~Simplifier();
  Simplifier(Simplifier&&) noexcept;
  Simplifier& operator=(Simplifier&&) noexcept;

  // Equal to `term` wherever the facts hold, and no larger as a tree. A term
  // with numbers beyond 62 bits, or with products that multiply out to very
  // many members, comes back as it is. The trace takes the rules that were
  // used; the result is the same with and without one.
  term::Term simplify(term::Context& context, term::Term term,
                      const Facts& facts = {}, Trace* trace = nullptr);

  // Whether a Bool is always true, or always false; nothing where the pass
  // does not tell. Writes no term, so it is faster than simplify().
  std::optional<bool> decide(const term::Context& context, term::Term term,
                             const Facts& facts = {});
  // The same, keeping the log of rules that trace() writes.
  std::optional<bool> decide_logged(const term::Context& context,
                                    term::Term term, const Facts& facts = {});
  // After decide_logged(): the rules that were used.
  Trace trace(term::Context& context);

  // An interval that contains every value of an Int.
  Interval range(const term::Context& context, term::Term term,
                 const Facts& facts = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hone::rewrite
