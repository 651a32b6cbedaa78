// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/scheduler.h"

#include <algorithm>

namespace hone::rewrite::egraph {

void Scheduler::end_shortest_bans(uint64_t iteration) {
  uint64_t soonest = UINT64_MAX;
  for (const State& state : rules_) {
    if (state.banned_until > iteration) {
      soonest = std::min(soonest, state.banned_until);
    }
  }
  if (soonest == UINT64_MAX) return;
  const uint64_t earlier = soonest - iteration;
  for (State& state : rules_) {
    if (state.banned_until > iteration) state.banned_until -= earlier;
  }
}

}  // namespace hone::rewrite::egraph
