// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The default joins the others, cheapest gain first:
//
//   1  the fixed recipe: one set of attributes for all functions;
//   2  the variants, composed function by function;
//   3  knobs of the optimiser and edits of the pass pipeline, each judged by
//      one plain compile in the fixed recipe's way, because a composition would
//      have to be compiled part by part again;
//   4  the variants again on the pipeline that 3 found.
//
// Measured shares of each: docs/design/objective.md.
#include "search/compose.h"
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
  const Recipe stock = program::stock_recipe(trial.subject().level);
  Recipe plain = stock;
  if (!space.variants.empty())
    plain = with_variant(stock, space.variants.front(), trial.stock());
  const env::Evaluation first = trial.evaluate_one(plain, "recipe");
  if (!first.ok() || trial.cost(first) > trial.cost(trial.stock()))
    plain = stock;
  const Recipe composed = compose(trial, stock, space.variants);
  const int64_t kept = recomposition_price(composed);
  const Recipe tuned =
      try_pass_knobs(trial, space, plain, trial.remaining() - kept);
  const Recipe climbed =
      climb(trial, space, tuned, trial.remaining() - kept);
  if (climbed == plain) return;
  Recipe recomposed = climbed;
  recomposed.attributes.clear();
  recomposed.codegen_options.clear();
  compose(trial, recomposed, space.variants);
}

}  // namespace hone::search
