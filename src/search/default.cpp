// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The default joins the others, cheapest gain first:
//
//   1  the fixed recipe: one set of attributes for all functions;
//   2  the variants, composed function by function;
//   3  knobs of the optimiser, inlining callee by callee, and edits of the pass
//      pipeline, each judged by one plain compile in the fixed recipe's way,
//      because a composition would have to be compiled part by part again;
//   4  the variants again on the pipeline that 3 found.
//
// Measured shares of each: docs/design/objective.md.
#include <algorithm>

#include "search/compose.h"
#include "search/inlining.h"
#include "search/neighbourhood.h"
#include "search/search.h"

namespace hone::search {

namespace {

using program::Recipe;

// What the second composition costs; it takes the variants that the first one
// used, which are few.
int64_t recomposition_price(const Recipe& composed) {
  return static_cast<int64_t>(composed.alternatives.size()) + 6;
}

// Pass options, one at a time, kept where they help.
Recipe try_pass_knobs(Trial& trial, const Space& space, Recipe base,
                      int64_t compiles) {
  const int64_t end = trial.compiles() + compiles;
  int64_t best = trial.cost(trial.evaluate_one(base, "recipe"));
  for (const KnobChoice& choice : space.knobs) {
    if (!choice.for_passes) continue;
    if (trial.compiles() >= end) break;
    const Recipe changed = with_knob(base, choice);
    const env::Evaluation evaluation =
        trial.evaluate_one(changed, choice.option);
    if (!evaluation.ok() || trial.cost(evaluation) >= best) continue;
    best = trial.cost(evaluation);
    base = changed;
  }
  return base;
}

}  // namespace

void search_default(Trial& trial, const Space& space) {
  const env::Evaluation first = trial.evaluate_one(space.fixed, "recipe");
  const bool better =
      first.ok() && trial.cost(first) < trial.cost(trial.stock());
  const Recipe plain =
      better ? space.fixed : program::stock_recipe(trial.subject().level);
  const Recipe composed = compose(trial, space, plain);
  // What is left after the second composition is paid for.
  const int64_t kept = recomposition_price(composed);
  const auto spare = [&] { return trial.remaining() - kept; };
  Recipe tuned = try_pass_knobs(trial, space, plain, spare());
  // Half for callees: most of what inlining gives comes early.
  tuned = choose_inlining(trial, tuned, std::min<int64_t>(60, spare() / 2));
  tuned = climb(trial, space, tuned, spare());
  if (tuned != plain) compose(trial, space, tuned);
}

}  // namespace hone::search
