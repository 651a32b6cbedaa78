// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The example of docs/adding/environment.md: an environment of one's own.
//
// Inputs of a program are to be put into an order that compresses well; the
// state is the order, an action swaps two neighbours, the cost is the number of
// places where neighbours differ.
#include <gtest/gtest.h>

#include "env/environment.h"
#include "program/test_tools.h"

namespace hone::env {

namespace {

class OrderEnvironment : public Environment {
 public:
  explicit OrderEnvironment(EnvironmentOptions options)
      : options_(std::move(options)) {}

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
    actions_.clear();
    for (size_t i = 0; i + 1 < letters_.size(); ++i)
      actions_.push_back("swap-" + std::to_string(i));
    taken_.clear();
    sum_ = 0;
    return Step();
  }

  Status post_texts(std::vector<std::string> actions) override {
    posted_ = std::move(actions);
    return {};
  }

  Result<Step> take() override {
    Step step;
    for (const std::string& action : posted_) {
      const auto at = std::find(actions_.begin(), actions_.end(), action);
      if (at == actions_.end()) {
        step.failures.push_back(action + " is no action");
        break;
      }
      const int before = cost();
      const auto i = static_cast<size_t>(at - actions_.begin());
      std::swap(letters_[i], letters_[i + 1]);
      step.changed |= letters_[i] != letters_[i + 1];
      step.reward += before - cost();
      taken_.push_back(action);
    }
    sum_ += step.reward;
    return step;
  }

  Result<Value> observe(std::string_view space) override {
    if (space != "order")
      return Error(ErrorKind::InvalidArgument,
                   "no observation '" + std::string(space) + "'");
    return Value(letters_);
  }

  Result<std::unique_ptr<Environment>> fork() override {
    return std::unique_ptr<Environment>(new OrderEnvironment(*this));
  }

  Result<Episode> episode() override {
    return Episode{.environment = "order",
                   .benchmark = benchmark_,
                   .reward_space = "runs",
                   .reward = sum_,
                   .state = letters_,
                   .actions = taken_};
  }

 private:
  int cost() const {
    int changes = 0;
    for (size_t i = 0; i + 1 < letters_.size(); ++i)
      changes += letters_[i] != letters_[i + 1] ? 1 : 0;
    return changes;
  }

  EnvironmentOptions options_;
  std::string benchmark_, letters_;
  std::vector<std::string> actions_, posted_, taken_;
  double sum_ = 0;
};

}  // namespace

TEST(CustomEnvironment, IsUsedLikeTheOthers) {
  using program::must;
  OrderEnvironment env({.reward = "runs"});
  must(env.reset("letters://abab"));
  EXPECT_EQ(must(env.step({{1}})).reward, 2);
  EXPECT_EQ(must(env.observe("order")), Value(std::string("aabb")));
  const auto fork = must(env.fork());
  EXPECT_EQ(must(fork->step({{1}})).reward, -2);
  EXPECT_EQ(must(env.observe("order")), Value(std::string("aabb")));
  OrderEnvironment again({.reward = "runs"});
  EXPECT_EQ(must(replay(again, must(env.episode()))).reward, 2);
  EXPECT_EQ(must(again.episode()), must(env.episode()));
}

}  // namespace hone::env
