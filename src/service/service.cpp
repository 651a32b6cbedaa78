// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/service.h"

#include <fmt/format.h>

#include <cmath>

#include <hone/service/v1/environments.pb.h>
#include "env/benchmark.h"
#include "service/messages.h"
#include "service/record.h"

namespace hone::service {

namespace {

constexpr double kRetrySeconds = 1;

// The step's own observations are in the order of the options.
void write_whole_step(const Session& session, env::Step step,
                      v1::Step& message) {
  write_step(step, message);
  const std::vector<std::string>& names =
      session.environment->options().observations;
  for (size_t i = 0; i < step.observations.size(); ++i)
    write_value(session.kinds.find(names[i])->second,
                std::move(step.observations[i]), *message.add_observations());
}

Status observe(const Session& session, const std::string& name,
               v1::Value& message) {
  HONE_ASSIGN_OR_RETURN(env::Value value, session.environment->observe(name));
  write_value(session.kinds.find(name)->second, std::move(value), message);
  return {};
}

void refuse(Call& call) {
  call.is_refused = true;
  call.retry_seconds = kRetrySeconds;
}

Result<env::Episode> episode_of(const Session& session) {
  HONE_ASSIGN_OR_RETURN(env::Episode episode, session.environment->episode());
  episode.benchmark = session.benchmark;
  return episode;
}

}  // namespace

Service::Service(ServiceLimits limits, SessionTable& table, Programs& programs,
                 Metrics& metrics, store::Store* store)
    : limits_(std::move(limits)),
      table_(table),
      programs_(programs),
      metrics_(metrics),
      store_(store) {}

Result<env::EnvironmentOptions> Service::checked_options(
    env::EnvironmentOptions options) const {
  env::LiveLimits& asked = options.limits;
  if (!std::isfinite(asked.cpu_seconds) || asked.cpu_seconds < 0)
    return Error(ErrorKind::InvalidArgument,
                 "cpu_seconds must be a number of seconds, or 0 for the "
                 "server's own limit");
  if (asked.cpu_seconds == 0) asked.cpu_seconds = limits_.worker.cpu_seconds;
  if (asked.memory_bytes == 0) asked.memory_bytes = limits_.worker.memory_bytes;
  asked.cpu_seconds = std::min(asked.cpu_seconds, limits_.worker.cpu_seconds);
  asked.memory_bytes =
      std::min(asked.memory_bytes, limits_.worker.memory_bytes);
  options.failures = limits_.failures;
  // The client and this server's thread do: with the worker they were three.
  options.stays_awake = false;
  return options;
}

Status Service::reserve(Call& call) {
  Status status = table_.reserve(call.client);
  if (!status.ok()) refuse(call);
  return status;
}

Result<Held> Service::hold(Call& call, const std::string& name) {
  if (draining_) return Error(ErrorKind::Interrupted, "the server is stopping");
  Result<Held> held = table_.hold(name, call.deadline);
  if (!held.ok() && held.error().kind == ErrorKind::LimitReached) refuse(call);
  return held;
}

// --- Sessions ----------------------------------------------------------------

Status Service::answer(Call& call, const v1::MakeRequest& request,
                       v1::MakeReply& reply) {
  if (draining_) return Error(ErrorKind::Interrupted, "the server is stopping");
  HONE_ASSIGN_OR_RETURN(const std::string benchmark,
                        programs_.resolve(request.benchmark()));
  HONE_ASSIGN_OR_RETURN(env::EnvironmentOptions options,
                        checked_options(read_options(request.options())));
  HONE_RETURN_IF_ERROR(reserve(call));
  Result<std::unique_ptr<env::Environment>> made =
      env::make_environment(request.environment(), std::move(options));
  Result<env::Step> first = env::Step{};
  if (made.ok() && !benchmark.empty()) first = (*made)->reset(benchmark);
  if (!made.ok() || !first.ok()) {
    if (made.ok()) made->reset();
    table_.release(call.client);
    return made.ok() ? first.error() : made.error();
  }
  const std::shared_ptr<Session> session =
      table_.add(call.client, request.lease_seconds(), *std::move(made));
  session->benchmark = request.benchmark();
  session->episode_actions = request.options().episode_actions();
  reply.set_session(session->name);
  reply.set_lease_seconds(session->lease_seconds);
  if (!benchmark.empty())
    write_whole_step(*session, *std::move(first), *reply.mutable_first());
  return {};
}

Status Service::answer(Call& call, const v1::CloseRequest& request,
                       v1::CloseReply&) {
  return table_.close(request.session(), call.deadline);
}

Status Service::answer(Call& call, const v1::ForkRequest& request,
                       v1::ForkReply& reply) {
  HONE_ASSIGN_OR_RETURN(const Held held, hold(call, request.session()));
  if (Status place = reserve(call); !place.ok()) {
    // Who forks has sessions, and would most likely wait for these to end.
    call.retry_seconds = 0;
    return place;
  }
  Result<std::unique_ptr<env::Environment>> made = held.environment().fork();
  if (!made.ok()) {
    table_.release(call.client);
    return made.error();
  }
  const std::shared_ptr<Session> session = table_.add(
      call.client, held->lease_seconds, *std::move(made), held->group);
  session->benchmark = held->benchmark;
  session->actions = held->actions;
  session->episode_actions = held->episode_actions;
  reply.set_session(session->name);
  return {};
}

Status Service::answer(Call&, const v1::RenewRequest& request,
                       v1::RenewReply& reply) {
  for (const std::string& name : request.sessions()) {
    const Result<std::shared_ptr<Session>> session = table_.find(name);
    if (session.ok())
      (*session)->renew();
    else
      reply.add_unknown(name);
  }
  return {};
}

Status Service::answer(Call& call, const v1::SpacesRequest& request,
                       v1::SpacesReply& reply) {
  HONE_ASSIGN_OR_RETURN(const Held held, hold(call, request.session()));
  for (const std::string& action : held.environment().actions())
    reply.add_actions(action);
  for (const env::NamedSpace& space : held.environment().observation_spaces())
    write_space(space, *reply.add_observations());
  for (const std::string& name : held.environment().reward_spaces())
    reply.add_rewards(name);
  return {};
}

// --- Steps -------------------------------------------------------------------

Status Service::answer(Call& call, const v1::ResetRequest& request,
                       v1::ResetReply& reply) {
  HONE_ASSIGN_OR_RETURN(const std::string benchmark,
                        programs_.resolve(request.benchmark()));
  HONE_ASSIGN_OR_RETURN(const Held held, hold(call, request.session()));
  HONE_ASSIGN_OR_RETURN(env::Step step, held.environment().reset(benchmark));
  if (!benchmark.empty()) held->benchmark = request.benchmark();
  held->actions = 0;
  write_whole_step(*held, std::move(step), *reply.mutable_step());
  return {};
}

Status Service::answer(Call& call, const v1::ObserveRequest& request,
                       v1::ObserveReply& reply) {
  HONE_ASSIGN_OR_RETURN(const Held held, hold(call, request.session()));
  return observe(*held, request.observation(), *reply.mutable_value());
}

Status Service::answer(Call& call, const v1::StepRequest& request,
                       v1::StepReply& reply) {
  v1::StepBatchRequest batch;
  *batch.add_steps() = request;
  v1::StepBatchReply replies;
  HONE_RETURN_IF_ERROR(answer(call, batch, replies));
  reply = std::move(*replies.mutable_steps(0));
  if (reply.has_error()) return read_error(reply.error());
  return {};
}

// --- Episodes ----------------------------------------------------------------

Status Service::answer(Call& call, const v1::StateRequest& request,
                       v1::StateReply& reply) {
  HONE_ASSIGN_OR_RETURN(const Held held, hold(call, request.session()));
  HONE_ASSIGN_OR_RETURN(const env::Episode episode, episode_of(*held));
  write_episode(episode, *reply.mutable_episode());
  return {};
}

Status Service::answer(Call& call, const v1::RecordRequest& request,
                       v1::RecordReply& reply) {
  if (store_ == nullptr)
    return Error(ErrorKind::Unsupported,
                 "this server has no store; start it with --store FILE");
  HONE_ASSIGN_OR_RETURN(const Held held, hold(call, request.session()));
  HONE_ASSIGN_OR_RETURN(const env::Episode episode, episode_of(*held));
  HONE_ASSIGN_OR_RETURN(const std::vector<store::StepRow> rows,
                        episode_rows(episode));
  HONE_RETURN_IF_ERROR(store_->insert_steps(rows));
  write_episode(episode, *reply.mutable_episode());
  return {};
}

Status Service::answer(Call& call, const v1::ReplayRequest& request,
                       v1::ReplayReply& reply) {
  env::Episode episode = read_episode(request.episode());
  HONE_ASSIGN_OR_RETURN(episode.benchmark,
                        programs_.resolve(episode.benchmark));
  HONE_ASSIGN_OR_RETURN(const Held held, hold(call, request.session()));
  HONE_ASSIGN_OR_RETURN(env::Step step,
                        env::replay(held.environment(), episode));
  if (!episode.benchmark.empty())
    held->benchmark = request.episode().benchmark();
  held->actions = episode.actions.size();
  write_whole_step(*held, std::move(step), *reply.mutable_step());
  return {};
}

Status Service::answer(Call& call, const v1::ValidateRequest& request,
                       v1::ValidateReply& reply) {
  if (draining_) return Error(ErrorKind::Interrupted, "the server is stopping");
  env::Episode episode = read_episode(request.episode());
  HONE_ASSIGN_OR_RETURN(episode.benchmark,
                        programs_.resolve(episode.benchmark));
  HONE_ASSIGN_OR_RETURN(
      env::EnvironmentOptions options,
      checked_options({.limits = {.cpu_seconds = 0, .memory_bytes = 0}}));
  // It has a worker while it lasts.
  HONE_RETURN_IF_ERROR(reserve(call));
  Result<env::Validation> validation = env::validate(episode, options);
  table_.release(call.client);
  if (!validation.ok()) return validation.error();
  reply.set_state_matches(validation->state_matches);
  reply.set_reward_matches(validation->reward_matches);
  validation->found.benchmark = request.episode().benchmark();
  write_episode(validation->found, *reply.mutable_found());
  return {};
}

// --- The server --------------------------------------------------------------

Status Service::answer(Call&, const v1::ListRequest&, v1::ListReply& reply) {
  for (const env::EnvironmentInfo& info : env::environments()) {
    v1::Named& row = *reply.add_environments();
    row.set_name(std::string(info.name));
    row.set_sentence(std::string(info.sentence));
  }
  for (const env::DatasetInfo& info : env::datasets()) {
    v1::Named& row = *reply.add_datasets();
    row.set_name(std::string(info.name));
    row.set_sentence(std::string(info.sentence));
    row.set_uri(std::string(info.uri));
  }
  return {};
}

Status Service::answer(Call&, const v1::UploadRequest& request,
                       v1::UploadReply& reply) {
  const std::vector<std::string> flags(request.flags().begin(),
                                       request.flags().end());
  HONE_ASSIGN_OR_RETURN(
      const std::string uri,
      programs_.upload(request.content(), request.kind(), flags));
  reply.set_benchmark(uri);
  return {};
}

}  // namespace hone::service
