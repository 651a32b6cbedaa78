// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An episode as text: what it takes to have it again, and what came of it. One
// line of a table of comma-separated values:
//
//   environment,benchmark,reward-space,reward,state,actions
//   llvm,file:///p/a.c,ir-instructions-oz,0.75,0d1f…,function(sroa) globaldce
//
// Actions are separated by blanks and come last, because they contain commas.
// A reward space and a state may be empty; commas in URIs are written as %2C,
// and ends of lines as %0A and %0D.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::env {

struct Episode {
  std::string environment;
  std::string benchmark;  // URI
  std::string reward_space;
  // What the episode took off the cost, in the reward's unit: computed from the
  // first and the last cost, so that it is equal to the last digit however the
  // steps were grouped.
  double reward = 0;
  std::string state;  // hash of the last state
  std::vector<std::string> actions;

  bool operator==(const Episode&) const = default;
};

inline constexpr std::string_view kEpisodeHeader =
    "environment,benchmark,reward-space,reward,state,actions";

std::string to_text(const Episode& episode);  // without a newline
Result<Episode> parse_episode(std::string_view line);
// A table with or without the header; Malformed names the line.
Result<std::vector<Episode>> parse_episodes(std::string_view table);

}  // namespace hone::env
