// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What both an environment and a batch of them are made from.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "env/environment.h"
#include "python/errors.h"

namespace hone::python {

struct OptionWords {
  std::string action_space;
  std::string reward;
  std::vector<std::string> observations;
  double cpu_seconds;
  int64_t memory_bytes;
  std::string failures;
  std::string vocabulary;
};

// As Python gave them; a limit that limits nothing, or everything, is refused.
inline env::EnvironmentOptions make_options(OptionWords words) {
  if (!std::isfinite(words.cpu_seconds) || words.cpu_seconds <= 0)
    raise(Error(ErrorKind::InvalidArgument,
                fmt::format("cpu_seconds is {}; expected a positive number of "
                            "seconds",
                            words.cpu_seconds)));
  if (words.memory_bytes <= 0)
    raise(Error(ErrorKind::InvalidArgument,
                fmt::format("memory_bytes is {}; expected a positive number "
                            "of bytes",
                            words.memory_bytes)));
  return {.action_space = std::move(words.action_space),
          .reward = std::move(words.reward),
          .observations = std::move(words.observations),
          .limits = {.cpu_seconds = words.cpu_seconds,
                     .memory_bytes = static_cast<uint64_t>(words.memory_bytes)},
          .failures = std::move(words.failures),
          .vocabulary = std::move(words.vocabulary)};
}

using SpaceRow = std::tuple<std::string, std::string, std::vector<std::string>,
                            int64_t, std::string>;

// (name, kind, names of the elements, least value, sentence)
inline std::vector<SpaceRow> space_rows(const env::Environment& environment) {
  std::vector<SpaceRow> rows;
  for (const env::NamedSpace& space : environment.observation_spaces())
    rows.emplace_back(space.name, env::space_kind_name(space.space.kind),
                      space.space.names, space.space.low, space.sentence);
  return rows;
}

// The kinds of the options' observations, in their order.
inline std::vector<env::SpaceKind> observed_kinds(
    const env::Environment& environment) {
  std::vector<env::SpaceKind> kinds;
  const std::vector<env::NamedSpace> spaces = environment.observation_spaces();
  for (const std::string& name : environment.options().observations)
    for (const env::NamedSpace& space : spaces)
      if (space.name == name) kinds.push_back(space.space.kind);
  return kinds;
}

}  // namespace hone::python
