// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/edit.h"
#include "search/search.h"

namespace hone::search {

namespace {

program::Recipe draw(Trial& trial, const Space& space) {
  Random& random = trial.random();
  program::Recipe recipe = program::stock_recipe(trial.subject().level);
  program::Pipeline pipeline = pipeline_of(recipe, space);
  for (uint64_t edits = random.below(6); edits > 0; --edits)
    if (std::optional<Edit> edit = random_edit(pipeline, space, random))
      pipeline = std::move(edit->pipeline);
  recipe = with_pipeline(std::move(recipe), pipeline);
  for (const KnobChoice& choice : space.knobs)
    if (random.chance(0.1)) recipe = with_knob(std::move(recipe), choice);
  if (space.variants.empty()) return recipe;
  for (const program::FunctionFacts& function : trial.stock().functions) {
    const program::Alternative drawn =
        alternative_of(random.pick(space.variants), space, trial.stock());
    const auto attributes = drawn.attributes.find(function.name);
    if (attributes != drawn.attributes.end() && random.chance(0.5))
      recipe.attributes.insert(*attributes);
  }
  return recipe;
}

}  // namespace

void search_random(Trial& trial, const Space& space) {
  constexpr size_t kRound = 4;
  // A space too small to fill the budget ends after this many repetitions.
  constexpr int kIdleRounds = 50;
  for (int idle = 0; !trial.exhausted() && idle < kIdleRounds;) {
    std::vector<program::Recipe> round;
    for (size_t i = 0; i < kRound; ++i) round.push_back(draw(trial, space));
    const int64_t before = trial.compiles();
    trial.evaluate(round, "random");
    idle = trial.compiles() == before ? idle + 1 : 0;
  }
}

}  // namespace hone::search
