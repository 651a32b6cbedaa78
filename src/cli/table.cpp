// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/console.h"

namespace hone::cli {

std::string Table::text(size_t indent) const {
  std::vector<size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_)
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], text_width(row[i]));
  std::string text;
  for (const auto& row : rows_) {
    std::string line(indent, ' ');
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      const std::string gap(widths[i] - text_width(row[i]), ' ');
      line += columns_[i] == Align::Right ? gap + row[i] : row[i] + gap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string bar(double share, size_t width) {
  constexpr std::string_view kEighths[] = {"",  "▏", "▎", "▍",
                                           "▌", "▋", "▊", "▉"};
  const double clamped = std::clamp(share, 0.0, 1.0);
  const auto eighths = static_cast<size_t>(
      std::lround(clamped * static_cast<double>(width) * 8));
  std::string text;
  for (size_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kEighths[eighths % 8];
  return text;
}

std::string percent_change(uint64_t from, uint64_t to) {
  if (from == to || from == 0) return from == to ? "0.0 %" : "new";
  const double change =
      (static_cast<double>(to) / static_cast<double>(from) - 1) * 100;
  return fmt::format("{:+.1f} %", change);
}

}  // namespace hone::cli
