// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/environment.h"

#include <fmt/format.h>

#include "base/text.h"

namespace hone::env {

bool is_timed(std::string_view reward_space) {
  return reward_space.starts_with("runtime");
}

Status Environment::post(std::span<const int64_t> actions) {
  std::vector<std::string> texts;
  texts.reserve(actions.size());
  for (const int64_t action : actions) {
    if (action < 0 || action >= static_cast<int64_t>(this->actions().size()))
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("action {} is not below {}, the size of the "
                               "action space",
                               action, this->actions().size()));
    texts.push_back(this->actions()[static_cast<size_t>(action)]);
  }
  return post_texts(std::move(texts));
}

Result<Step> Environment::step(std::span<const int64_t> actions) {
  HONE_RETURN_IF_ERROR(post(actions));
  return take();
}

Result<Step> Environment::step_texts(std::vector<std::string> actions) {
  HONE_RETURN_IF_ERROR(post_texts(std::move(actions)));
  return take();
}

Result<double> Environment::reward_in(std::string_view space) {
  return Error(ErrorKind::Unsupported,
               fmt::format("environment '{}' has one reward; '{}' cannot be "
                           "asked for beside it",
                           name(), space));
}

std::span<const EnvironmentInfo> environments() {
  static constexpr EnvironmentInfo kTable[] = {
#define HONE_ENVIRONMENT(identifier, name, action_space, reward, stock, \
                         sentence)                                      \
  {name,                                                                \
   action_space,                                                        \
   reward,                                                              \
   stock,                                                               \
   sentence,                                                            \
   make_environment_##identifier,                                       \
   spaces_of_##identifier},
#include "env/environments.def"
#undef HONE_ENVIRONMENT
  };
  return kTable;
}

Result<const EnvironmentInfo*> find_environment(std::string_view name) {
  std::vector<std::string> names;
  for (const EnvironmentInfo& info : environments()) {
    if (info.name == name) return &info;
    names.emplace_back(info.name);
  }
  return Error(ErrorKind::InvalidArgument,
               fmt::format("no environment '{}'{}; see hone env list", name,
                           did_you_mean(name, names)));
}

Result<std::unique_ptr<Environment>> make_environment(
    std::string_view name, EnvironmentOptions options) {
  HONE_ASSIGN_OR_RETURN(const EnvironmentInfo* info, find_environment(name));
  if (options.action_space.empty()) options.action_space = info->action_space;
  return info->make(std::move(options));
}

Result<Step> replay(Environment& environment, const Episode& episode) {
  if (episode.environment != environment.name())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("an episode of '{}' means something else in '{}'",
                             episode.environment, environment.name()));
  HONE_ASSIGN_OR_RETURN(Step start, environment.reset(episode.benchmark));
  if (episode.actions.empty()) return start;
  return environment.step_texts(episode.actions);
}

Result<Validation> validate(const Episode& episode,
                            const EnvironmentOptions& options) {
  EnvironmentOptions own = options;
  own.reward = episode.reward_space;
  own.observations.clear();
  HONE_ASSIGN_OR_RETURN(const std::unique_ptr<Environment> environment,
                        make_environment(episode.environment, std::move(own)));
  HONE_ASSIGN_OR_RETURN(const Step last, replay(*environment, episode));
  Validation validation{.failures = last.failures};
  HONE_ASSIGN_OR_RETURN(validation.found, environment->episode());
  validation.state_matches =
      validation.failures.empty() &&
      (episode.state.empty() || validation.found.state == episode.state);
  validation.reward_matches = is_timed(episode.reward_space) ||
                              validation.found.reward == episode.reward;
  return validation;
}

}  // namespace hone::env
