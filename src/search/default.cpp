// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The default joins the others, cheapest gain first:
//
//   1  the fixed recipe, one compile;
//   2  moves: passes, options of the optimiser and inlining, each judged by one
//      plain compile, because a composition would have to be compiled part by
//      part again;
//   3  the variants on the module that 2 arrived at, composed function by
//      function;
//   4  with budget left, random edits of the pipeline, and 3 again.
//
// Measured shares of each: docs/design/objective.md.
#include <algorithm>

#include "search/compose.h"
#include "search/moves.h"
#include "search/neighbourhood.h"
#include "search/search.h"

namespace hone::search {

using program::Recipe;

namespace {

// Compiles for moves before the variants are tried. The first dozen variants
// give more than any move; after them moves give more.
int64_t compiles_for_moves(int64_t budget, int64_t variants) {
  if (budget <= 2) return 0;
  const int64_t third = budget / 3;
  return budget > 3 * variants ? budget - 2 * variants : third;
}

}  // namespace

void search_default(Trial& trial, const Space& space) {
  const env::Evaluation first = trial.evaluate_one(space.fixed, "recipe");
  const bool better =
      first.ok() && trial.cost(first) < trial.cost(trial.stock());
  const Recipe plain =
      better ? space.fixed : program::stock_recipe(trial.subject().level);
  if (trial.exhausted()) return;
  const auto variants = static_cast<int64_t>(space.variants.size());
  const Recipe moved = make_moves(
      trial, moves_for(trial.subject(), first.ok() ? first : trial.stock()),
      plain, compiles_for_moves(trial.remaining(), variants));
  compose(trial, space, moved);
  const int64_t spare = trial.remaining() - variants - 1;
  if (spare <= 0) return;
  const Recipe climbed = climb(trial, space, moved, spare);
  if (climbed != moved) compose(trial, space, climbed);
}

}  // namespace hone::search
