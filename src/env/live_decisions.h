// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tasks whose state is a list of decisions and not a module: what a pipeline
// makes of the benchmark under these decisions, with stock's for the rest.
//
//   start ──keep──> ──stock──> ──inline──>      three call sites decided
//                                               the module: default<Oz> with
//                                               the first kept and the third
//                                               inlined
//
// A decision that equals stock's leaves the module as it is, so nothing runs
// for it. A module is made when somebody asks for something that is not known
// of it, by one run of the whole pipeline over a clone of the unoptimised
// module; the last one made is kept.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "env/live_task.h"
#include "env/module_observer.h"
#include "program/module.h"

namespace hone::env {

// As they are kept: "" is what stock does.
using Decisions = std::vector<std::string>;

// What is to be decided: call sites, loops, nothing in particular.
class DecisionMaker {
 public:
  virtual ~DecisionMaker() = default;

  virtual const program::Module& unoptimised() const = 0;
  // Nothing is left to decide.
  virtual Result<bool> is_over(const Decisions& taken) = 0;
  // How the action is kept, or why it is none here.
  virtual Result<std::string> decide(const Decisions& taken,
                                     std::string_view action) = 0;
  // Of origin Offer.
  virtual Result<Value> offer(const Decisions& taken, Observation what) = 0;
  virtual Result<program::Module> make(const Decisions& taken) = 0;
};

class LiveDecisions : public LiveTask {
 public:
  LiveDecisions(std::unique_ptr<DecisionMaker> maker,
                program::PassRunner runner, ModuleObserver observer)
      : maker_(std::move(maker)),
        runner_(std::move(runner)),
        observer_(std::move(observer)) {}

  std::unique_ptr<LiveEpisode> start() override;
  DecisionMaker& maker() { return *maker_; }
  Result<Value> observe(const Decisions& taken, Observation what);

 private:
  std::unique_ptr<DecisionMaker> maker_;
  program::PassRunner runner_;
  ModuleObserver observer_;
  // By the decisions without the last ones that are stock's.
  std::unordered_map<std::string, Seen> known_;
  std::string last_key_;
  std::optional<program::Module> last_;
};

// Each of them is a DecisionMaker; open_task has the names.
Result<std::unique_ptr<DecisionMaker>> decide_calls(
    program::Module unoptimised, program::Relocation relocation);
Result<std::unique_ptr<DecisionMaker>> decide_loops(
    program::Module unoptimised, program::Relocation relocation);
Result<std::unique_ptr<DecisionMaker>> decide_edits(
    program::Module unoptimised, program::Relocation relocation);

}  // namespace hone::env
