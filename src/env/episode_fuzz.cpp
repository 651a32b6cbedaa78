// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tables of episodes and the URIs in them, as somebody may have edited them.
#include "env/benchmark.h"
#include "env/episode.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto episodes = hone::env::parse_episodes(text);
  if (!episodes.ok()) return 0;
  for (const hone::env::Episode& episode : *episodes) {
    (void)hone::env::parse_uri(episode.benchmark);
    // What is written can be read, and stays what it is.
    const std::string line = to_text(episode);
    HONE_CHECK(line.find('\n') == std::string::npos);
    const auto again = hone::env::parse_episode(line);
    HONE_CHECK(again.ok() && to_text(*again) == line);
  }
  return 0;
}
