// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One run of a search: it hands out evaluations until the budget is spent,
// remembers what was asked before, and keeps the best.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/random.h"
#include "env/evaluation.h"

namespace hone::search {

// One row of a trace.
struct Step {
  int64_t compile = 0;                          // 1-based
  std::string label;                            // what the search was doing
  const program::Recipe* recipe = nullptr;      // for the call only
  const env::Evaluation* evaluation = nullptr;  // for the call only
  int64_t cost = 0;                             // where the evaluation is ok
  int64_t best = 0;
  int64_t stock = 0;
  bool improved = false;
  double seconds = 0;  // since the search began
};

using Observer = std::function<void(const Step&)>;

class Trial {
 public:
  // The stock evaluation is where the best starts; it costs no budget.
  Trial(env::Evaluator& evaluator, env::Objective objective,
        const env::Evaluation& stock, Limits limits, uint64_t seed,
        std::stop_token stop, Observer observer);

  // Evaluates in the order given. A new recipe costs one compile for each run
  // of the code generator that it needs and that no recipe before it needed:
  // one for a plain recipe or for a composition of measured parts, more for a
  // composition on new stages. Answers of the store count like all others, so
  // that a run repeats exactly. The answer is shorter than the question where
  // the budget ended.
  std::vector<env::Evaluation> evaluate(
      std::span<const program::Recipe> recipes, std::string_view label);
  env::Evaluation evaluate_one(const program::Recipe& recipe,
                               std::string_view label);

  // The same for recipes that are only evaluated for what they teach.
  std::vector<env::Evaluation> measure(std::span<const program::Recipe> recipes,
                                       std::string_view label);

  // Recipes that `admits` refuses are evaluated for what they teach, but are
  // neither the best nor finalists.
  void admit_only(std::function<bool(const program::Recipe&)> admits) {
    admits_ = std::move(admits);
  }

  bool exhausted() const;
  int64_t remaining() const { return limits_.compiles - compiles_; }
  int64_t compiles() const { return compiles_; }
  StopReason stop_reason() const;

  const env::Subject& subject() const { return evaluator_.subject(); }
  env::Objective objective() const { return objective_; }
  int64_t cost(const env::Evaluation& evaluation) const {
    return env::cost(evaluation, objective_);
  }
  const program::Recipe& best() const { return best_; }
  const env::Evaluation& best_evaluation() const { return best_evaluation_; }
  int64_t best_cost() const { return cost(best_evaluation_); }
  const env::Evaluation& stock() const { return stock_; }
  Random& random() { return random_; }

  // Recipes better than stock, best first: what remains when the best is
  // rejected by a check.
  std::vector<program::Recipe> finalists(size_t count) const;

 private:
  enum class Use { Candidate, Measurement };

  std::vector<env::Evaluation> evaluate_all(
      std::span<const program::Recipe> recipes, std::string_view label,
      Use use);
  double seconds() const;
  int64_t price(const program::Recipe& recipe) const;
  void pay(const program::Recipe& recipe);
  void record(const program::Recipe& recipe, const env::Evaluation& evaluation,
              std::string_view label, Use use);

  env::Evaluator& evaluator_;
  env::Objective objective_;
  env::Evaluation stock_;
  Limits limits_;
  Random random_;
  std::stop_token stop_;
  Observer observer_;
  std::function<bool(const program::Recipe&)> admits_;
  std::chrono::steady_clock::time_point begin_;
  int64_t compiles_ = 0;
  program::Recipe best_;
  env::Evaluation best_evaluation_;
  std::map<Hash128, env::Evaluation> seen_;
  std::set<Hash128> compiled_;  // plain recipes that were paid for
  std::vector<std::pair<int64_t, program::Recipe>> improvements_;
};

}  // namespace hone::search
