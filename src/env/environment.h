// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tasks to decide about, step by step, as reinforcement learning knows them
// (Cummins et al., CompilerGym, CGO 2022): a state, actions that change it,
// observations of it, and a reward for each step.
//
//   auto env = make_environment("llvm", {.reward = "ir-instructions-oz"});
//   env->reset("file:///p/lvm.c");
//   env->step({{3, 17}});           // two actions, one round trip
//   env->observe("autophase");
//   env->episode();                 // as text, to be replayed anywhere
//
// Equal actions on equal benchmarks make equal states and rewards, whatever was
// observed or forked on the way. An action that crashes, hangs or runs out of
// memory is one lost step: the state stays what it was, the reward is 0, and
// the step says what happened.
//
// An environment and its forks belong to one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "env/episode.h"
#include "env/live_link.h"
#include "env/space.h"

namespace hone::env {

struct EnvironmentOptions {
  std::string action_space;               // empty: the environment's first
  std::string reward;                     // empty: every reward is 0
  std::vector<std::string> observations;  // what reset and step return
  LiveLimits limits;
  std::filesystem::path failures;  // where repro bundles go; empty: nowhere
  // IR2Vec's, a file (features/ir2vec.h); empty: $HONE_IR2VEC_VOCABULARY, or
  // none, and then "ir2vec" cannot be observed.
  std::filesystem::path vocabulary;
  // Whether caller and worker look for each other's messages for a moment
  // before they sleep (base/wakeful.h): for who waits for one environment, not
  // for several.
  bool stays_awake = true;
};

struct Step {
  double reward = 0;
  bool changed = false;             // the state, by any of the actions
  bool done = false;                // nothing is left to decide
  std::vector<Value> observations;  // in the order of the options
  // Actions that were lost, and why; a line for each.
  std::vector<std::string> failures;
  double cpu_seconds = 0;  // of the worker; 0 where that is not known
};

class Environment {
 public:
  virtual ~Environment() = default;

  virtual std::string_view name() const = 0;
  // Of the chosen action space; an action is an index into it.
  virtual const std::vector<std::string>& actions() const = 0;
  virtual std::vector<NamedSpace> observation_spaces() const = 0;
  virtual std::vector<std::string> reward_spaces() const = 0;
  virtual const EnvironmentOptions& options() const = 0;

  // Begins an episode; an empty URI stays with the benchmark of the last one.
  virtual Result<Step> reset(std::string_view benchmark) = 0;

  // Takes the actions in their order; the reward is that of all of them. One
  // that is lost costs itself alone: what is left is what single steps leave.
  Result<Step> step(std::span<const int64_t> actions);
  // The same by their texts, which need not be of the action space.
  Result<Step> step_texts(std::vector<std::string> actions);
  // The halves of a step, so that several environments can work at a time.
  // After a post only take may be called.
  Status post(std::span<const int64_t> actions);
  virtual Status post_texts(std::vector<std::string> actions) = 0;
  virtual Result<Step> take() = 0;
  // After a post: whether take() would return at once, within that time at the
  // latest. An environment that cannot know it says no.
  virtual bool is_answered(std::chrono::microseconds within) { return false; }

  // After a post: what poll() finds readable when the answer begins; -1 where
  // only take() can wait for it.
  virtual int descriptor() const { return -1; }

  // The process that does the work; -1 where it is this one, or not known.
  virtual pid_t worker() const { return -1; }

  virtual Result<Value> observe(std::string_view space) = 0;

  // The episode's reward so far in any reward space, its own or another one; of
  // a step, the difference of two. The initial state is looked at for it, once.
  virtual Result<double> reward_in(std::string_view space);

  // A second environment in the same state, with a life of its own.
  virtual Result<std::unique_ptr<Environment>> fork() = 0;

  // Observes the identity of the state.
  virtual Result<Episode> episode() = 0;
};

struct EnvironmentInfo {
  std::string_view name;
  std::string_view action_space;  // unless told otherwise
  std::string_view reward;        // for commands, unless told otherwise
  // The action that leaves a decision to the stock compiler, where each action
  // is about the next place; empty where one means the same at any time.
  std::string_view stock;
  std::string_view sentence;
  Result<std::unique_ptr<Environment>> (*make)(EnvironmentOptions);
  Result<EnvironmentSpaces> (*spaces)();
};

// Sorted by name.
std::span<const EnvironmentInfo> environments();

// InvalidArgument names the nearest one that exists.
Result<const EnvironmentInfo*> find_environment(std::string_view name);

// InvalidArgument names what is not known and the nearest that is.
Result<std::unique_ptr<Environment>> make_environment(
    std::string_view name, EnvironmentOptions options);

// Rewards of this space are measured and differ from run to run.
bool is_timed(std::string_view reward_space);

// Resets and takes the episode's actions, one round trip for all of them.
Result<Step> replay(Environment& environment, const Episode& episode);

struct Validation {
  bool state_matches = false;
  bool reward_matches = false;
  Episode found;
  // The action that was lost this time, and why; no state matches then.
  std::vector<std::string> failures = {};

  bool ok() const { return state_matches && reward_matches; }
};

// Takes the episode again, in an environment of its own, and compares. Rewards
// that are measured in time cannot match and are not compared.
Result<Validation> validate(const Episode& episode,
                            const EnvironmentOptions& options);

#define HONE_ENVIRONMENT(identifier, ...)                             \
  Result<std::unique_ptr<Environment>> make_environment_##identifier( \
      EnvironmentOptions options);                                    \
  Result<EnvironmentSpaces> spaces_of_##identifier();
#include "env/environments.def"
#undef HONE_ENVIRONMENT

}  // namespace hone::env
