// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/measure.h"

#include <algorithm>
#include <chrono>

#include "base/random.h"

namespace hone::env {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

Result<RandomRun> run_random(Environment& environment,
                             std::string_view benchmark,
                             const RandomPlan& plan) {
  RandomRun run;
  Random random(plan.seed);
  for (int episode = 0; episode < plan.episodes; ++episode) {
    if (plan.stop.stop_requested()) break;
    const Clock::time_point begin = Clock::now();
    HONE_ASSIGN_OR_RETURN(const Step start, environment.reset(benchmark));
    run.reset_seconds.push_back(seconds_since(begin));
    bool done = start.done;
    for (int taken = 0; taken < plan.length && !done;) {
      if (plan.stop.stop_requested()) return run;
      std::vector<int64_t> actions;
      for (; taken < plan.length &&
             actions.size() < static_cast<size_t>(plan.batch);
           ++taken)
        actions.push_back(
            static_cast<int64_t>(random.below(environment.actions().size())));
      const Clock::time_point at = Clock::now();
      HONE_ASSIGN_OR_RETURN(const Step step, environment.step(actions));
      run.step_seconds.push_back(seconds_since(at));
      done = step.done;
      run.steps += static_cast<int64_t>(actions.size());
      run.lost += static_cast<int64_t>(step.failures.size());
    }
    run.seconds += seconds_since(begin);
    HONE_ASSIGN_OR_RETURN(Episode ended, environment.episode());
    run.episodes.push_back(std::move(ended));
  }
  return run;
}

double percentile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto at =
      static_cast<size_t>(share * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

}  // namespace hone::env
