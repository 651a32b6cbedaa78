// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/llvm_spaces.h"

#include <fmt/format.h>

#include "base/text.h"
#include "features/autophase.h"
#include "features/function_properties.h"
#include "features/instcount.h"
#include "program/pass_table.h"

namespace hone::env {

namespace {

template <typename Names>
Space box(const Names& names) {
  Space space{.kind = SpaceKind::Box};
  for (const auto& name : names) space.names.emplace_back(name);
  return space;
}
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

enum class ActionSet { AllPasses, Passes, PlainPasses };

std::vector<std::string> actions_of(ActionSet set) {
  using program::Tier;
  std::vector<std::string> actions;
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

template <typename Info>
Result<const Info*> find(std::span<const Info> table, std::string_view name,
                         std::string_view what) {
  std::vector<std::string> names;
  for (const Info& info : table) {
    if (info.name == name) return &info;
    names.emplace_back(info.name);
  }
  return Error(ErrorKind::InvalidArgument,
               fmt::format("no {} '{}';{} see hone env spaces", what, name,
                           did_you_mean(name, names)));
}

}  // namespace

std::string_view origin_name(Origin origin) {
  constexpr std::string_view kNames[] = {"walk", "compile", "baseline", "face"};
  return kNames[static_cast<size_t>(origin)];
}

std::span<const ObservationInfo> observations() {
  static const std::vector<ObservationInfo> table = {
#define HONE_OBSERVATION(identifier, name, space, origin, sentence) \
  {Observation::identifier, name, space, Origin::origin, sentence},
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
#define HONE_REWARD(identifier, name, cost, unit, sentence) \
  {name, Observation::cost, Units::unit, sentence},
#include "env/rewards.def"
#undef HONE_REWARD
  };
  return table;
}

std::span<const ActionSpaceInfo> action_spaces() {
  static const std::vector<ActionSpaceInfo> table = {
#define HONE_ACTION_SPACE(identifier, name, sentence) \
  {name, sentence, actions_of(ActionSet::identifier)},
#include "env/action_spaces.def"
#undef HONE_ACTION_SPACE
  };
  return table;
}

Result<const ObservationInfo*> find_observation(std::string_view name) {
  return find(observations(), name, "observation");
}

Result<const RewardInfo*> find_reward(std::string_view name) {
  return find(rewards(), name, "reward");
}

Result<const ActionSpaceInfo*> find_action_space(std::string_view name) {
  return find(action_spaces(), name, "action space");
}

}  // namespace hone::env
