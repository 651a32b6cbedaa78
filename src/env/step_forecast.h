// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long the next steps of a batch will take, by their actions: passes differ
// by orders of magnitude, programs of one batch by much less.
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
  double seconds(std::span<const int64_t> actions) const;

  // What such a row took. What the forecast missed it by is divided equally
  // among the actions (least mean squares; Widrow and Hoff, 1960); of a single
  // action this is the exponential moving average.
  void learn(std::span<const int64_t> actions, double seconds);

 private:
  std::unordered_map<int64_t, double> seconds_;
};

}  // namespace hone::env
