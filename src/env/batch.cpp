// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/batch.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <numeric>

namespace hone::env {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 50;

}  // namespace

Result<Batch> Batch::make(std::string_view name,
                          const EnvironmentOptions& options, size_t size) {
  Batch batch;
  for (size_t i = 0; i < size; ++i) {
    HONE_ASSIGN_OR_RETURN(std::unique_ptr<Environment> made,
                          make_environment(name, options));
    batch.environments_.push_back(std::move(made));
  }
  batch.is_busy_.resize(size, false);
  return batch;
}

Result<std::vector<Step>> Batch::reset(
    std::span<const std::string> benchmarks) {
  if (benchmarks.size() != 1 && benchmarks.size() != size())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("{} benchmarks for {} environments; expected one "
                             "for each, or one for all",
                             benchmarks.size(), size()));
  std::vector<std::string> each(benchmarks.begin(), benchmarks.end());
  each.resize(size(), benchmarks.front());
  return step({}, each);
}

Result<std::vector<Step>> Batch::step(std::span<const int64_t> actions,
                                      std::span<const std::string> benchmarks) {
  if (in_flight() != 0)
    return Error(ErrorKind::Conflict,
                 fmt::format("{} environments are in flight; receive them "
                             "before all step together",
                             in_flight()));
  std::vector<size_t> all(size());
  std::iota(all.begin(), all.end(), 0);
  Status failure = send(all, actions, benchmarks);
  // What has been sent must be taken, whatever became of the rest.
  std::vector<Step> steps(size());
  while (!flying_.empty())
    if (Status taken = take(flying_.front().index); !taken.ok() && failure.ok())
      failure = std::move(taken);
  for (Answer& answer : ready_) {
    is_busy_[answer.index] = false;
    steps[answer.index] = std::move(answer.step);
  }
  ready_.clear();
  if (!failure.ok()) return failure.error();
  return steps;
}

Status Batch::send(std::span<const size_t> who,
                   std::span<const int64_t> actions,
                   std::span<const std::string> benchmarks) {
  if (who.empty()) return {};
  const size_t length = actions.size() / who.size();
  if (length * who.size() != actions.size())
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("{} actions for {} environments; expected as many for each",
                    actions.size(), who.size()));
  if (!benchmarks.empty() && benchmarks.size() != who.size())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("{} benchmarks for {} environments",
                             benchmarks.size(), who.size()));
  std::vector<bool> busy = is_busy_;
  for (const size_t index : who) {
    if (index >= size())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("environment {} of {}", index, size()));
    if (busy[index])
      return Error(ErrorKind::Conflict,
                   fmt::format("environment {} is in flight; receive it before "
                               "it is sent another action",
                               index));
    busy[index] = true;
  }
  is_busy_ = std::move(busy);
  // Steps first: workers work while others are reset.
  const auto is_reset = [&](size_t i) {
    return !benchmarks.empty() && !benchmarks[i].empty();
  };
  Status failure;
  for (size_t i = 0; i < who.size(); ++i) {
    if (is_reset(i)) continue;
    if (failure.ok())
      failure = at(who[i]).post(actions.subspan(i * length, length));
    if (failure.ok())
      flying_.push_back({who[i], Clock::now()});
    else
      is_busy_[who[i]] = false;
  }
  for (size_t i = 0; i < who.size(); ++i) {
    if (!is_reset(i)) continue;
    if (failure.ok()) {
      Result<Step> step = at(who[i]).reset(benchmarks[i]);
      if (step.ok())
        ready_.push_back({who[i], *std::move(step)});
      else
        failure = step.error();
    }
    if (!failure.ok()) is_busy_[who[i]] = false;
  }
  return failure;
}

Result<std::vector<Batch::Answer>> Batch::receive(size_t count) {
  if (count > in_flight())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("{} answers asked for, {} environments in flight",
                             count, in_flight()));
  while (ready_.size() < count) HONE_RETURN_IF_ERROR(wait());
  std::vector<Answer> answers;
  for (; answers.size() < count; ready_.pop_front()) {
    is_busy_[ready_.front().index] = false;
    answers.push_back(std::move(ready_.front()));
  }
  return answers;
}

Status Batch::wait() {
  const Clock::time_point now = Clock::now();
  std::vector<pollfd> polled;
  // An environment that only its own take() can wait for, or that may hang.
  std::optional<size_t> alone;
  for (const Flight& flight : flying_) {
    const Environment& environment = at(flight.index);
    const std::chrono::duration<double> limit(
        environment.options().limits.wall_seconds());
    polled.push_back({environment.descriptor(), POLLIN, 0});
    if (!alone && (polled.back().fd < 0 || now - flight.begin > limit))
      alone = flight.index;
  }
  std::vector<size_t> answered;
  if (::poll(polled.data(), polled.size(), alone ? 0 : kPollMs) > 0)
    for (size_t i = 0; i < polled.size(); ++i)
      if (polled[i].revents != 0) answered.push_back(flying_[i].index);
  if (answered.empty() && alone) answered.push_back(*alone);
  for (const size_t index : answered) HONE_RETURN_IF_ERROR(take(index));
  return {};
}

Status Batch::take(size_t index) {
  std::erase_if(flying_, [&](const Flight& f) { return f.index == index; });
  Result<Step> step = at(index).take();
  if (!step.ok()) {
    is_busy_[index] = false;
    return step.error();
  }
  ready_.push_back({index, *std::move(step)});
  return {};
}

}  // namespace hone::env
