// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Proving and simplifying terms by equality saturation.
//
// The tier that is left when the others are exhausted, and the one that makes
// terms small. Caviar's techniques (arXiv 2111.12116) are switches:
//
//   check_every_iteration   stop as soon as the goal's class holds true or
//   false pulse_iterations        start again from the smallest term found so
//   far contingent_patterns     stop where the goal is a bare comparison of a
//   free
//                           variable with a constant, which is neither
//
// Budgets are iterations and nodes. If true and false become one class, or two
// different numbers do, the rules or the facts are inconsistent: an error with
// the e-graph, never a verdict.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "rewrite/analysis/facts.h"
#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/term_language.h"
#include "term/context.h"

namespace hone::rewrite::egraph {

struct TermProverOptions {
  RunLimits limits{.iterations = 12, .nodes = 5000};
  Schedule schedule{.backoff = true};
  bool check_every_iteration = true;
  uint64_t pulse_iterations = 0;  // none
  uint64_t pulses = 8;            // at most, where there are any
  bool contingent_patterns = true;
};

enum class TermStop { Proved, Contingent, Saturated, Iterations, Nodes };
std::string_view term_stop_name(TermStop stop);

struct TermVerdict {
  // Nothing where the goal is contingent or open.
  std::optional<bool> value;
  TermStop stop = TermStop::Iterations;
  uint64_t iterations = 0;
  uint64_t pulses = 1;
  size_t nodes = 0;  // of the last e-graph
};

class TermProver {
 public:
  TermProver();
  ~TermProver();

  // Of a Bool. Internal: the e-graph is inconsistent; the message has the
  // e-graph as a drawing.
  Result<TermVerdict> prove(term::Context& context, term::Term goal,
                            const Facts& facts = {},
                            const TermProverOptions& options = {});

  // Of a Bool that prove() found to be `value`: the instances of rules that
  // and values of the analysis that show it, a line each
  // (docs/design/prover/proofs.md). NotFound where the e-graph does not come to
  // it again; LimitReached where the justification is too long.
  Result<std::string> steps(term::Context& context, term::Term goal, bool value,
                            const Facts& facts = {},
                            const TermProverOptions& options = {});

  // The smallest equal term that was found, as a tree or as a DAG; never larger
  // than the given one.
  Result<term::Term> simplify(term::Context& context, term::Term term,
                              const Facts& facts = {},
                              const TermProverOptions& options = {},
                              bool as_dag = false);

  // The e-graph of a run, as a drawing (dot.h).
  Result<std::string> draw(term::Context& context, term::Term term,
                           const Facts& facts = {},
                           const TermProverOptions& options = {});

 private:
  struct Run;
  TermLanguage language_;
  std::unique_ptr<RuleSet> rules_;
};

}  // namespace hone::rewrite::egraph
