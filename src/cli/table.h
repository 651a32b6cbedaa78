// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Columns of text, as wide as their widest cell.
#pragma once

#include <string>
#include <vector>

namespace hone::cli {

enum class Align { Left, Right };

class Table {
 public:
  explicit Table(std::vector<Align> columns) : columns_(std::move(columns)) {}

  // Short rows end early; styles in cells take no room.
  void add(std::vector<std::string> cells) {
    rows_.push_back(std::move(cells));
  }
  bool empty() const { return rows_.empty(); }

  // Each line begins with `indent` blanks and has none at its end.
  std::string text(size_t indent = 0) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// A horizontal bar of eighths of a column; `share` in [0, 1].
std::string bar(double share, size_t width);

// "-7.1 %", "+0.3 %", "0.0 %": by how much `to` differs from `from`.
std::string percent_change(uint64_t from, uint64_t to);

}  // namespace hone::cli
