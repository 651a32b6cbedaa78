// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tables of the environments that live in a worker: observations.def,
// rewards.def, action_spaces.def.
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

enum class Origin { Walk, Compile, Baseline, Offer, Timed, Face };

// What a worker makes of the actions.
enum class Task : uint8_t { Passes, Edits, Calls, Loops };

// Environments that have a row.
enum class Where { Every, Llvm, Inliner, Loops, Pipelines };

// "llvm", "inliner", …; each has one task.
std::string_view environment_of(Task task);
bool is_in(Where where, std::string_view environment);

std::string_view origin_name(Origin origin);

struct ObservationInfo {
  Observation id;
  std::string_view name;
  Space space;
  Origin origin;
  Where where;
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
  Where where;
  std::string_view sentence;
};

std::span<const RewardInfo> rewards();

// What an episode's rewards are divided by, by the cost of its initial state
// and, where the unit is one, of its baseline.
double unit_of(const RewardInfo& reward, double initial, double baseline);

struct ActionSpaceInfo {
  std::string_view name;
  Task task;
  std::string_view sentence;
  std::vector<std::string> actions;
};

std::span<const ActionSpaceInfo> action_spaces();

// Those that this environment has. InvalidArgument names the nearest one that
// exists.
Result<const ObservationInfo*> find_observation(std::string_view environment,
                                                std::string_view name);
Result<const RewardInfo*> find_reward(std::string_view environment,
                                      std::string_view name);
Result<const ActionSpaceInfo*> find_action_space(std::string_view environment,
                                                 std::string_view name);

// Everything the tables have for it.
EnvironmentSpaces spaces_in(std::string_view environment);

}  // namespace hone::env
