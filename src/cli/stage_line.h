// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a command that takes seconds is doing, where stderr is a terminal: one
// line that is redrawn from the second second on, and gone at the end.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "cli/ticker.h"

namespace hone::cli {

class StageLine {
 public:
  // `subject`: what is worked on.
  StageLine(const Console& console, std::string subject);
  ~StageLine();

  void stage(std::string_view doing);

 private:
  void draw();

  const Console& console_;
  const std::string subject_;
  const std::chrono::steady_clock::time_point begin_;
  std::mutex mutex_;  // the ticker's thread draws
  std::string doing_;
  bool is_drawn_ = false;
  std::optional<Ticker> ticker_;  // none: nothing is shown
};

}  // namespace hone::cli
