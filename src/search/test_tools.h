// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the tests of trials and strategies share: an evaluator that compiles
// nothing. Its sizes are made up of the recipe's text, so that a run repeats.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "env/evaluation.h"

namespace hone::search {

// Sizes of functions by recipe; the object is the sum of them.
using Sizes = std::map<std::string, uint64_t>;

inline env::Evaluation evaluation_of(const Sizes& functions) {
  env::Evaluation evaluation;
  uint64_t total = 0;
  for (const auto& [name, bytes] : functions) {
    evaluation.sizes.functions.push_back({.name = name, .code = bytes});
    evaluation.functions.push_back({.name = name, .instructions = 20});
    total += bytes;
  }
  evaluation.sizes.sections = {{".text", total, false}};
  evaluation.instructions = static_cast<int64_t>(total / 4);
  return evaluation;
}

class FakeEvaluator : public env::Evaluator {
 public:
  using Judge = std::function<env::Evaluation(const program::Recipe&)>;

  explicit FakeEvaluator(Judge judge) : judge_(std::move(judge)) {
    subject_.can_splice = true;
    subject_.mode.triple = "x86_64-pc-linux-gnu";
  }

  const env::Subject& subject() const override { return subject_; }
  env::Subject& subject() { return subject_; }

  std::vector<env::Evaluation> evaluate(
      std::span<const program::Recipe> recipes) override {
    std::vector<env::Evaluation> evaluations;
    for (const program::Recipe& recipe : recipes) {
      asked.push_back(recipe);
      evaluations.push_back(judge_(recipe));
    }
    return evaluations;
  }

  std::vector<program::Recipe> asked;

 private:
  Judge judge_;
  env::Subject subject_;
};

}  // namespace hone::search
