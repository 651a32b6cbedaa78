// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/batch.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace hone::env {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 50;

// A step's rows at work at a time, for each processor: one, and another that
// begins when that has ended. Among more the kernel would choose, and it does
// not choose the longest.
constexpr size_t kAtWork = 2;
constexpr size_t kAll = std::numeric_limits<size_t>::max();

}  // namespace

Result<Batch> Batch::make(std::string_view name,
                          const EnvironmentOptions& options, size_t size) {
  EnvironmentOptions each = options;
  each.stays_awake = size == 1;
  Batch batch;
  for (size_t i = 0; i < size; ++i) {
    HONE_ASSIGN_OR_RETURN(std::unique_ptr<Environment> made,
                          make_environment(name, each));
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
  // While some are reset, nobody posts what waits.
  const bool resets = std::ranges::any_of(
      benchmarks, [](const std::string& uri) { return !uri.empty(); });
  const size_t processors = placement_.look();
  Status failure =
      begin(all, actions, benchmarks, resets ? kAll : kAtWork * processors);
  // What has been sent must be taken, whatever became of the rest.
  std::vector<Step> steps(size());
  while (!flying_.empty())
    if (Status taken = wait(); !taken.ok() && failure.ok())
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
  placement_.look();
  return begin(who, actions, benchmarks, kAll);
}

Status Batch::check(std::span<const size_t> who,
                    std::span<const int64_t> actions,
                    std::span<const std::string> benchmarks) const {
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
  return check(who);
}

Status Batch::check(std::span<const size_t> who) const {
  std::vector<bool> busy = is_busy_;
  for (const size_t index : who) {
    if (index >= size())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("environment {} of {}", index, size()));
    if (busy[index])
      return Error(ErrorKind::Conflict,
                   fmt::format("environment {} is in flight; receive it before "
                               "it is asked for something else",
                               index));
    busy[index] = true;
  }
  return {};
}

Status Batch::begin(std::span<const size_t> who,
                    std::span<const int64_t> actions,
                    std::span<const std::string> benchmarks, size_t most) {
  if (who.empty()) return {};
  HONE_RETURN_IF_ERROR(check(who, actions, benchmarks));
  const size_t length = actions.size() / who.size();
  for (const size_t index : who) is_busy_[index] = true;
  // Steps first: workers work while others are reset.
  const auto is_reset = [&](size_t i) {
    return !benchmarks.empty() && !benchmarks[i].empty();
  };
  for (size_t i = 0; i < who.size(); ++i) {
    if (is_reset(i)) continue;
    const std::span<const int64_t> row = actions.subspan(i * length, length);
    waiting_.push_back(
        {who[i], {row.begin(), row.end()}, forecast_.seconds(row)});
  }
  std::ranges::sort(waiting_, [](const Row& a, const Row& b) {
    return std::pair(-a.seconds, a.index) < std::pair(-b.seconds, b.index);
  });
  placement_.expect(std::min(waiting_.size(), most));
  most_ = most;
  Status failure = post(0);
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

Result<Episode> Batch::episode(size_t index) {
  HONE_RETURN_IF_ERROR(check({&index, 1}));
  return at(index).episode();
}

Status Batch::wait() {
  const Clock::time_point now = Clock::now();
  std::vector<pollfd> polled;
  // An environment that only its own take() can wait for, or that may hang.
  std::optional<size_t> alone;
  for (const Flight& flight : flying_) {
    const Environment& environment = at(flight.row.index);
    const std::chrono::duration<double> limit(
        environment.options().limits.wall_seconds());
    polled.push_back({environment.descriptor(), POLLIN, 0});
    if (!alone && (polled.back().fd < 0 || now - flight.begin > limit))
      alone = flight.row.index;
  }
  std::vector<size_t> answered;
  if (::poll(polled.data(), polled.size(), alone ? 0 : kPollMs) > 0)
    for (size_t i = 0; i < polled.size(); ++i)
      if (polled[i].revents != 0) answered.push_back(flying_[i].row.index);
  if (answered.empty() && alone) answered.push_back(*alone);
  for (const size_t index : answered) placement_.end(index);
  Status failure = post(answered.size());
  placement_.balance();
  for (const size_t index : answered)
    if (Status taken = take(index); !taken.ok() && failure.ok())
      failure = std::move(taken);
  return failure;
}

Status Batch::post(size_t answered) {
  while (!waiting_.empty() && flying_.size() - answered < most_) {
    Row row = std::move(waiting_.front());
    waiting_.pop_front();
    placement_.begin(row.index, at(row.index).worker());
    if (Status posted = at(row.index).post(row.actions); !posted.ok()) {
      placement_.end(row.index);
      is_busy_[row.index] = false;
      for (const Row& other : waiting_) is_busy_[other.index] = false;
      waiting_.clear();
      return posted;
    }
    flying_.push_back({std::move(row), Clock::now()});
  }
  return {};
}

Status Batch::take(size_t index) {
  const auto flight = std::ranges::find(
      flying_, index, [](const Flight& one) { return one.row.index; });
  const Row row = std::move(flight->row);
  flying_.erase(flight);
  Result<Step> step = at(index).take();
  if (!step.ok()) {
    is_busy_[index] = false;
    return step.error();
  }
  if (step->cpu_seconds > 0) forecast_.learn(row.actions, step->cpu_seconds);
  ready_.push_back({index, *std::move(step)});
  return {};
}

}  // namespace hone::env
