// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tables of the environment `llvm`: observations.def, rewards.def,
// action_spaces.def.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "env/space.h"

namespace hone::env {

enum class Observation : uint8_t {
#define HONE_OBSERVATION(identifier, ...) identifier,
#include "env/observations.def"
#undef HONE_OBSERVATION
};

enum class Origin { Walk, Compile, Baseline, Face };

std::string_view origin_name(Origin origin);

struct ObservationInfo {
  Observation id;
  std::string_view name;
  Space space;
  Origin origin;
  std::string_view sentence;
};

// In the order of Observation.
std::span<const ObservationInfo> observations();
const ObservationInfo& info_of(Observation observation);

// What a reward is counted in.
struct RewardUnit {
  enum class Kind { One, Initial, Baseline } kind;
  Observation baseline = {};
};

struct RewardInfo {
  std::string_view name;
  Observation cost;
  RewardUnit unit;
  std::string_view sentence;
};

std::span<const RewardInfo> rewards();

struct ActionSpaceInfo {
  std::string_view name;
  std::string_view sentence;
  // Pipelines that opt takes at module level, in the order of the passes.
  std::vector<std::string> actions;
};

std::span<const ActionSpaceInfo> action_spaces();

// InvalidArgument names the nearest one that exists.
Result<const ObservationInfo*> find_observation(std::string_view name);
Result<const RewardInfo*> find_reward(std::string_view name);
Result<const ActionSpaceInfo*> find_action_space(std::string_view name);

}  // namespace hone::env
