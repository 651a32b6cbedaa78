// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a live worker can be asked to do with a benchmark: the worker's side of
// an environment. An episode is one session; forks are copies of it.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "env/live_spaces.h"
#include "env/module_observer.h"

namespace hone::env {

class LiveEpisode {
 public:
  virtual ~LiveEpisode() = default;

  // Whether the action changed the state. InvalidArgument where it is none; the
  // state stays what it was.
  virtual Result<bool> step(std::string_view action) = 0;
  // Whether nothing is left to decide; another step is then InvalidArgument.
  virtual Result<bool> is_over() = 0;
  // Of any origin but Face.
  virtual Result<Value> observe(Observation what) = 0;
  virtual std::unique_ptr<LiveEpisode> fork() const = 0;
};

// Outlives its episodes.
class LiveTask {
 public:
  virtual ~LiveTask() = default;
  virtual std::unique_ptr<LiveEpisode> start() = 0;
};

// `bitcode` is the unoptimised module.
Result<std::unique_ptr<LiveTask>> open_task(Task task, std::string_view bitcode,
                                            ModuleObserver observer);

}  // namespace hone::env
