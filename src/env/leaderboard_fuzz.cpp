// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Leaderboards, as somebody may have edited them: what parses is written and
// parses again.
#include "env/leaderboard.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto lines = hone::env::parse_board(text);
  if (!lines.ok()) return 0;
  for (const hone::env::BoardLine& line : *lines) {
    const auto again = hone::env::parse_board(hone::env::to_text(line));
    HONE_CHECK(again.ok() && again->size() == 1);
  }
  return 0;
}
