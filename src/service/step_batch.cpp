// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Steps of many sessions in one request. All groups are locked first; then, in
// rounds, each group's next step goes out to its worker before the first answer
// is waited for, so that the workers work at the same time. Steps of sessions
// that share a worker take their turns in the order of the request.
#include <fmt/format.h>

#include <set>

#include <hone/service/v1/environments.pb.h>
#include "service/messages.h"
#include "service/service.h"

namespace hone::service {

namespace {

Status post(env::Environment& environment, const v1::StepRequest& request) {
  if (request.action_texts().empty())
    return environment.post(std::vector<int64_t>(request.actions().begin(),
                                                 request.actions().end()));
  if (!request.actions().empty())
    return Error(ErrorKind::InvalidArgument,
                 "a step has actions or action_texts, not both");
  return environment.post_texts(
      {request.action_texts().begin(), request.action_texts().end()});
}

Status take(Session& session, const v1::StepRequest& request,
            v1::Step& message) {
  env::Environment& environment = *session.environment;
  HONE_ASSIGN_OR_RETURN(env::Step step, environment.take());
  write_step(step, message);
  session.actions += static_cast<size_t>(request.actions_size()) +
                     static_cast<size_t>(request.action_texts_size()) -
                     step.failures.size();
  message.set_truncated(session.episode_actions != 0 &&
                        session.actions >= session.episode_actions);
  const std::vector<std::string>& names = environment.options().observations;
  for (size_t i = 0; i < step.observations.size(); ++i)
    write_value(session.kinds.find(names[i])->second,
                std::move(step.observations[i]), *message.add_observations());
  for (const std::string& name : request.observations()) {
    HONE_ASSIGN_OR_RETURN(env::Value value, environment.observe(name));
    write_value(session.kinds.find(name)->second, std::move(value),
                *message.add_observations());
  }
  for (const std::string& name : request.rewards()) {
    HONE_ASSIGN_OR_RETURN(const double reward, environment.reward_in(name));
    message.add_rewards(reward);
  }
  return {};
}

// Whether take() will need nothing that takes long.
bool is_soon(const Session& session, const v1::StepRequest& request,
             Clock::time_point until) {
  if (!request.observations().empty() || !request.rewards().empty())
    return false;
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(
      until - Clock::now());
  return session.environment->is_answered(
      std::max(left, std::chrono::microseconds(0)));
}

}  // namespace

Status Service::answer(Call& call, const v1::StepBatchRequest& request,
                       v1::StepBatchReply& reply) {
  if (draining_) return Error(ErrorKind::Interrupted, "the server is stopping");
  const auto size = static_cast<size_t>(request.steps_size());
  size_t actions = 0;
  std::vector<std::string> names;
  names.reserve(size);
  for (const v1::StepRequest& step : request.steps()) {
    names.push_back(step.session());
    actions += static_cast<size_t>(step.actions_size()) +
               static_cast<size_t>(step.action_texts_size());
  }
  if (size > limits_.batch || actions > limits_.actions)
    return Error(ErrorKind::LimitReached,
                 fmt::format("{} steps with {} actions in one request; at most "
                             "{} and {} are taken",
                             size, actions, limits_.batch, limits_.actions));
  const HeldTogether held = table_.hold_together(
      names, call.deadline, [&call] { call.expect_wait(); });
  std::vector<size_t> waiting;
  for (size_t i = 0; i < size; ++i) {
    v1::StepReply& out = *reply.add_steps();
    if (held.sessions[i].ok()) {
      waiting.push_back(i);
      if (call.attachment != nullptr) call.attachment->add(*held.sessions[i]);
    } else {
      write_error(held.sessions[i].error(), *out.mutable_error());
    }
  }
  const auto finish = [&](size_t i, const Status& status) {
    v1::StepReply& out = *reply.mutable_steps(static_cast<int>(i));
    if (status.ok()) return;
    out.clear_step();
    write_error(status.error(), *out.mutable_error());
  };
  const Clock::time_point waiting_begin = Clock::now();
  while (!waiting.empty()) {
    std::set<const Group*> busy;
    std::vector<size_t> posted;
    std::vector<size_t> later;
    for (const size_t i : waiting) {
      const Session& session = **held.sessions[i];
      if (!busy.insert(session.group.get()).second) {
        later.push_back(i);
        continue;
      }
      const Status status =
          post(*session.environment, request.steps(static_cast<int>(i)));
      if (status.ok())
        posted.push_back(i);
      else
        finish(i, status);
    }
    for (const size_t i : posted) {
      const int at = static_cast<int>(i);
      if (call.before_wait && !is_soon(**held.sessions[i], request.steps(at),
                                       waiting_begin + call.patience))
        call.expect_wait();
      finish(i, take(**held.sessions[i], request.steps(at),
                     *reply.mutable_steps(at)->mutable_step()));
    }
    waiting = std::move(later);
  }
  size_t lost = 0;
  for (const v1::StepReply& step : reply.steps())
    lost += static_cast<size_t>(step.step().failures_size());
  metrics_.count_steps(actions, lost);
  for (const Result<std::shared_ptr<Session>>& session : held.sessions)
    if (session.ok()) (*session)->renew();
  return {};
}

}  // namespace hone::service
