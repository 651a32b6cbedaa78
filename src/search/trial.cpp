// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/trial.h"

#include <algorithm>

namespace hone::search {

using env::Evaluation;
using program::Recipe;

namespace {

// Enough to fall back on; a search rarely has more than a few in a row that
// a check refuses.
constexpr size_t kKeptImprovements = 64;

}  // namespace

Trial::Trial(env::Evaluator& evaluator, env::Objective objective,
             const Evaluation& stock, Limits limits, uint64_t seed,
             std::stop_token stop, Observer observer)
    : evaluator_(evaluator),
      objective_(objective),
      stock_(stock),
      limits_(limits),
      random_(seed),
      stop_(std::move(stop)),
      observer_(std::move(observer)),
      begin_(std::chrono::steady_clock::now()),
      best_(program::stock_recipe(evaluator.subject().level)),
      best_evaluation_(stock) {
  seen_.emplace(program::recipe_key(best_), stock);
  compiled_.insert(program::recipe_key(best_));
}

namespace {

// The plain recipes that a recipe's assembly is joined from.
std::vector<Hash128> parts_of(const Recipe& recipe) {
  Recipe base = recipe;
  base.alternatives.clear();
  base.chosen.clear();
  std::vector<Hash128> parts = {program::recipe_key(base)};
  for (const program::Alternative& alternative : recipe.alternatives)
    parts.push_back(
        program::recipe_key(program::recipe_of(recipe, alternative)));
  return parts;
}

}  // namespace

int64_t Trial::price(const Recipe& recipe) const {
  int64_t fresh = 0;
  for (const Hash128& part : parts_of(recipe))
    fresh += compiled_.contains(part) ? 0 : 1;
  return std::max<int64_t>(1, fresh);
}

void Trial::pay(const Recipe& recipe) {
  compiles_ += price(recipe);
  for (const Hash128& part : parts_of(recipe)) compiled_.insert(part);
}

double Trial::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                       begin_)
      .count();
}

StopReason Trial::stop_reason() const {
  if (stop_.stop_requested()) return StopReason::Interrupted;
  if (compiles_ >= limits_.compiles) return StopReason::Budget;
  if (seconds() >= limits_.seconds) return StopReason::Time;
  return StopReason::Finished;
}

bool Trial::exhausted() const { return stop_reason() != StopReason::Finished; }

std::vector<Evaluation> Trial::evaluate(std::span<const Recipe> recipes,
                                        std::string_view label) {
  return evaluate_all(recipes, label, Use::Candidate);
}

std::vector<Evaluation> Trial::measure(std::span<const Recipe> recipes,
                                       std::string_view label) {
  return evaluate_all(recipes, label, Use::Measurement);
}

std::vector<Evaluation> Trial::evaluate_all(std::span<const Recipe> recipes,
                                            std::string_view label, Use use) {
  std::vector<Evaluation> answers;
  // In slices, so that time and interruptions are seen between them.
  constexpr size_t kSlice = 8;
  size_t next = 0;
  while (next < recipes.size() && !exhausted()) {
    std::vector<Recipe> fresh;
    std::vector<Hash128> keys;
    size_t end = next;
    int64_t planned = 0;
    for (; end < recipes.size() && end - next < kSlice; ++end) {
      const Hash128 key = program::recipe_key(recipes[end]);
      if (seen_.contains(key) ||
          std::find(keys.begin(), keys.end(), key) != keys.end())
        continue;
      planned += price(recipes[end]);
      if (planned > remaining()) break;
      fresh.push_back(recipes[end]);
      keys.push_back(key);
    }
    // The next one is dearer than what is left.
    if (end == next) break;
    const std::vector<Evaluation> evaluations = evaluator_.evaluate(fresh);
    if (stop_.stop_requested()) break;
    for (size_t i = 0; i < fresh.size(); ++i) {
      pay(fresh[i]);
      seen_.emplace(keys[i], evaluations[i]);
      record(fresh[i], evaluations[i], label, use);
    }
    for (; next < end; ++next)
      answers.push_back(seen_.at(program::recipe_key(recipes[next])));
  }
  return answers;
}

Evaluation Trial::evaluate_one(const Recipe& recipe, std::string_view label) {
  std::vector<Evaluation> answers = evaluate({&recipe, 1}, label);
  if (answers.empty())
    return {.outcome = env::Outcome::Killed, .failure = "budget"};
  return std::move(answers.front());
}

void Trial::record(const Recipe& recipe, const Evaluation& evaluation,
                   std::string_view label, Use use) {
  const int64_t price = evaluation.ok() ? cost(evaluation) : 0;
  const bool admitted =
      use == Use::Candidate && evaluation.ok() && (!admits_ || admits_(recipe));
  const bool improved = admitted && price < best_cost();
  if (improved) {
    best_ = recipe;
    best_evaluation_ = evaluation;
  }
  if (admitted && price < cost(stock_)) {
    const auto place = std::lower_bound(
        improvements_.begin(), improvements_.end(), price,
        [](const auto& entry, int64_t value) { return entry.first <= value; });
    improvements_.insert(place, {price, recipe});
    if (improvements_.size() > kKeptImprovements) improvements_.pop_back();
  }
  if (!observer_) return;
  observer_({.compile = compiles_,
             .label = std::string(label),
             .recipe = &recipe,
             .evaluation = &evaluation,
             .cost = price,
             .best = best_cost(),
             .stock = cost(stock_),
             .improved = improved,
             .seconds = seconds()});
}

std::vector<Recipe> Trial::finalists(size_t count) const {
  std::vector<Recipe> recipes;
  for (const auto& [price, recipe] : improvements_) {
    if (recipes.size() == count) break;
    recipes.push_back(recipe);
  }
  return recipes;
}

}  // namespace hone::search
