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
  // it has more than 64 KB.
  Result<std::optional<std::string>> read();

 private:
  struct Editor;
  std::unique_ptr<Editor> editor_;
};

}  // namespace hone::cli
