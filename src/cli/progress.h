// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a running search shows on stderr: one line that is redrawn on a
// terminal, a line for each improvement otherwise.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "cli/console.h"
#include "cli/ticker.h"
#include "search/trial.h"

namespace hone::cli {

struct ProgressState {
  int64_t compiles = 0;
  int64_t budget = 0;  // 0: counted in seconds
  double limit = 0;    // seconds; 0: none
  int64_t stock = 0;
  int64_t best = 0;
  std::string doing;  // "attributes", "checking 14 functions"
  double seconds = 0;
  bool stopping = false;
};

// One line, no wider than `width` columns: bar, count, best and its gain, what
// is tried, elapsed time; what does not fit is left out from the right.
std::string progress_line(const ProgressState& state, size_t width);

class Progress {
 public:
  Progress(const Console& console, const Limits& limits, std::stop_token stop);
  ~Progress();  // clears its line

  void step(const search::Step& step);
  void stage(std::string_view doing);

 private:
  void draw();

  const Console& console_;
  std::stop_token stop_;
  std::chrono::steady_clock::time_point begin_;
  std::mutex mutex_;  // the ticker's thread draws too
  ProgressState state_;
  bool redraws_ = false;
  int64_t told_best_ = 0;  // as last printed, where no line is redrawn
  std::optional<Ticker> ticker_;
};

}  // namespace hone::cli
