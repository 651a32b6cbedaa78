// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which rules may run in an iteration, and how many matches they may have.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hone::rewrite::egraph {

struct Schedule {
  // Simple: every rule in every iteration. Backoff (egg's): a rule with more
  // new matches than its limit is banned, its matches are dropped, and both
  // limit and ban double each time; matches are found again after the ban.
  // egg counts all matches of a rule, semi-naive matching only the new ones.
  bool backoff = false;
  uint32_t match_limit = 1000;
  uint32_t ban_length = 5;
};

class Scheduler {
 public:
  Scheduler(Schedule schedule, size_t rules)
      : schedule_(schedule), rules_(rules) {}

  bool may_run(uint32_t rule, uint64_t iteration) const {
    return rules_[rule].banned_until <= iteration;
  }
  // The most matches that the rule may have in one iteration.
  uint64_t limit(uint32_t rule) const {
    if (!schedule_.backoff) return UINT64_MAX;
    return uint64_t{schedule_.match_limit} << rules_[rule].bans;
  }
  void ban(uint32_t rule, uint64_t iteration) {
    State& state = rules_[rule];
    state.banned_until =
        iteration + 1 + (uint64_t{schedule_.ban_length} << state.bans);
    if (state.bans < kMaxBans) ++state.bans;
  }
  // Where nothing is left to do but for banned rules: ends the shortest bans.
  void end_shortest_bans(uint64_t iteration);

 private:
  static constexpr uint32_t kMaxBans = 20;
  struct State {
    uint64_t banned_until = 0;
    uint32_t bans = 0;
  };
  Schedule schedule_;
  std::vector<State> rules_;
};

}  // namespace hone::rewrite::egraph
