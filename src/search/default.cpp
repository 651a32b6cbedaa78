// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The default joins the others, cheapest gain first:
//
//   1  the fixed recipe: a few knobs and one attribute set for all functions;
//   2  attributes per function on top of it;
//   3  knobs, one after another;
//   4  edits of the pass pipeline;
//   5  attributes again, because the code has changed under them.
//
// Measured shares of each: docs/design/objective.md.
#include "search/compose.h"
#include "search/neighbourhood.h"
#include "search/search.h"

namespace hone::search {

namespace {

using program::Recipe;

Recipe fixed_recipe(const Trial& trial, const Space& space) {
  Recipe recipe = program::stock_recipe(trial.subject().level);
  for (const KnobChoice& choice : space.knobs)
    if (choice.in_recipe) recipe = with_knob(std::move(recipe), choice);
  // The state after other pass options is not known yet; the stock's functions
  // are a superset of what is left, and names that are gone are skipped.
  if (!space.variants.empty())
    recipe = with_variant(std::move(recipe), space.variants.front(),
                          trial.stock());
  return recipe;
}

}  // namespace

void search_default(Trial& trial, const Space& space) {
  trial.evaluate_one(fixed_recipe(trial, space), "recipe");
  compose(trial, trial.best(), space.variants);
  search_knobs(trial, space);
  // Rounds of passes and attributes; the budget may end anywhere.
  constexpr int64_t kPassesPerRound = 60;
  while (!trial.exhausted()) {
    const int64_t before = trial.compiles();
    const int64_t composition =
        static_cast<int64_t>(space.variants.size()) + 1;
    climb(trial, space,
          std::min(kPassesPerRound, trial.remaining() - composition));
    compose(trial, trial.best(), space.variants);
    if (trial.compiles() == before) return;
  }
}

}  // namespace hone::search
