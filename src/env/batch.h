// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Several environments that step together, each with a worker of its own: the
// requests go out before the first answer is waited for, so the workers work at
// the same time and no threads are needed here.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "env/environment.h"

namespace hone::env {

class Batch {
 public:
  static Result<Batch> make(std::string_view name,
                            const EnvironmentOptions& options, size_t size);

  size_t size() const { return environments_.size(); }
  Environment& at(size_t index) { return *environments_[index]; }

  // One benchmark for each environment, or one for all.
  Result<std::vector<Step>> reset(std::span<const std::string> benchmarks);
  // One action for each environment; those of `idle` take none, and their
  // steps are empty.
  Result<std::vector<Step>> step(std::span<const int64_t> actions,
                                 std::span<const size_t> idle = {});

 private:
  std::vector<std::unique_ptr<Environment>> environments_;
};

}  // namespace hone::env
