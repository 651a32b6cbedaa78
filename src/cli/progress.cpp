// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/progress.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "cli/table.h"

namespace hone::cli {

namespace {

constexpr size_t kBarWidth = 20;
// Without a terminal: improvements smaller than this wait for the next ones.
constexpr double kWorthALine = 0.002;

double share_done(const ProgressState& state) {
  double share = 0;
  if (state.budget > 0)
    share =
        static_cast<double>(state.compiles) / static_cast<double>(state.budget);
  if (state.limit > 0) share = std::max(share, state.seconds / state.limit);
  return share;
}

std::string count_text(const ProgressState& state) {
  return state.budget > 0 ? fmt::format("{}/{}", state.compiles, state.budget)
                          : fmt::format("{} compiles", state.compiles);
}

std::string best_text(const ProgressState& state) {
  if (state.stock == 0) return "";
  return fmt::format("best {} ({})", with_thousands(state.best),
                     percent_change(static_cast<uint64_t>(state.stock),
                                    static_cast<uint64_t>(state.best)));
}

}  // namespace

std::string progress_line(const ProgressState& state, size_t width) {
  std::string drawn = bar(share_done(state), kBarWidth);
  drawn += std::string(kBarWidth - text_width(drawn), ' ');
  std::string line = "▕" + drawn + "▏ " + count_text(state);
  const std::string doing =
      state.stopping ? "stopping: checking the best so far" : state.doing;
  for (const std::string& part :
       {best_text(state), fmt::format("{:.0f} s", state.seconds), doing}) {
    if (part.empty()) continue;
    if (text_width(line) + 2 + text_width(part) > width) break;
    line += "  " + part;
  }
  return text_width(line) > width ? count_text(state) : line;
}

Progress::Progress(const Console& console, const Limits& limits,
                   std::stop_token stop)
    : console_(console),
      stop_(std::move(stop)),
      begin_(std::chrono::steady_clock::now()) {
  state_.doing = "compiling";
  if (limits.compiles < std::numeric_limits<int64_t>::max())
    state_.budget = limits.compiles;
  if (std::isfinite(limits.seconds)) state_.limit = limits.seconds;
  redraws_ = console.err_is_terminal() && !console.quiet();
  if (!redraws_) return;
  ticker_.emplace([this] {
    const std::lock_guard guard(mutex_);
    draw();
  });
}

Progress::~Progress() {
  if (!redraws_) return;
  ticker_.reset();
  console_.redraw("");
}

void Progress::step(const search::Step& step) {
  const std::lock_guard guard(mutex_);
  state_.compiles = step.compile;
  state_.stock = step.stock;
  state_.best = step.best;
  state_.doing = step.label;
  draw();
  if (!redraws_ && step.improved) {
    if (told_best_ == 0) told_best_ = step.stock;
    const double gain =
        1 - static_cast<double>(step.best) / static_cast<double>(told_best_);
    if (gain < kWorthALine) return;
    told_best_ = step.best;
    console_.note(fmt::format("{}  {}  {}", count_text(state_),
                              best_text(state_), step.label));
  }
}

void Progress::stage(std::string_view doing) {
  const std::lock_guard guard(mutex_);
  state_.doing = doing;
  draw();
  if (!redraws_) console_.note(doing);
}

void Progress::draw() {
  if (!redraws_) return;
  state_.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_)
          .count();
  state_.stopping = stop_.stop_requested();
  const auto width = static_cast<size_t>(console_.width());
  console_.redraw(progress_line(state_, width - 1));
}

}  // namespace hone::cli
