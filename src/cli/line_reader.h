// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lines of stdin: edited, remembered and completed where it is a terminal
// (libedit), read as they are where it is a file or a pipe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::cli {

// Words that may stand where the line ends; each begins with its last word.
using Completer =
    std::function<std::vector<std::string>(std::string_view line)>;

class LineReader {
 public:
  LineReader(std::string prompt, Completer complete);
  ~LineReader();

  bool is_interactive() const { return editor_ != nullptr; }
  // Without its newline; nothing at the end of the input. InvalidArgument where
  // it has more than 64 KB. At a terminal it forgets earlier interrupts
  // (interrupt.h), and Ctrl-C clears the line, which is then empty; of a file
  // or pipe an interrupt is the end.
  Result<std::optional<std::string>> read();

 private:
  // Of a file or pipe.
  Result<std::optional<std::string>> read_plain();

  struct Editor;
  std::unique_ptr<Editor> editor_;
  std::string ahead_;  // read and not yet handed over
  bool at_end_ = false;
};

}  // namespace hone::cli
