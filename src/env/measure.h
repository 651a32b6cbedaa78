// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random episodes: the yardstick for agents, and how fast an environment is.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "env/environment.h"

namespace hone::env {

struct RandomRun {
  std::vector<Episode> episodes;
  std::vector<double> step_seconds;  // wall clock of each round trip
  std::vector<double> reset_seconds;
  // Of all resets and steps; of several environments the longest sum.
  double seconds = 0;
  int64_t steps = 0;  // actions taken
  int64_t lost = 0;   // … that crashed or were killed
  // What was said of these, and how often.
  std::map<std::string, int64_t> failures;
};

struct RandomPlan {
  int episodes = 1;
  int length = 45;  // actions of an episode
  int batch = 1;    // actions of a round trip
  uint64_t seed = 1;
  std::stop_token stop = {};  // looked at before each step
};

// Uniformly drawn actions; the same seed draws the same, whatever becomes of
// the episodes before. After a stop the episodes that have ended by then; the
// one that was under way is dropped.
Result<RandomRun> run_random(Environment& environment,
                             std::string_view benchmark,
                             const RandomPlan& plan);

// The same episodes in the same order, by several environments at a time. They
// are equal, of one kind and with equal options, and there is at least one.
Result<RandomRun> run_random(
    std::span<const std::unique_ptr<Environment>> environments,
    std::string_view benchmark, const RandomPlan& plan);

// The value below which `share` of them lie; sorts.
double percentile(std::vector<double>& values, double share);

}  // namespace hone::env
