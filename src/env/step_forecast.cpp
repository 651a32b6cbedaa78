// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/step_forecast.h"

#include <algorithm>
#include <cmath>

namespace hone::env {

namespace {

// How much a new measurement counts.
constexpr double kRate = 0.3;
// … of an environment, all of whose steps are measurements; and how far off a
// forecast is believed to have been.
constexpr double kSlownessRate = 0.1;
constexpr double kMostOff = 4;

}  // namespace

double StepForecast::of_actions(std::span<const int64_t> actions) const {
  double sum = 0;
  for (const int64_t action : actions) {
    const auto found = seconds_.find(action);
    if (found == seconds_.end()) return kUnknown;
    sum += found->second;
  }
  return sum;
}

double StepForecast::seconds(size_t environment,
                             std::span<const int64_t> actions) const {
  const auto found = slowness_.find(environment);
  return of_actions(actions) * (found == slowness_.end() ? 1 : found->second);
}

void StepForecast::learn(size_t environment, std::span<const int64_t> actions,
                         double seconds) {
  if (actions.empty()) return;
  double& slowness = slowness_.try_emplace(environment, 1).first->second;
  const double expected = of_actions(actions) * slowness;
  if (expected > 0 && expected != kUnknown)
    slowness *= std::pow(std::clamp(seconds / expected, 1 / kMostOff, kMostOff),
                         kSlownessRate);
  const double own = seconds / slowness;
  const double each = own / static_cast<double>(actions.size());
  for (const int64_t action : actions) seconds_.try_emplace(action, each);
  const double missed =
      (own - of_actions(actions)) / static_cast<double>(actions.size());
  for (const int64_t action : actions) {
    double& known = seconds_[action];
    known = std::max(0.0, known + kRate * missed);
  }
}

}  // namespace hone::env
