// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/measure.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include "base/random.h"
#include "env/crew.h"

namespace hone::env {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// A plan's actions, all drawn from one generator in the order of the episodes.
// Each episode has its `length` of them, also where it ends before, so that
// none depends on the others or on who takes it.
class Draws {
 public:
  explicit Draws(const RandomPlan& plan)
      : random_(plan.seed), length_(plan.length) {}

  // Of as many `actions`, which is more than none. Not before an episode that
  // has been begun. A stop may leave it unfinished: a length can be as good as
  // none.
  void begin(int64_t episode, uint64_t actions, const std::stop_token& stop) {
    constexpr int64_t kBetweenLooks = 1 << 16;
    actions_ = actions;
    for (; drawn_ < episode * length_; ++drawn_) {
      if (drawn_ % kBetweenLooks == 0 && stop.stop_requested()) return;
      random_.below(actions_);
    }
  }

  // The next ones of the episode that was begun.
  std::vector<int64_t> next(int64_t count) {
    std::vector<int64_t> actions;
    for (int64_t i = 0; i < count; ++i, ++drawn_)
      actions.push_back(static_cast<int64_t>(random_.below(actions_)));
    return actions;
  }

 private:
  Random random_;
  uint64_t actions_ = 0;
  int64_t length_;
  int64_t drawn_ = 0;
};

// What one environment has done.
struct Share {
  RandomRun run;
  std::vector<int64_t> numbers;  // of its episodes
};

// Adds the episode unless a stop ends it before.
Status take_episode(Environment& environment, std::string_view benchmark,
                    const RandomPlan& plan, int64_t number, Draws& draws,
                    Share& share) {
  RandomRun& run = share.run;
  const Clock::time_point begin = Clock::now();
  HONE_ASSIGN_OR_RETURN(const Step start, environment.reset(benchmark));
  run.reset_seconds.push_back(seconds_since(begin));
  // Some environments know their actions by the benchmark.
  const size_t actions = environment.actions().size();
  bool done = start.done || actions == 0;
  if (!done) draws.begin(number, actions, plan.stop);
  for (int taken = 0; taken < plan.length && !done;) {
    if (plan.stop.stop_requested()) return {};
    const int count = std::min(plan.batch, plan.length - taken);
    const std::vector<int64_t> drawn = draws.next(count);
    taken += count;
    const Clock::time_point at = Clock::now();
    HONE_ASSIGN_OR_RETURN(const Step step, environment.step(drawn));
    run.step_seconds.push_back(seconds_since(at));
    done = step.done;
    run.steps += count;
    run.lost += static_cast<int64_t>(step.failures.size());
    for (const std::string& failure : step.failures) ++run.failures[failure];
  }
  run.seconds += seconds_since(begin);
  HONE_ASSIGN_OR_RETURN(Episode ended, environment.episode());
  run.episodes.push_back(std::move(ended));
  share.numbers.push_back(number);
  return {};
}

// Takes episodes as long as there are some and `next` is not moved to the end.
Status take_share(Environment& environment, std::string_view benchmark,
                  const RandomPlan& plan, std::atomic<int64_t>& next,
                  Share& share) {
  Draws draws(plan);
  for (int64_t number = next++; number < plan.episodes; number = next++) {
    if (plan.stop.stop_requested()) return {};
    HONE_RETURN_IF_ERROR(
        take_episode(environment, benchmark, plan, number, draws, share));
  }
  return {};
}

RandomRun join_shares(std::vector<Share> shares) {
  RandomRun all;
  std::vector<std::pair<int64_t, Episode*>> episodes;
  for (Share& share : shares) {
    RandomRun& run = share.run;
    for (size_t i = 0; i < share.numbers.size(); ++i)
      episodes.emplace_back(share.numbers[i], &run.episodes[i]);
    all.step_seconds.insert(all.step_seconds.end(), run.step_seconds.begin(),
                            run.step_seconds.end());
    all.reset_seconds.insert(all.reset_seconds.end(), run.reset_seconds.begin(),
                             run.reset_seconds.end());
    all.seconds = std::max(all.seconds, run.seconds);
    all.steps += run.steps;
    all.lost += run.lost;
    for (const auto& [failure, count] : run.failures)
      all.failures[failure] += count;
  }
  std::sort(episodes.begin(), episodes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [number, episode] : episodes)
    all.episodes.push_back(std::move(*episode));
  return all;
}

}  // namespace

Result<RandomRun> run_random(Environment& environment,
                             std::string_view benchmark,
                             const RandomPlan& plan) {
  Share share;
  std::atomic<int64_t> next = 0;
  HONE_RETURN_IF_ERROR(take_share(environment, benchmark, plan, next, share));
  return std::move(share.run);
}

Result<RandomRun> run_random(
    std::span<const std::unique_ptr<Environment>> environments,
    std::string_view benchmark, const RandomPlan& plan) {
  std::vector<Share> shares(environments.size());
  std::vector<Status> ended(environments.size());
  std::atomic<int64_t> next = 0;
  Crew crew(environments.size());
  crew.run([&](size_t i) {
    ended[i] = take_share(*environments[i], benchmark, plan, next, shares[i]);
    if (!ended[i].ok()) next = plan.episodes;  // the others need not go on
  });
  for (Status& status : ended)
    if (!status.ok()) return std::move(status).error();
  return join_shares(std::move(shares));
}

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto at =
      static_cast<size_t>(share * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

}  // namespace hone::env
