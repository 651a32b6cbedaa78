// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One operation on many inputs, on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "base/result.h"

namespace hone::toolkit {

// work(input) of each, in their order, `jobs` at a time. `done` is told how
// many there are so far, from any thread. After a stop is requested no input is
// begun; those left are errors of kind Interrupted.
template <typename Answer>
std::vector<Result<Answer>> answer_all(
    std::span<const std::string> inputs, int jobs,
    const std::function<Result<Answer>(const std::string&)>& work,
    const std::function<void(size_t)>& done = {},
    const std::stop_token& stop = {}) {
  std::vector<Result<Answer>> answers(
      inputs.size(), Error(ErrorKind::Interrupted, "stopped before its turn"));
  std::atomic<size_t> next = 0, finished = 0;
  const auto run = [&] {
    for (size_t i = next++; i < inputs.size() && !stop.stop_requested();
         i = next++) {
      answers[i] = work(inputs[i]);
      const size_t count = ++finished;
      if (done) done(count);
    }
  };
  std::vector<std::jthread> threads;
  const size_t count = std::min<size_t>(std::max(jobs, 1), inputs.size());
  for (size_t i = 1; i < count; ++i) threads.emplace_back(run);
  run();
  threads.clear();
  return answers;
}

}  // namespace hone::toolkit
