// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environment `llvm`: one module, one pass a step, in a live worker.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/file.h"
#include "env/environment.h"
#include "env/llvm_spaces.h"

namespace hone::env {

class LlvmEnvironment : public Environment {
 public:
  static Result<std::unique_ptr<LlvmEnvironment>> make(
      EnvironmentOptions options);
  ~LlvmEnvironment() override;

  std::string_view name() const override { return "llvm"; }
  const std::vector<std::string>& actions() const override {
    return action_space_->actions;
  }
  std::vector<NamedSpace> observation_spaces() const override;
  std::vector<std::string> reward_spaces() const override;
  const EnvironmentOptions& options() const override { return options_; }

  Result<Step> reset(std::string_view benchmark) override;
  Status post_texts(std::vector<std::string> actions) override;
  Result<Step> take() override;
  Result<Value> observe(std::string_view space) override;
  Result<std::unique_ptr<Environment>> fork() override;
  Result<Episode> episode() override;

  // The worker's process, for tests that end it.
  pid_t worker() const { return link_->pid(); }

 private:
  struct Answer {
    std::vector<bool> changed;
    std::string refused;
    std::vector<Value> values;
  };

  LlvmEnvironment() = default;
  std::string step_frame(std::span<const std::string> actions,
                         std::span<const Observation> observe) const;
  static Result<Answer> read_answer(std::string_view frame, size_t values);
  // Derives the session again where the worker has been replaced since.
  Status ensure_session();
  Result<Answer> ask(std::span<const std::string> actions,
                     std::span<const Observation> observe);
  // After a worker has died of several actions: which one was it?
  Result<Step> one_by_one(const std::vector<std::string>& actions);
  Result<Step> finish(Step step, std::vector<Value> values);
  Result<Value> present(Observation what, Value made);
  void keep_bundle(const std::string& action, const Error& error);

  EnvironmentOptions options_;
  const ActionSpaceInfo* action_space_ = nullptr;
  const RewardInfo* reward_ = nullptr;
  std::vector<Observation> observed_;  // the options' observations
  std::vector<Observation> asked_;     // of the worker, at each step

  std::shared_ptr<LiveLink> link_;
  std::shared_ptr<const Benchmark> benchmark_;
  uint32_t session_ = 0;
  uint32_t generation_ = 0;
  std::vector<std::string> taken_;   // the episode's actions
  std::vector<std::string> posted_;  // asked for, not yet answered
  double initial_ = 0;
  double cost_ = 0;
  double unit_ = 1;
  std::set<std::string> kinds_;  // of failures that have left a bundle
  std::optional<TempDir> folder_;
};

}  // namespace hone::env
