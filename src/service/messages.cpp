// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/messages.h"

#include <grpcpp/support/status_code_enum.h>

#include <hone/service/v1/environments.pb.h>
#include "base/text.h"

namespace hone::service {

namespace {

template <typename Repeated>
std::vector<std::string> strings(const Repeated& field) {
  return {field.begin(), field.end()};
}

}  // namespace

void write_value(env::SpaceKind kind, env::Value value, v1::Value& message) {
  if (const auto* integer = std::get_if<int64_t>(&value)) {
    message.set_integer(*integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    message.set_real(*real);
  } else if (auto* text = std::get_if<std::string>(&value)) {
    if (kind == env::SpaceKind::Bytes)
      message.set_bytes(std::move(*text));
    else
      message.set_text(as_utf8(std::move(*text)));
  } else if (const auto* box = std::get_if<std::vector<int64_t>>(&value)) {
    message.mutable_integers()->mutable_values()->Assign(box->begin(),
                                                         box->end());
  } else if (const auto* reals = std::get_if<std::vector<double>>(&value)) {
    message.mutable_reals()->mutable_values()->Assign(reals->begin(),
                                                      reals->end());
  } else {
    v1::Texts& texts = *message.mutable_texts();
    for (std::string& word : std::get<std::vector<std::string>>(value))
      texts.add_values(as_utf8(std::move(word)));
  }
}

Result<env::Value> read_value(const v1::Value& message) {
  switch (message.value_case()) {
    case v1::Value::kInteger:
      return env::Value(message.integer());
    case v1::Value::kReal:
      return env::Value(message.real());
    case v1::Value::kText:
      return env::Value(message.text());
    case v1::Value::kBytes:
      return env::Value(message.bytes());
    case v1::Value::kIntegers:
      return env::Value(
          std::vector<int64_t>(message.integers().values().begin(),
                               message.integers().values().end()));
    case v1::Value::kTexts:
      return env::Value(strings(message.texts().values()));
    case v1::Value::kReals:
      return env::Value(std::vector<double>(message.reals().values().begin(),
                                            message.reals().values().end()));
    case v1::Value::VALUE_NOT_SET:
      break;
  }
  return Error(ErrorKind::Malformed, "an observation without a value");
}

void write_space(const env::NamedSpace& space, v1::ObservationSpace& message) {
  message.set_name(space.name);
  message.set_kind(std::string(env::space_kind_name(space.space.kind)));
  for (const std::string& name : space.space.names) message.add_names(name);
  message.set_low(space.space.low);
  message.set_sentence(space.sentence);
}

Result<env::NamedSpace> read_space(const v1::ObservationSpace& message) {
  for (int i = 0; i <= static_cast<int>(env::SpaceKind::TokenList); ++i) {
    const auto kind = static_cast<env::SpaceKind>(i);
    if (env::space_kind_name(kind) != message.kind()) continue;
    return env::NamedSpace{.name = message.name(),
                           .space = {.kind = kind,
                                     .names = strings(message.names()),
                                     .low = message.low()},
                           .sentence = message.sentence()};
  }
  return Error(ErrorKind::Unsupported,
               "the server has observations of the kind '" + message.kind() +
                   "', which this client does not know; update it");
}

void write_episode(const env::Episode& episode, v1::Episode& message) {
  message.set_environment(episode.environment);
  message.set_benchmark(episode.benchmark);
  message.set_reward_space(episode.reward_space);
  message.set_reward(episode.reward);
  message.set_state(episode.state);
  for (const std::string& action : episode.actions)
    message.add_actions(as_utf8(action));
}

env::Episode read_episode(const v1::Episode& message) {
  return {.environment = message.environment(),
          .benchmark = message.benchmark(),
          .reward_space = message.reward_space(),
          .reward = message.reward(),
          .state = message.state(),
          .actions = strings(message.actions())};
}

void write_options(const env::EnvironmentOptions& options,
                   v1::Options& message) {
  message.set_action_space(options.action_space);
  message.set_reward(options.reward);
  for (const std::string& name : options.observations)
    message.add_observations(name);
  message.set_cpu_seconds(options.limits.cpu_seconds);
  message.set_memory_bytes(options.limits.memory_bytes);
}

env::EnvironmentOptions read_options(const v1::Options& message) {
  return {.action_space = message.action_space(),
          .reward = message.reward(),
          .observations = strings(message.observations()),
          .limits = {.cpu_seconds = message.cpu_seconds(),
                     .memory_bytes = message.memory_bytes()}};
}

void write_step(const env::Step& step, v1::Step& message) {
  message.set_reward(step.reward);
  message.set_changed(step.changed);
  message.set_done(step.done);
  for (const std::string& failure : step.failures)
    message.add_failures(as_utf8(failure));
}

Result<env::Step> read_step(const v1::Step& message) {
  env::Step step{.reward = message.reward(),
                 .changed = message.changed(),
                 .done = message.done(),
                 .failures = strings(message.failures())};
  for (const v1::Value& value : message.observations()) {
    HONE_ASSIGN_OR_RETURN(env::Value read, read_value(value));
    step.observations.push_back(std::move(read));
  }
  return step;
}

void write_error(const Error& error, v1::Error& message) {
  message.set_kind(std::string(error_name(error.kind)));
  message.set_message(as_utf8(error.message));
}

Error read_error(const v1::Error& message) {
  return {read_error_kind(message.kind()), message.message()};
}

ErrorKind read_error_kind(std::string_view name) {
#define HONE_ERROR(identifier, text, exit_code, sentence) \
  if (name == (text)) return ErrorKind::identifier;
#include "base/errors.def"
#undef HONE_ERROR
  return ErrorKind::Internal;
}

WireCode wire_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::Conflict:
    case ErrorKind::Rejected:
      return {grpc::FAILED_PRECONDITION, 409};
    case ErrorKind::Crashed:
      return {grpc::ABORTED, 500};
    case ErrorKind::Interrupted:
      return {grpc::UNAVAILABLE, 503};
    case ErrorKind::InvalidArgument:
    case ErrorKind::Malformed:
    case ErrorKind::ToolFailed:  // a program that clang refuses
      return {grpc::INVALID_ARGUMENT, 400};
    case ErrorKind::LimitReached:
      return {grpc::RESOURCE_EXHAUSTED, 429};
    case ErrorKind::NotFound:
      return {grpc::NOT_FOUND, 404};
    case ErrorKind::Unsupported:
      return {grpc::UNIMPLEMENTED, 501};
    case ErrorKind::Internal:
    case ErrorKind::Io:
      break;
  }
  return {grpc::INTERNAL, 500};
}

}  // namespace hone::service
