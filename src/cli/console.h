// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a command's words go: answers to stdout, everything else to stderr.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hone::cli {

struct ConsoleOptions {
  bool json = false;
  bool quiet = false;
  bool no_color = false;
  bool help = false;
};

enum class Style { Plain, Bold, Dim, Good, Bad };

class Console {
 public:
  // Looks at NO_COLOR, TERM and what stdout and stderr are.
  explicit Console(const ConsoleOptions& options);

  bool json() const { return options_.json; }
  bool quiet() const { return options_.quiet; }
  bool err_is_terminal() const { return err_is_terminal_; }
  // Columns of stderr's terminal; 80 where it is none.
  int width() const;

  // Words of an answer and of stderr, styled where a terminal will show them.
  std::string out_styled(Style style, std::string_view text) const;
  std::string err_styled(Style style, std::string_view text) const;

  // stdout. Io where it takes no more: a full disk, a closed descriptor.
  [[nodiscard]] Status print(std::string_view text) const;
  // Whether print has found nobody to read, as behind `| head -1`: no error
  // that anybody would want to be told of.
  bool is_reader_gone() const { return is_reader_gone_; }
  void note(std::string_view line) const;  // stderr, unless quiet
  // Replaces stderr's current line and stays on it; "" leaves it empty.
  void redraw(std::string_view line) const;
  void complain(std::string_view message) const;  // stderr: "hone: …"

 private:
  ConsoleOptions options_;
  bool out_is_terminal_ = false;
  bool err_is_terminal_ = false;
  bool colour_ = true;
  mutable bool is_reader_gone_ = false;
};

// Columns that a UTF-8 text takes: one a character, none for its styles.
size_t text_width(std::string_view text);

}  // namespace hone::cli
