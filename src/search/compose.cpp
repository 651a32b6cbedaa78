// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/compose.h"

#include <algorithm>

namespace hone::search {

using env::Evaluation;
using program::Attributes;
using program::Recipe;

namespace {

Attributes attributes_of(const Recipe& recipe, const std::string& function) {
  const auto found = recipe.attributes.find(function);
  return found == recipe.attributes.end() ? Attributes() : found->second;
}

}  // namespace

Composition::Composition(const Recipe& base, const Evaluation& evaluation)
    : base_(base) {
  for (const program::FunctionSize& function : evaluation.sizes.functions)
    best_[function.name] = {function.bytes(),
                            attributes_of(base, function.name)};
}

void Composition::add(const Recipe& recipe, const Evaluation& evaluation) {
  if (!evaluation.ok()) return;
  for (const program::FunctionSize& function : evaluation.sizes.functions) {
    const auto entry = best_.find(function.name);
    if (entry == best_.end() || function.bytes() >= entry->second.bytes)
      continue;
    entry->second = {function.bytes(), attributes_of(recipe, function.name)};
  }
}

Recipe Composition::recipe() const {
  Recipe recipe = base_;
  for (const auto& [name, entry] : best_) {
    if (entry.attributes.empty())
      recipe.attributes.erase(name);
    else
      recipe.attributes[name] = entry.attributes;
  }
  return recipe;
}

uint64_t Composition::predicted_bytes() const {
  uint64_t total = 0;
  for (const auto& [name, entry] : best_) total += entry.bytes;
  return total;
}

Recipe compose(Trial& trial, const Recipe& base,
               std::span<const Variant> variants) {
  const Evaluation measured = trial.evaluate_one(base, "attributes");
  if (!measured.ok()) return base;
  std::vector<Recipe> recipes;
  for (const Variant& variant : variants)
    recipes.push_back(with_variant(base, variant, measured));
  // The last compile of the budget is for the composition.
  if (static_cast<int64_t>(recipes.size()) > trial.remaining() - 1)
    recipes.resize(static_cast<size_t>(
        std::max<int64_t>(0, trial.remaining() - 1)));
  const std::vector<Evaluation> evaluations =
      trial.evaluate(recipes, "attributes");
  Composition composition(base, measured);
  for (size_t i = 0; i < evaluations.size(); ++i)
    composition.add(recipes[i], evaluations[i]);
  const Recipe composed = composition.recipe();
  const Evaluation evaluation = trial.evaluate_one(composed, "composition");
  const bool better =
      evaluation.ok() && trial.cost(evaluation) < trial.cost(measured);
  return better ? composed : base;
}

}  // namespace hone::search
