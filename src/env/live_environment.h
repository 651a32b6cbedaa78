// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The environments whose state lives in a worker: `llvm`, `inliner`, `loops`
// and `pipelines`.
// What an action is and does is the worker's affair (env/live_task.h); here are
// rewards, the recovery from crashes, and the texts of episodes.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/file.h"
#include "env/environment.h"
#include "env/live_spaces.h"

namespace hone::env {

class LiveEnvironment : public Environment {
 public:
  static Result<std::unique_ptr<LiveEnvironment>> make(
      std::string_view name, EnvironmentOptions options);
  ~LiveEnvironment() override;

  std::string_view name() const override { return name_; }
  const std::vector<std::string>& actions() const override {
    return action_space_->actions;
  }
  std::vector<NamedSpace> observation_spaces() const override;
  std::vector<std::string> reward_spaces() const override;
  const EnvironmentOptions& options() const override { return options_; }

  Result<Step> reset(std::string_view benchmark) override;
  Status post_texts(std::vector<std::string> actions) override;
  Result<Step> take() override;
  bool is_answered(std::chrono::microseconds within) override;
  int descriptor() const override {
    return is_posted_ ? link_->descriptor() : -1;
  }
  pid_t worker() const override { return link_->pid(); }
  Result<Value> observe(std::string_view space) override;
  Result<double> reward_in(std::string_view space) override;
  Result<std::unique_ptr<Environment>> fork() override;
  Result<Episode> episode() override;

 private:
  struct Answer {
    std::vector<Taken> taken;          // for each action
    std::vector<std::string> refused;  // why, of those that were
    bool is_over = false;
    std::vector<Value> values;
    double cpu_seconds = 0;
  };

  // How a reward space measures episodes of one benchmark.
  struct Scale {
    double initial = 0;
    double unit = 1;
  };

  LiveEnvironment() = default;
  Result<Scale> scale_of(const RewardInfo& reward);
  std::string step_frame(std::span<const std::string> actions,
                         std::span<const Observation> observe) const;
  static Result<Answer> read_answer(std::string_view frame, size_t actions,
                                    size_t values);
  Result<std::shared_ptr<const Benchmark>> find_or_load(std::string_view uri);
  // Derives the session again where the worker has been replaced since.
  Status ensure_session();
  Result<Answer> ask(std::span<const std::string> actions,
                     std::span<const Observation> observe);
  // After a worker has died of several actions: which one was it?
  Result<Step> one_by_one(const std::vector<std::string>& actions);
  Result<Step> finish(Step step, std::vector<Value> values);
  // The same after actions; where the program that is to be timed does not work
  // any more, they are lost and the state is what it was after `before`.
  Result<Step> finish_or_lose(Step step, std::vector<Value> values,
                              size_t before);
  Result<Value> present(Observation what, Value made);
  void keep_bundle(const std::string& action, const Error& error);

  std::string name_;
  EnvironmentOptions options_;
  const ActionSpaceInfo* action_space_ = nullptr;
  const RewardInfo* reward_ = nullptr;
  std::vector<Observation> observed_;  // the options' observations
  std::vector<Observation> asked_;     // of the worker, at each step

  size_t dimension_ = 0;  // of IR2Vec's vectors; 0 without a vocabulary
  std::shared_ptr<LiveLink> link_;
  std::shared_ptr<const Benchmark> benchmark_;
  // Those of earlier episodes, of forks too: a learner comes back to them, and
  // to load one is a matter of clang's 30 ms. Files are read once.
  std::shared_ptr<std::map<std::string, std::shared_ptr<const Benchmark>>>
      known_;
  uint32_t session_ = 0;
  uint32_t generation_ = 0;
  std::vector<std::string> taken_;   // the episode's actions
  std::vector<std::string> posted_;  // asked for, not yet answered
  bool is_posted_ = false;           // to a worker that has the session
  double initial_ = 0;
  double cost_ = 0;
  double unit_ = 1;
  std::map<std::string_view, Scale> scales_;  // of this benchmark, by name
  std::set<std::string> kinds_;  // of failures that have left a bundle
  std::optional<TempDir> folder_;
};

}  // namespace hone::env
