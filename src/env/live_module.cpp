// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/live_module.h"

namespace hone::env {

namespace {

using program::Module;

// Nodes of the tree before it is forgotten: some hundred megabytes.
constexpr size_t kMostNodes = 400'000;

class ModuleEpisode : public LiveEpisode {
 public:
  ModuleEpisode(LiveModule& task, LiveState state)
      : task_(task), state_(std::move(state)) {}

  Result<bool> step(std::string_view action) override {
    return task_.step(state_, action);
  }
  Result<bool> is_over() override { return false; }
  Result<Value> observe(Observation what) override {
    return task_.observe(state_, what);
  }
  std::unique_ptr<LiveEpisode> fork() const override {
    return std::make_unique<ModuleEpisode>(task_, state_);
  }

 private:
  LiveModule& task_;
  LiveState state_;
};

// The last setting of a knob counts.
bool set_option(std::vector<std::string>& options, const ModuleAction& knob) {
  const std::string text = option_of(knob);
  const std::string_view name =
      std::string_view(text).substr(0, text.find('='));
  for (std::string& option : options) {
    if (std::string_view(option).substr(0, option.find('=')) != name) continue;
    const bool changes = option != text;
    option = text;
    return changes;
  }
  options.push_back(text);
  return true;
}

}  // namespace

Result<Module> initial_module(std::string_view bitcode) {
  HONE_ASSIGN_OR_RETURN(Module module, Module::parse(bitcode, "the benchmark"));
  HONE_RETURN_IF_ERROR(module.verify());
  module.forget_atoms();
  return module;
}

LiveModule::LiveModule(Module unoptimised, program::PassRunner runner,
                       ModuleObserver observer)
    : context_(read_context(unoptimised)),
      observer_(std::move(observer)),
      initial_(std::make_shared<Module>(std::move(unoptimised))),
      runner_(std::move(runner)),
      nodes_(1) {}

Result<std::unique_ptr<LiveModule>> LiveModule::open(std::string_view bitcode,
                                                     ModuleObserver observer) {
  HONE_ASSIGN_OR_RETURN(Module initial, initial_module(bitcode));
  HONE_ASSIGN_OR_RETURN(
      program::PassRunner runner,
      program::PassRunner::make(initial, observer.mode().relocation));
  return std::unique_ptr<LiveModule>(new LiveModule(
      std::move(initial), std::move(runner), std::move(observer)));
}

uint32_t LiveModule::add_node() {
  nodes_.emplace_back();
  return static_cast<uint32_t>(nodes_.size() - 1);
}

std::unique_ptr<LiveEpisode> LiveModule::start() {
  return std::make_unique<ModuleEpisode>(*this, initial_state());
}

LiveState LiveModule::initial_state() {
  LiveState state;
  state.module = initial_;
  state.epoch = epoch_;
  return state;
}

LiveModule::Node& LiveModule::node_of(LiveState& state) {
  if (nodes_.size() > kMostNodes) {
    nodes_.assign(1, Node());
    ++epoch_;
  }
  if (state.epoch != epoch_) {
    // The tree has been forgotten since; this state gets a root of its own.
    state.node = state.actions.empty() ? 0 : add_node();
    state.epoch = epoch_;
  }
  return nodes_[state.node];
}

Result<bool> LiveModule::run(Module& module, const std::string& text) {
  HONE_ASSIGN_OR_RETURN(const ModuleAction action,
                        parse_module_action(text, context_));
  return apply(action, context_, module, runner_);
}

Status LiveModule::catch_up(LiveState& state) {
  if (state.ran == state.actions.size()) return {};
  // Somebody else stands on this module, or it is the initial one.
  if (state.module.use_count() > 1)
    state.module = std::make_shared<Module>(state.module->clone());
  for (; state.ran < state.actions.size(); ++state.ran) {
    const Result<bool> ran = run(*state.module, *state.actions[state.ran]);
    if (!ran.ok()) return ran.error();
  }
  return {};
}

Result<bool> LiveModule::step(LiveState& state, std::string_view text) {
  const std::string* const kept = &*texts_.emplace(text).first;
  HONE_ASSIGN_OR_RETURN(const ModuleAction action,
                        parse_module_action(text, context_));
  const bool is_knob = action.kind == ModuleAction::Kind::Knob;
  const Node& node = node_of(state);
  if (const auto edge = node.after.find(kept); edge != node.after.end()) {
    state.idle = edge->second == state.node ? kept : nullptr;
    if (state.idle != nullptr) return false;
    state.node = edge->second;
    state.actions.push_back(kept);
    if (is_knob) set_option(state.options, action);
    return true;
  }
  bool changed = false;
  HONE_RETURN_IF_ERROR(catch_up(state));
  if (is_knob) {
    changed = set_option(state.options, action);
  } else {
    if (state.module.use_count() > 1)
      state.module = std::make_shared<Module>(state.module->clone());
    HONE_ASSIGN_OR_RETURN(changed,
                          apply(action, context_, *state.module, runner_));
  }
  const uint32_t from = state.node;
  state.idle = changed ? nullptr : kept;
  if (changed) {
    state.node = add_node();
    state.actions.push_back(kept);
    ++state.ran;
  }
  nodes_[from].after.emplace(kept, state.node);
  return changed;
}

Result<Value> LiveModule::observe(LiveState& state, Observation what) {
  switch (info_of(what).origin) {
    case Origin::Face:
      return Error(ErrorKind::Internal, "a worker cannot observe that");
    case Origin::Baseline:
      return observer_.baseline(*initial_, runner_, what);
    case Origin::Timed:
      return make(state, what);
    default:
      break;
  }
  // They are not the state's alone.
  if (what == Observation::Remarks) return make(state, what);
  if (const Value* value = find_seen(node_of(state).seen, what)) return *value;
  HONE_ASSIGN_OR_RETURN(Value value, make(state, what));
  // Observing may have added to the tree.
  if (is_small(value)) node_of(state).seen.emplace_back(what, value);
  return value;
}

Result<Value> LiveModule::make(LiveState& state, Observation what) {
  if (what == Observation::Remarks) {
    HONE_ASSIGN_OR_RETURN(std::string lines, remarks(state));
    return Value(std::move(lines));
  }
  HONE_RETURN_IF_ERROR(catch_up(state));
  return observer_.observe(*state.module, what, state.options);
}

// The history is taken again up to the last action, which then reports.
Result<std::string> LiveModule::remarks(const LiveState& state) {
  std::vector<const std::string*> actions = state.actions;
  if (state.idle != nullptr) actions.push_back(state.idle);
  if (actions.empty()) return std::string();
  Module module = initial_->clone();
  for (size_t i = 0; i + 1 < actions.size(); ++i) {
    const Result<bool> ran = run(module, *actions[i]);
    if (!ran.ok()) return ran.error();
  }
  std::string lines;
  const Result<bool> ran = program::PassRunner::with_remarks(
      module, lines, [&] { return run(module, *actions.back()); });
  if (!ran.ok()) return ran.error();
  return lines;
}

}  // namespace hone::env
