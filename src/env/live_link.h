// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The way to a live worker, shared by an environment and its forks.
//
// The worker may die of any request. It is then replaced at once, empty: the
// link counts its generations, and whoever finds that its session belongs to an
// earlier one derives it again from its actions. Not for several threads at a
// time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/subprocess.h"
#include "env/benchmark.h"
#include "env/live_spaces.h"
#include "env/live_worker.h"

namespace hone::env {

class LiveLink {
 public:
  // `vocabulary` is the text of IR2Vec's, or empty. `stays_awake`: as in
  // EnvironmentOptions.
  static Result<std::shared_ptr<LiveLink>> open(const LiveLimits& limits,
                                                std::string vocabulary,
                                                bool stays_awake);

  // One request and its answer, without the first byte. Crashed where the
  // worker died of it, LimitReached where it was killed: in both cases the
  // message says how, and a new worker stands ready. Any other error is the
  // worker's own.
  Result<std::string> ask(std::string_view frame);

  // The same in two halves, so that several workers can work at a time. One
  // request at a time: Conflict where another one has not been taken yet.
  Status post(std::string_view frame);
  Result<std::string> take();
  // Whether take() would return at once, within that time at the latest.
  bool is_answered(std::chrono::microseconds within) const {
    return child_ && child_->is_answered(within);
  }

  // What poll() can wait on for an answer.
  int descriptor() const { return child_ ? child_->descriptor() : -1; }

  // The number by which this generation's worker knows the benchmark.
  Result<uint32_t> benchmark_id(const Benchmark& benchmark, Task task);

  uint32_t new_session() { return next_session_++; }
  uint32_t generation() const { return generation_; }
  pid_t pid() const { return child_ ? child_->pid() : -1; }

 private:
  LiveLink(const LiveLimits& limits, std::string vocabulary, bool stays_awake)
      : limits_(limits),
        vocabulary_(std::move(vocabulary)),
        stays_awake_(stays_awake) {}
  Status start();
  // What became of a worker that does not answer.
  Error lost(const Error& error);

  LiveLimits limits_;
  std::string vocabulary_;
  bool stays_awake_;
  std::optional<Child> child_;
  bool waiting_ = false;
  uint32_t generation_ = 0;
  uint32_t next_session_ = 0;
  std::map<Hash128, uint32_t> benchmarks_;
};

}  // namespace hone::env
