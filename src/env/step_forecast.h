// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long the next steps of a batch will take: what the actions do, which
// differ by orders of magnitude, times how slow the environment's program is.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <unordered_map>

namespace hone::env {

class StepForecast {
 public:
  static constexpr double kUnknown = std::numeric_limits<double>::infinity();

  // Seconds for a row of actions; kUnknown where one has never been taken.
  double seconds(size_t environment, std::span<const int64_t> actions) const;

  // What such a row took. What the forecast missed it by is divided equally
  // among the actions (least mean squares; Widrow and Hoff, 1960); of a single
  // action this is the exponential moving average. The environment's part is
  // one of the factor by which the forecast was wrong.
  void learn(size_t environment, std::span<const int64_t> actions,
             double seconds);

 private:
  double of_actions(std::span<const int64_t> actions) const;

  std::unordered_map<int64_t, double> seconds_;  // on a program of slowness 1
  std::unordered_map<size_t, double> slowness_;  // of environments
};

}  // namespace hone::env
