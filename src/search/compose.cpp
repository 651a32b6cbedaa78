// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/compose.h"

#include <algorithm>

namespace hone::search {

using env::Evaluation;
using program::Alternative;
using program::Recipe;

Composition::Composition(const Recipe& base, const Evaluation& evaluation,
                         bool can_splice, const std::set<std::string>& frozen)
    : base_(base), can_splice_(can_splice) {
  for (const program::FunctionSize& function : evaluation.sizes.functions)
    if (!frozen.contains(function.name))
      best_[function.name] = {function.bytes(), 0};
}

void Composition::add(const Alternative& alternative,
                      const Evaluation& evaluation) {
  if (!evaluation.ok()) return;
  alternatives_.push_back(alternative);
  for (const program::FunctionSize& function : evaluation.sizes.functions) {
    const auto entry = best_.find(function.name);
    if (entry != best_.end() && function.bytes() < entry->second.bytes)
      entry->second = {function.bytes(), alternatives_.size()};
  }
}

Recipe Composition::recipe() const {
  Recipe recipe = base_;
  // Only what is used, and of that only the attributes of functions taken.
  std::map<size_t, size_t> place;
  for (const auto& [name, entry] : best_) {
    if (entry.choice == 0) continue;
    const Alternative& from = alternatives_[entry.choice - 1];
    const auto attributes = from.attributes.find(name);
    const bool by_attributes = from.late_pipeline.empty() &&
                               from.codegen_options == base_.codegen_options;
    if (by_attributes) {
      if (attributes == from.attributes.end())
        recipe.attributes.erase(name);
      else
        recipe.attributes[name] = attributes->second;
      continue;
    }
    if (!can_splice_) continue;
    if (!place.contains(entry.choice)) {
      place.emplace(entry.choice, recipe.alternatives.size());
      recipe.alternatives.push_back(from);
    }
    recipe.chosen[name] = place.at(entry.choice);
  }
  return recipe;
}

uint64_t Composition::predicted_bytes() const {
  uint64_t total = 0;
  for (const auto& [name, entry] : best_) total += entry.bytes;
  return total;
}

Recipe compose(Trial& trial, const Space& space, const Recipe& base) {
  const Evaluation measured = trial.evaluate_one(base, "variants");
  if (!measured.ok()) return base;
  std::vector<Alternative> alternatives;
  std::vector<Recipe> recipes;
  for (const Variant& variant : space.variants) {
    alternatives.push_back(alternative_of(variant, space, measured));
    recipes.push_back(program::recipe_of(base, alternatives.back()));
  }
  // The last compile of the budget is for the composition.
  const auto affordable =
      static_cast<size_t>(std::max<int64_t>(0, trial.remaining() - 1));
  if (recipes.size() > affordable) recipes.resize(affordable);
  const std::vector<Evaluation> evaluations =
      trial.evaluate(recipes, "variants");
  // What no symbol covers (padding, shared constants) comes from the base of a
  // composition, so the best whole compile is the base.
  const Recipe* best = &base;
  const Evaluation* best_measured = &measured;
  for (size_t i = 0; i < evaluations.size(); ++i) {
    if (!space.frozen.empty() || !evaluations[i].ok() ||
        trial.cost(evaluations[i]) >= trial.cost(*best_measured))
      continue;
    best = &recipes[i];
    best_measured = &evaluations[i];
  }
  Composition composition(*best, *best_measured, trial.subject().can_splice,
                          space.frozen);
  composition.add({.late_pipeline = "",
                   .attributes = base.attributes,
                   .codegen_options = base.codegen_options},
                  measured);
  for (size_t i = 0; i < evaluations.size(); ++i)
    composition.add(alternatives[i], evaluations[i]);
  const Recipe composed = composition.recipe();
  const Evaluation evaluation = trial.evaluate_one(composed, "composition");
  const bool better =
      evaluation.ok() && trial.cost(evaluation) < trial.cost(*best_measured);
  return better ? composed : *best;
}

}  // namespace hone::search
