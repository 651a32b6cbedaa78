// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The example of docs/adding/environment.md: an environment of your own.
//
// Letters are to be put in an order in which equal ones stand together: an
// action swaps two neighbours, the cost is the number of unequal neighbours.
#include <fmt/format.h>

#include "env/environment.h"
#include "env/measure.h"

using namespace hone;
using namespace hone::env;

class OrderEnvironment : public Environment {
 public:
  std::string_view name() const override { return "order"; }
  const std::vector<std::string>& actions() const override { return actions_; }
  std::vector<NamedSpace> observation_spaces() const override {
    return {{"order", {.kind = SpaceKind::Text}, "The letters as they stand."}};
  }
  std::vector<std::string> reward_spaces() const override { return {"runs"}; }
  const EnvironmentOptions& options() const override { return options_; }

  // The benchmark is the letters themselves: "letters://abab".
  Result<Step> reset(std::string_view benchmark) override {
    if (!benchmark.empty()) benchmark_ = benchmark;
    HONE_ASSIGN_OR_RETURN(const UriParts parts, parse_uri(benchmark_));
    letters_ = parts.path;
    initial_ = cost();
    actions_.clear();
    for (size_t i = 0; i + 1 < letters_.size(); ++i)
      actions_.push_back(fmt::format("swap-{}", i));
    taken_.clear();
    return Step{.done = initial_ == 0};
  }

  Status post_texts(std::vector<std::string> actions) override {
    posted_ = std::move(actions);
    return {};
  }

  Result<Step> take() override {
    Step step;
    const int before = cost();
    for (const std::string& action : posted_) {
      const auto at = std::find(actions_.begin(), actions_.end(), action);
      if (at == actions_.end()) {
        step.failures.push_back(action + " is no action");
        break;
      }
      const auto i = static_cast<size_t>(at - actions_.begin());
      step.changed |= letters_[i] != letters_[i + 1];
      std::swap(letters_[i], letters_[i + 1]);
      taken_.push_back(action);
    }
    step.reward = before - cost();
    return step;
  }

  Result<Value> observe(std::string_view space) override {
    if (space == "order") return Value(letters_);
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("no observation '{}'", space));
  }

  Result<std::unique_ptr<Environment>> fork() override {
    return std::unique_ptr<Environment>(new OrderEnvironment(*this));
  }

  Result<Episode> episode() override {
    return Episode{"order",  benchmark_, "runs", double(initial_ - cost()),
                   letters_, taken_};
  }

 private:
  int cost() const {
    int changes = 0;
    for (size_t i = 0; i + 1 < letters_.size(); ++i)
      changes += letters_[i] != letters_[i + 1] ? 1 : 0;
    return changes;
  }

  EnvironmentOptions options_{.reward = "runs"};
  std::string benchmark_, letters_;
  std::vector<std::string> actions_, posted_, taken_;
  int initial_ = 0;
};

int main() {
  OrderEnvironment env;
  const auto run = run_random(env, "letters://abcabcabc", {.episodes = 20});
  if (!run.ok()) return 2;
  const auto best = std::max_element(
      run->episodes.begin(), run->episodes.end(),
      [](const Episode& a, const Episode& b) { return a.reward < b.reward; });
  const auto again = replay(env, *best);
  fmt::print("{} by {} swaps takes off {}, again {}\n", best->state,
             best->actions.size(), best->reward, again->reward);
  return env.episode().ok() && *env.episode() == *best ? 0 : 1;
}
