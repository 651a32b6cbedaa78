// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/inlining.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "search/search.h"

namespace hone::search {

using program::FunctionFacts;
using program::Recipe;

namespace {

struct Choice {
  std::string function;
  std::string value;  // of the attribute setting "inline"
};

bool may_take(const FunctionFacts& function, const std::string& setting) {
  return std::find(function.unsafe_attributes.begin(),
                   function.unsafe_attributes.end(),
                   setting) == function.unsafe_attributes.end();
}

// Callees by size: what is small is decided often and changes much.
std::vector<Choice> choices_for(const env::Subject& subject,
                                const env::Evaluation& state) {
  std::set<std::string> left;
  for (const FunctionFacts& function : state.functions)
    left.insert(function.name);
  std::vector<FunctionFacts> callees = subject.functions;
  std::sort(callees.begin(), callees.end(),
            [](const FunctionFacts& a, const FunctionFacts& b) {
              return std::tie(a.instructions, a.name) <
                     std::tie(b.instructions, b.name);
            });
  std::vector<Choice> choices;
  for (const FunctionFacts& function : callees) {
    if (!function.has_callers) continue;
    const bool gone = !left.contains(function.name);
    const std::string value = gone ? "never" : "always";
    if (may_take(function, "inline=" + value))
      choices.push_back({function.name, value});
  }
  return choices;
}

Recipe with_choice(Recipe recipe, const Choice& choice) {
  recipe.early_attributes[choice.function]["inline"] = choice.value;
  return recipe;
}

}  // namespace

Recipe choose_inlining(Trial& trial, Recipe base, int64_t compiles) {
  const env::Evaluation start = trial.evaluate_one(base, "inlining");
  if (!start.ok() || compiles < 2) return base;
  std::vector<Choice> choices = choices_for(trial.subject(), start);
  // One is kept for all that helped, together.
  if (static_cast<int64_t>(choices.size()) > compiles - 1)
    choices.resize(static_cast<size_t>(compiles - 1));
  std::vector<Recipe> recipes;
  for (const Choice& choice : choices)
    recipes.push_back(with_choice(base, choice));
  const std::vector<env::Evaluation> evaluations =
      trial.evaluate(recipes, "inlining");
  const int64_t before = trial.cost(start);
  Recipe joined = base;
  const Recipe* best = &base;
  int64_t best_cost = before;
  for (size_t i = 0; i < evaluations.size(); ++i) {
    if (!evaluations[i].ok() || trial.cost(evaluations[i]) >= before) continue;
    joined = with_choice(std::move(joined), choices[i]);
    if (trial.cost(evaluations[i]) >= best_cost) continue;
    best_cost = trial.cost(evaluations[i]);
    best = &recipes[i];
  }
  const env::Evaluation together = trial.evaluate_one(joined, "inlining");
  return together.ok() && trial.cost(together) < best_cost ? joined : *best;
}

void search_inlining(Trial& trial, const Space& space) {
  choose_inlining(trial, trial.best(), trial.remaining());
}

}  // namespace hone::search
