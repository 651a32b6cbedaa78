// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/live_spaces.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "features/autophase.h"
#include "features/function_properties.h"
#include "features/instcount.h"
#include "program/attribute_table.h"
#include "program/inline_decisions.h"
#include "program/knob_table.h"
#include "program/loop_choices.h"
#include "program/pass_table.h"

namespace hone::env {

namespace {

template <typename Names>
Space box(const Names& names) {
  Space space{.kind = SpaceKind::Box};
  for (const auto& name : names) space.names.emplace_back(name);
  return space;
}
template <typename Names>
Space signed_box(const Names& names) {
  Space space = box(names);
  space.low = std::numeric_limits<int64_t>::min();
  return space;
}
// As many as the vocabulary has; an environment with one gives them names.
Space float_box() { return {.kind = SpaceKind::FloatBox}; }
Space integer() { return {.kind = SpaceKind::Integer}; }
Space real() { return {.kind = SpaceKind::Float}; }
Space text() { return {.kind = SpaceKind::Text}; }
Space document() { return {.kind = SpaceKind::Document}; }
Space bytes() { return {.kind = SpaceKind::Bytes}; }
Space sequence() { return {.kind = SpaceKind::TokenList}; }

// The words of the rewards' fourth column.
struct Units {
  static constexpr RewardUnit One{RewardUnit::Kind::One};
  static constexpr RewardUnit Initial{RewardUnit::Kind::Initial};
#define HONE_OBSERVATION(identifier, ...)                            \
  static constexpr RewardUnit identifier{RewardUnit::Kind::Baseline, \
                                         Observation::identifier};
#include "env/observations.def"
#undef HONE_OBSERVATION
};

enum class ActionSet {
#define HONE_ACTION_SPACE(identifier, ...) identifier,
#include "env/action_spaces.def"
#undef HONE_ACTION_SPACE
};

constexpr int kFunctions = 16;  // that have actions of their own
constexpr int kPlaces = 160;    // of a pipeline

using Actions = std::vector<std::string>;

Actions passes(ActionSet set) {
  using program::Tier;
  Actions actions;
  for (const program::PassInfo& pass : program::passes()) {
    if (set == ActionSet::PlainPasses) {
      if (pass.tier == Tier::Stable)
        actions.push_back(program::nested_text(pass));
      continue;
    }
    for (const std::string_view parameters : pass.parameters)
      if (set == ActionSet::AllPasses ||
          program::tier_of(pass, parameters) == Tier::Stable)
        actions.push_back(program::nested_text(pass, parameters));
  }
  return actions;
}

Actions function_passes() {
  Actions actions;
  for (int function = 0; function < kFunctions; ++function)
    for (const program::PassInfo& pass : program::passes())
      if (pass.level >= program::PassLevel::Function &&
          pass.tier == program::Tier::Stable)
        actions.push_back(
            fmt::format("@#{}:{}", function, program::nested_text(pass)));
  return actions;
}

Actions function_attributes() {
  Actions actions;
  for (int function = 0; function < kFunctions; ++function)
    for (const program::AttributeInfo& row : program::attributes())
      if (row.tier == program::Tier::Stable)
        actions.push_back(
            fmt::format("@#{}:{}={}", function, row.name, row.value));
  return actions;
}

Actions knobs() {
  Actions actions;
  for (const program::KnobInfo& knob : program::knobs()) {
    if (knob.stage != program::KnobStage::Codegen) continue;
    for (const std::string_view value : knob.values)
      if (program::tier_of_value(knob, value) == program::Tier::Stable)
        actions.push_back(fmt::format("knob:{}={}", knob.name, value));
  }
  return actions;
}

Actions pipeline_edits() {
  Actions actions;
  for (const std::string_view verb : {"remove", "repeat"})
    for (int place = 0; place < kPlaces; ++place)
      actions.push_back(fmt::format("{}@{}", verb, place));
  for (int place = 0; place < kPlaces; ++place)
    for (const program::PassInfo& pass : program::passes())
      if (pass.tier == program::Tier::Stable)
        actions.push_back(fmt::format("insert@{}:{}", place, pass.name));
  return actions;
}

// Every combination of the factors, the one that leaves all to LLVM first.
Actions factors(const std::vector<int>& widths,
                const std::vector<int>& interleavings,
                const std::vector<int>& unrollings) {
  Actions actions;
  for (const int width : widths)
    for (const int interleave : interleavings)
      for (const int unroll : unrollings)
        actions.push_back(program::to_text(program::LoopChoice{
            .width = width, .interleave = interleave, .unroll = unroll}));
  return actions;
}

Actions actions_of(ActionSet set) {
  switch (set) {
    case ActionSet::AllPasses:
    case ActionSet::Passes:
    case ActionSet::PlainPasses:
      return passes(set);
    case ActionSet::FunctionAttributes:
      return function_attributes();
    case ActionSet::FunctionPasses:
      return function_passes();
    case ActionSet::InlineChoices:
      return {"stock", "inline", "keep"};
    case ActionSet::InlineOrNot:
      return {"keep", "inline"};
    case ActionSet::Knobs:
      return knobs();
    case ActionSet::LoopFactors:
      return factors({0, 1, 2, 4, 8, 16}, {0, 1, 2, 4},
                     {0, 1, 2, 4, 8, program::kFullUnroll});
    case ActionSet::LoopUnrolling:
      return factors({0}, {0}, {0, 1, 2, 4, 8, 16, program::kFullUnroll});
    case ActionSet::LoopVectors:
      return factors({0, 1, 2, 4, 8, 16, 32, 64}, {0, 1, 2, 4, 8, 16}, {0});
    case ActionSet::PipelineEdits:
      return pipeline_edits();
  }
  return {};
}

std::string_view environment_with(const ObservationInfo& info,
                                  std::string_view environment) {
  return is_in(info.where, environment) ? environment : "";
}
std::string_view environment_with(const RewardInfo& info,
                                  std::string_view environment) {
  return is_in(info.where, environment) ? environment : "";
}
std::string_view environment_with(const ActionSpaceInfo& info,
                                  std::string_view) {
  return environment_of(info.task);
}

template <typename Info>
Result<const Info*> find(std::span<const Info> table,
                         std::string_view environment, std::string_view name,
                         std::string_view what) {
  std::vector<std::string> names;
  for (const Info& info : table) {
    if (environment_with(info, environment) != environment) continue;
    if (info.name == name) return &info;
    names.emplace_back(info.name);
  }
  return Error(
      ErrorKind::InvalidArgument,
      fmt::format("'{}' has no {} '{}'{}; see hone env spaces --environment {}",
                  environment, what, name, did_you_mean(name, names),
                  environment));
}

}  // namespace

std::string_view environment_of(Task task) {
  constexpr std::string_view kNames[] = {"llvm", "pipelines", "inliner",
                                         "loops"};
  return kNames[static_cast<size_t>(task)];
}

bool is_in(Where where, std::string_view environment) {
  constexpr std::string_view kNames[] = {"", "llvm", "inliner", "loops",
                                         "pipelines"};
  return where == Where::Every ||
         kNames[static_cast<size_t>(where)] == environment;
}

std::string_view origin_name(Origin origin) {
  constexpr std::string_view kNames[] = {"walk",  "compile", "baseline",
                                         "offer", "timed",   "face"};
  return kNames[static_cast<size_t>(origin)];
}

std::span<const ObservationInfo> observations() {
  static const std::vector<ObservationInfo> table = {
#define HONE_OBSERVATION(identifier, name, space, origin, where, sentence) \
  {Observation::identifier, name,         space,                           \
   Origin::origin,          Where::where, sentence},
#include "env/observations.def"
#undef HONE_OBSERVATION
  };
  return table;
}

const ObservationInfo& info_of(Observation observation) {
  return observations()[static_cast<size_t>(observation)];
}

std::span<const RewardInfo> rewards() {
  static const std::vector<RewardInfo> table = {
#define HONE_REWARD(identifier, name, cost, unit, where, sentence) \
  {name, Observation::cost, Units::unit, Where::where, sentence},
#include "env/rewards.def"
#undef HONE_REWARD
  };
  return table;
}

std::span<const ActionSpaceInfo> action_spaces() {
  static const std::vector<ActionSpaceInfo> table = {
#define HONE_ACTION_SPACE(identifier, name, task, sentence) \
  {name, Task::task, sentence, actions_of(ActionSet::identifier)},
#include "env/action_spaces.def"
#undef HONE_ACTION_SPACE
  };
  return table;
}

Result<const ObservationInfo*> find_observation(std::string_view environment,
                                                std::string_view name) {
  return find(observations(), environment, name, "observation");
}

Result<const RewardInfo*> find_reward(std::string_view environment,
                                      std::string_view name) {
  return find(rewards(), environment, name, "reward");
}

Result<const ActionSpaceInfo*> find_action_space(std::string_view environment,
                                                 std::string_view name) {
  return find(action_spaces(), environment, name, "action space");
}

EnvironmentSpaces spaces_in(std::string_view environment) {
  EnvironmentSpaces spaces;
  for (const ActionSpaceInfo& info : action_spaces())
    if (environment_of(info.task) == environment)
      spaces.action_spaces.push_back(
          {std::string(info.name), info.actions, std::string(info.sentence)});
  for (const ObservationInfo& info : observations())
    if (is_in(info.where, environment))
      spaces.observations.push_back(
          {std::string(info.name), info.space, std::string(info.sentence)});
  for (const RewardInfo& info : rewards())
    if (is_in(info.where, environment))
      spaces.rewards.push_back(
          {std::string(info.name), std::string(info.sentence)});
  return spaces;
}

double unit_of(const RewardInfo& reward, double initial, double baseline) {
  switch (reward.unit.kind) {
    case RewardUnit::Kind::One:
      return 1;
    case RewardUnit::Kind::Initial:
      return initial > 0 ? initial : 1;
    case RewardUnit::Kind::Baseline:
      // Of a time, which is far below 1, a share.
      return std::max(initial - baseline, reward.cost == Observation::Runtime
                                              ? initial / 100
                                              : 1.0);
  }
  return 1;
}

}  // namespace hone::env
