// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Live states of one benchmark within a worker: modules that steps change in
// place, and what is already known about states.
//
//   start ──sroa──> a ──gvn──> b         a tree of the histories seen so far;
//     └─────gvn───> c                    an edge back to its own state where a
//                                        pass said that it changed nothing
//
// A step along a known edge runs nothing: it is run when somebody asks for what
// is not known of the state it leads to. Forks share a module until one of them
// takes a step. Equal actions make equal states whatever was forked or known
// (program/clone.cpp has why that holds).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "env/live_task.h"
#include "env/module_action.h"
#include "env/module_observer.h"
#include "program/module.h"
#include "program/pass_runner.h"

namespace hone::env {

// A place in the tree, with the module that belongs to it or to an earlier one.
struct LiveState {
  std::shared_ptr<program::Module> module;
  size_t ran = 0;  // of `actions`, those that `module` has seen
  std::vector<const std::string*> actions;  // those that changed something
  // The one before, where it changed nothing; nullptr otherwise. It may have
  // said why.
  const std::string* idle = nullptr;
  std::vector<std::string> options;  // of the code generator
  uint32_t node = 0;
  uint32_t epoch = 0;
};

// A benchmark's module as environments begin with it.
Result<program::Module> initial_module(std::string_view bitcode);

class LiveModule : public LiveTask {
 public:
  // `bitcode` is the initial state, unoptimised.
  static Result<std::unique_ptr<LiveModule>> open(std::string_view bitcode,
                                                  ModuleObserver observer);

  std::unique_ptr<LiveEpisode> start() override;

  // The same as LiveEpisode's, for an episode's state.
  LiveState initial_state();
  Result<bool> step(LiveState& state, std::string_view action);
  Result<Value> observe(LiveState& state, Observation what);

  // Histories that are remembered; a test of the memory's bound.
  size_t known_states() const { return nodes_.size(); }

 private:
  struct Node {
    std::unordered_map<const std::string*, uint32_t> after;
    Seen seen;
  };

  LiveModule(program::Module unoptimised, program::PassRunner runner,
             ModuleObserver observer);
  Node& node_of(LiveState& state);
  uint32_t add_node();
  // Runs what has been put off.
  Status catch_up(LiveState& state);
  Result<bool> run(program::Module& module, const std::string& action);
  Result<Value> make(LiveState& state, Observation what);
  Result<std::string> remarks(const LiveState& state);

  ActionContext context_;
  ModuleObserver observer_;
  std::shared_ptr<program::Module> initial_;
  program::PassRunner runner_;
  std::unordered_set<std::string> texts_;
  std::vector<Node> nodes_;
  uint32_t epoch_ = 0;
};

}  // namespace hone::env
