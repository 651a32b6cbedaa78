// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several environments that step together, each with a worker of its own: more
// requests than there are processors go out before an answer is waited for, so
// the workers work at the same time and no threads are needed here.
//
// How long passes take differs by orders of magnitude. step() waits for the
// slowest environment of each round, and processors idle meanwhile. send() and
// receive() wait for whichever are ready (EnvPool; Weng et al., NeurIPS 2022):
// with more environments in flight than answers are asked for, no worker waits
// for another one. What an environment answers does not depend on which is
// used.
//
// Both deal the workers out to the processors, those with the longest steps
// first (Graham, SIAM J. Applied Mathematics 17, 1969).
//
//   batch.send(all, actions);
//   while (…) {
//     answers = *batch.receive(2);      // of two environments, in any order
//     batch.send(those, their_next_actions);
//   }
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"
#include "env/placement.h"
#include "env/step_forecast.h"

namespace hone::env {

class Batch {
 public:
  struct Answer {
    size_t index = 0;  // of the environment
    Step step;
  };

  static Result<Batch> make(std::string_view name,
                            const EnvironmentOptions& options, size_t size);

  size_t size() const { return environments_.size(); }
  Environment& at(size_t index) { return *environments_[index]; }

  // One benchmark for each environment, or one for all.
  Result<std::vector<Step>> reset(std::span<const std::string> benchmarks);

  // A row of actions for each environment, all of the same length, taken in
  // one round trip; its reward is that of the whole row. Where `benchmarks`
  // has a text, an episode begins instead and the row is ignored.
  Result<std::vector<Step>> step(std::span<const int64_t> actions,
                                 std::span<const std::string> benchmarks = {});

  // The same for some of the environments, none of which is in flight
  // (Conflict), without waiting. Rows and benchmarks are in the order of `who`.
  // Where it fails, some may be in flight, and are to be received.
  Status send(std::span<const size_t> who, std::span<const int64_t> actions,
              std::span<const std::string> benchmarks = {});

  // Answers of the next `count` environments that are ready, in the order in
  // which they are. InvalidArgument where fewer are in flight. An error is of
  // one environment, whose answer is lost; others stay in flight.
  Result<std::vector<Answer>> receive(size_t count);

  // Of an environment that is not in flight (Conflict).
  Result<Episode> episode(size_t index);

  // Environments that have been sent something and not been received.
  size_t in_flight() const {
    return waiting_.size() + flying_.size() + ready_.size();
  }

 private:
  struct Row {
    size_t index = 0;  // of the environment
    std::vector<int64_t> actions;
    double seconds = 0;  // that it is expected to take
  };
  struct Flight {
    Row row;
    std::chrono::steady_clock::time_point begin;
  };

  // Those of `who` are there, and free.
  Status check(std::span<const size_t> who) const;
  // The same, and they have a row and perhaps a benchmark each.
  Status check(std::span<const size_t> who, std::span<const int64_t> actions,
               std::span<const std::string> benchmarks) const;
  // send(), with at most so many rows at work at a time.
  Status begin(std::span<const size_t> who, std::span<const int64_t> actions,
               std::span<const std::string> benchmarks, size_t most);
  // Posts rows until `most_` are at work; `answered` of those that fly are not.
  Status post(size_t answered);

  // Waits for an answer, and takes all that are there.
  Status wait();
  Status take(size_t index);

  std::vector<std::unique_ptr<Environment>> environments_;
  std::vector<bool> is_busy_;
  size_t most_ = 0;          // rows at work at a time
  std::deque<Row> waiting_;  // to be posted, longest first
  std::vector<Flight> flying_;
  std::deque<Answer> ready_;
  Placement placement_;
  StepForecast forecast_;
};

}  // namespace hone::env
