// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/live_module.h"

#include <fmt/format.h>

#include "features/autophase.h"
#include "features/function_properties.h"
#include "features/instcount.h"
#include "features/tokens.h"
#include "program/object_file.h"

namespace hone::env {

namespace {

using program::Module;
using Seen = std::vector<std::pair<Observation, Value>>;

// Nodes of the tree before it is forgotten: some hundred megabytes.
constexpr size_t kMostNodes = 400'000;
constexpr size_t kMostCompiled = 100'000;

// Larger values (texts, bitcode) are made again instead of kept.
constexpr size_t kLargestKept = 1024;

const Value* find(const Seen& seen, Observation what) {
  for (const auto& [known, value] : seen)
    if (known == what) return &value;
  return nullptr;
}

bool is_small(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    return text->size() <= kLargestKept;
  return !std::holds_alternative<std::vector<std::string>>(value);
}

int64_t loaded_of(const program::ObjectSizes& sizes) {
  return static_cast<int64_t>(sizes.loaded());
}

}  // namespace

LiveModule::LiveModule(Module initial, program::PassRunner runner,
                       program::BuildMode mode)
    : mode_(std::move(mode)),
      initial_(std::make_shared<Module>(std::move(initial))),
      runner_(std::move(runner)),
      nodes_(1) {}

Result<std::unique_ptr<LiveModule>> LiveModule::open(std::string_view bitcode,
                                                     program::BuildMode mode) {
  HONE_ASSIGN_OR_RETURN(Module initial,
                        Module::parse(bitcode, "the benchmark"));
  HONE_RETURN_IF_ERROR(initial.verify());
  HONE_ASSIGN_OR_RETURN(program::PassRunner runner,
                        program::PassRunner::make(initial, mode.relocation));
  return std::unique_ptr<LiveModule>(
      new LiveModule(std::move(initial), std::move(runner), std::move(mode)));
}

uint32_t LiveModule::add_node() {
  nodes_.emplace_back();
  return static_cast<uint32_t>(nodes_.size() - 1);
}

LiveState LiveModule::start() {
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

Status LiveModule::catch_up(LiveState& state) {
  if (state.ran == state.actions.size()) return {};
  // Somebody else stands on this module, or it is the initial one.
  if (state.module.use_count() > 1)
    state.module = std::make_shared<Module>(state.module->clone());
  for (; state.ran < state.actions.size(); ++state.ran) {
    const Result<bool> ran =
        runner_.run(*state.module, *state.actions[state.ran]);
    if (!ran.ok()) return ran.error();
  }
  return {};
}

Result<bool> LiveModule::step(LiveState& state, std::string_view action) {
  const std::string* const text = &*texts_.emplace(action).first;
  const Node& node = node_of(state);
  if (const auto edge = node.after.find(text); edge != node.after.end()) {
    if (edge->second == state.node) return false;
    state.node = edge->second;
    state.actions.push_back(text);
    return true;
  }
  HONE_RETURN_IF_ERROR(catch_up(state));
  if (state.module.use_count() > 1)
    state.module = std::make_shared<Module>(state.module->clone());
  HONE_ASSIGN_OR_RETURN(const bool changed, runner_.run(*state.module, action));
  const uint32_t from = state.node;
  if (changed) {
    state.node = add_node();
    state.actions.push_back(text);
    ++state.ran;
  }
  nodes_[from].after.emplace(text, state.node);
  return changed;
}

Result<Value> LiveModule::observe(LiveState& state, Observation what) {
  const Origin origin = info_of(what).origin;
  if (origin == Origin::Face)
    return Error(ErrorKind::Internal, "a worker cannot observe that");
  Seen& known = origin == Origin::Baseline ? baselines_ : node_of(state).seen;
  if (const Value* value = find(known, what)) return *value;
  HONE_ASSIGN_OR_RETURN(Value value, origin == Origin::Baseline
                                         ? make_baseline(what)
                                         : make(state, what));
  // Observing may have added to the tree.
  if (is_small(value)) {
    Seen& now = origin == Origin::Baseline ? baselines_ : node_of(state).seen;
    now.emplace_back(what, value);
  }
  return value;
}

Result<Value> LiveModule::make(LiveState& state, Observation what) {
  if (what == Observation::Remarks) {
    HONE_ASSIGN_OR_RETURN(std::string lines, remarks(state));
    return Value(std::move(lines));
  }
  HONE_RETURN_IF_ERROR(catch_up(state));
  const Module& module = *state.module;
  switch (what) {
    case Observation::Autophase:
      return Value(features::autophase(module));
    case Observation::Bitcode:
      return Value(module.bitcode());
    case Observation::FunctionProperties:
      return Value(features::function_properties(module));
    case Observation::InstCount:
      return Value(features::instcount(module));
    case Observation::Ir:
      return Value(module.text());
    case Observation::IrInstructions:
      return Value(module.instruction_count());
    case Observation::State:
      return Value(module.hash().hex());
    case Observation::Tokens:
      return Value(features::tokens(module));
    default:
      return compiled(state, what);
  }
}

Result<std::string> LiveModule::object_of(const Module& module) const {
  if (!mode_.unusual.empty())
    return Error(ErrorKind::Unsupported,
                 fmt::format("objects cannot be made in process with {}; "
                             "observe bitcode and call clang",
                             mode_.unusual));
  return module.clone().emit_object(mode_);
}

Result<Value> LiveModule::compiled(LiveState& state, Observation what) {
  HONE_RETURN_IF_ERROR(state.module->verify());
  if (what == Observation::Object) {
    HONE_ASSIGN_OR_RETURN(std::string object, object_of(*state.module));
    return Value(std::move(object));
  }
  HONE_ASSIGN_OR_RETURN(const Value identity,
                        observe(state, Observation::State));
  const std::string& key = std::get<std::string>(identity);
  if (const Value* value = find(by_state_[key], what)) return *value;
  HONE_ASSIGN_OR_RETURN(const std::string object, object_of(*state.module));
  HONE_ASSIGN_OR_RETURN(const program::ObjectSizes sizes,
                        program::measure_object(object, "the object"));
  Json sections = Json::object();
  for (const program::SectionSize& section : sizes.sections)
    sections[section.name] =
        section.bytes + sections.value(section.name, uint64_t{0});
  if (by_state_.size() > kMostCompiled) by_state_.clear();
  Seen& seen = by_state_[key];
  seen.emplace_back(Observation::LoadedBytes, loaded_of(sizes));
  seen.emplace_back(Observation::SectionBytes, to_text(sections));
  return *find(seen, what);
}

Result<Value> LiveModule::make_baseline(Observation what) {
  const bool is_o3 = what == Observation::IrInstructionsO3 ||
                     what == Observation::LoadedBytesO3;
  Module module = initial_->clone();
  const Result<bool> ran =
      runner_.run(module, is_o3 ? "default<O3>" : "default<Oz>");
  if (!ran.ok()) return ran.error();
  if (what == Observation::IrInstructionsO3 ||
      what == Observation::IrInstructionsOz)
    return Value(module.instruction_count());
  HONE_ASSIGN_OR_RETURN(const std::string object, object_of(module));
  HONE_ASSIGN_OR_RETURN(const program::ObjectSizes sizes,
                        program::measure_object(object, "the baseline"));
  return Value(loaded_of(sizes));
}

// The history is taken again up to the last action, which then reports.
Result<std::string> LiveModule::remarks(const LiveState& state) {
  if (state.actions.empty()) return std::string();
  Module module = initial_->clone();
  for (size_t i = 0; i + 1 < state.actions.size(); ++i) {
    const Result<bool> ran = runner_.run(module, *state.actions[i]);
    if (!ran.ok()) return ran.error();
  }
  return runner_.run_with_remarks(module, *state.actions.back());
}

}  // namespace hone::env
