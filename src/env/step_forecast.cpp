// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/step_forecast.h"

#include <algorithm>

namespace hone::env {

namespace {

// How much a new measurement counts.
constexpr double kRate = 0.3;

}  // namespace

double StepForecast::seconds(std::span<const int64_t> actions) const {
  double sum = 0;
  for (const int64_t action : actions) {
    const auto found = seconds_.find(action);
    if (found == seconds_.end()) return kUnknown;
    sum += found->second;
  }
  return sum;
}

void StepForecast::learn(std::span<const int64_t> actions, double seconds) {
  if (actions.empty()) return;
  const double each = seconds / static_cast<double>(actions.size());
  for (const int64_t action : actions) seconds_.try_emplace(action, each);
  const double missed =
      (seconds - this->seconds(actions)) / static_cast<double>(actions.size());
  for (const int64_t action : actions) {
    double& known = seconds_[action];
    known = std::max(0.0, known + kRate * missed);
  }
}

}  // namespace hone::env
