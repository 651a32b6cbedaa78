// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/neighbourhood.h"

#include "search/edit.h"
#include "search/search.h"

namespace hone::search {

using program::Recipe;

Recipe climb(Trial& trial, const Space& space, Recipe base, int64_t compiles) {
  // A round draws a fixed number of neighbours, whatever the number of workers,
  // so that the same seed gives the same run.
  constexpr size_t kRound = 4;
  // Draws without meaning and neighbours seen before do not use the budget.
  constexpr int kIdleRounds = 200;
  const int64_t end = trial.compiles() + compiles;
  const env::Evaluation start = trial.evaluate_one(base, "passes");
  if (!start.ok()) return base;
  int64_t best = trial.cost(start);
  int idle = 0;
  while (!trial.exhausted() && trial.compiles() < end && idle < kIdleRounds) {
    const program::Pipeline pipeline = pipeline_of(base, space);
    std::vector<Recipe> round;
    std::string label;
    while (round.size() < kRound && idle < kIdleRounds) {
      std::optional<Edit> edit = random_edit(pipeline, space, trial.random());
      // Two edits at once now and then leave a local optimum.
      if (edit && trial.random().chance(0.3))
        if (std::optional<Edit> second =
                random_edit(edit->pipeline, space, trial.random()))
          edit = Edit{edit->label + ", " + second->label, second->pipeline};
      if (!edit) {
        ++idle;
        continue;
      }
      round.push_back(with_pipeline(base, edit->pipeline));
      label = edit->label;
    }
    const int64_t before = trial.compiles();
    const std::vector<env::Evaluation> evaluations =
        trial.evaluate(round, label);
    idle = trial.compiles() == before ? idle + 1 : 0;
    for (size_t i = 0; i < evaluations.size(); ++i) {
      if (!evaluations[i].ok() || trial.cost(evaluations[i]) >= best) continue;
      best = trial.cost(evaluations[i]);
      base = round[i];
    }
  }
  return base;
}

void search_neighbourhood(Trial& trial, const Space& space) {
  climb(trial, space, trial.best(), trial.remaining());
}

}  // namespace hone::search
