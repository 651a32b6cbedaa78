// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/compose.h"

#include <algorithm>
#include <iterator>

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
                      const Evaluation& evaluation,
                      const std::set<std::string>& except) {
  if (!evaluation.ok()) return;
  alternatives_.push_back(alternative);
  for (const program::FunctionSize& function : evaluation.sizes.functions) {
    if (except.contains(function.name)) continue;
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

namespace {

// A variant of the base, as far as it was measured.
struct Part {
  Alternative alternative;
  Recipe recipe;
  bool slow_in_loops = false;
  Evaluation evaluation = {};
};

// As many as the budget allows, less the last compile: that is for the
// composition.
std::vector<Part> affordable_parts(const Trial& trial, const Space& space,
                                   const Recipe& base,
                                   const Evaluation& measured) {
  std::vector<Part> parts;
  for (const Variant& variant : space.variants) {
    if (static_cast<int64_t>(parts.size()) + 1 >= trial.remaining()) break;
    Alternative alternative = alternative_of(variant, space, measured);
    Recipe recipe = program::recipe_of(base, alternative);
    parts.push_back({.alternative = std::move(alternative),
                     .recipe = std::move(recipe),
                     .slow_in_loops = variant.slow_in_loops});
  }
  return parts;
}

}  // namespace

Recipe compose(Trial& trial, const Space& space, const Recipe& base) {
  const Evaluation measured = trial.evaluate_one(base, "variants");
  if (!measured.ok()) return base;
  std::set<std::string> looping;
  for (const program::FunctionFacts& function : measured.functions)
    if (function.has_loop) looping.insert(function.name);
  // What is slow in loops comes last and is no candidate as a whole.
  std::vector<Part> parts;
  std::vector<Part> slow;
  for (Part& part : affordable_parts(trial, space, base, measured)) {
    part.slow_in_loops = part.slow_in_loops && !looping.empty();
    (part.slow_in_loops ? slow : parts).push_back(std::move(part));
  }
  const size_t quick = parts.size();
  std::ranges::move(slow, std::back_inserter(parts));
  std::vector<Recipe> recipes;
  for (const Part& part : parts) recipes.push_back(part.recipe);
  const std::span all(recipes);
  std::vector<Evaluation> evaluations =
      trial.evaluate(all.first(quick), "variants");
  std::ranges::move(trial.measure(all.subspan(quick), "variants"),
                    std::back_inserter(evaluations));
  parts.resize(evaluations.size());
  for (size_t i = 0; i < parts.size(); ++i)
    parts[i].evaluation = std::move(evaluations[i]);

  // What no symbol covers (padding, shared constants) comes from the base of a
  // composition, so the best whole compile is the base.
  const Recipe* best = &base;
  const Evaluation* best_measured = &measured;
  for (const Part& part : parts) {
    if (!space.frozen.empty() || part.slow_in_loops || !part.evaluation.ok() ||
        trial.cost(part.evaluation) >= trial.cost(*best_measured))
      continue;
    best = &part.recipe;
    best_measured = &part.evaluation;
  }
  Composition composition(*best, *best_measured, trial.subject().can_splice,
                          space.frozen);
  composition.add({.late_pipeline = "",
                   .attributes = base.attributes,
                   .codegen_options = base.codegen_options},
                  measured);
  for (const Part& part : parts)
    composition.add(part.alternative, part.evaluation,
                    part.slow_in_loops ? looping : std::set<std::string>());
  const Recipe composed = composition.recipe();
  const Evaluation evaluation = trial.evaluate_one(composed, "composition");
  const bool better =
      evaluation.ok() && trial.cost(evaluation) < trial.cost(*best_measured);
  return better ? composed : *best;
}

}  // namespace hone::search
