// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/env_names.h"

#include <functional>
#include <set>

#include "env/benchmark.h"
#include "env/environment.h"

namespace hone::cli {

namespace {

// Of all environments; one whose compiler is not here has none.
std::vector<std::string> names_of(
    const std::function<void(const env::EnvironmentSpaces&,
                             std::set<std::string>&)>& collect) {
  std::set<std::string> names;
  for (const env::EnvironmentInfo& info : env::environments())
    if (const Result<env::EnvironmentSpaces> spaces = info.spaces();
        spaces.ok())
      collect(*spaces, names);
  return {names.begin(), names.end()};
}

}  // namespace

std::vector<std::string> environment_names() {
  std::vector<std::string> names;
  for (const env::EnvironmentInfo& info : env::environments())
    names.emplace_back(info.name);
  return names;
}

std::vector<std::string> action_space_names() {
  return names_of([](const auto& spaces, auto& names) {
    for (const auto& space : spaces.action_spaces) names.insert(space.name);
  });
}

std::vector<std::string> reward_names() {
  return names_of([](const auto& spaces, auto& names) {
    for (const auto& reward : spaces.rewards) names.insert(reward.name);
    names.insert("none");
  });
}

std::vector<std::string> observation_names() {
  return names_of([](const auto& spaces, auto& names) {
    for (const auto& space : spaces.observations) names.insert(space.name);
  });
}

std::vector<std::string> uri_beginnings() {
  std::vector<std::string> beginnings;
  for (const env::DatasetInfo& info : env::datasets())
    beginnings.push_back(info.uri.substr(
        0, info.uri.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ")));
  return beginnings;
}

}  // namespace hone::cli
