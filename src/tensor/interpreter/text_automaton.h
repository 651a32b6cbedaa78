// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A regular expression as a table: one look-up a byte.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::tensor {

// State 0 is where a text begins.
struct TextAutomaton {
  std::array<int64_t, 256> classes;  // bytes of one class go the same ways
  int64_t class_count = 0;
  std::vector<int64_t> next;  // of each state and class; -1: none matches
  std::vector<int64_t> ends;  // of each state: 1 where a text may end there
};

// Of the whole text. Unsupported where the pattern is not understood, or has
// more states than `most`.
Result<TextAutomaton> text_automaton(std::string_view pattern,
                                     size_t most = 1 << 14);

}  // namespace hone::tensor
