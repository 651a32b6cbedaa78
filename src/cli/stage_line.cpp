// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/stage_line.h"

#include <fmt/format.h>

namespace hone::cli {

StageLine::StageLine(const Console& console, std::string subject)
    : console_(console),
      subject_(std::move(subject)),
      begin_(std::chrono::steady_clock::now()) {
  if (console.err_is_terminal() && !console.quiet())
    ticker_.emplace([this] { draw(); });
}

StageLine::~StageLine() {
  ticker_.reset();
  if (is_drawn_) console_.redraw("");
}

void StageLine::stage(std::string_view doing) {
  const std::lock_guard guard(mutex_);
  doing_ = doing;
}

void StageLine::draw() {
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_)
          .count();
  if (seconds < 1) return;
  const std::lock_guard guard(mutex_);
  const std::string line =
      fmt::format("{}  {:.0f} s  {}", subject_, seconds, doing_);
  if (text_width(line) >= static_cast<size_t>(console_.width())) return;
  console_.redraw(line);
  is_drawn_ = true;
}

}  // namespace hone::cli
