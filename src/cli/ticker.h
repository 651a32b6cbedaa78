// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls a function five times a second, on a thread of its own, while it lives:
// a line that shows the time must be drawn though nothing happens.
#pragma once

#include <functional>
#include <thread>

namespace hone::cli {

class Ticker {
 public:
  explicit Ticker(std::function<void()> tick);

 private:
  std::jthread thread_;
};

}  // namespace hone::cli
