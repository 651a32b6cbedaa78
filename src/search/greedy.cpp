// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/edit.h"
#include "search/search.h"

namespace hone::search {

namespace {

// Every recipe one step away: a variant, a knob, a pass dropped.
std::vector<program::Recipe> neighbours(const Trial& trial,
                                        const Space& space) {
  const program::Recipe& base = trial.best();
  std::vector<program::Recipe> recipes;
  for (const Variant& variant : space.variants)
    recipes.push_back(
        with_variant(base, variant, space, trial.best_evaluation()));
  for (const KnobChoice& choice : space.knobs)
    recipes.push_back(with_knob(base, choice));
  const program::Pipeline pipeline = pipeline_of(base, space);
  for (const program::PipelinePath& path : program::pass_paths(pipeline))
    recipes.push_back(with_pipeline(base, program::without(pipeline, path)));
  return recipes;
}

}  // namespace

void search_greedy(Trial& trial, const Space& space) {
  while (!trial.exhausted()) {
    const int64_t before = trial.best_cost();
    trial.evaluate(neighbours(trial, space), "greedy");
    if (trial.best_cost() == before) return;
  }
}

}  // namespace hone::search
