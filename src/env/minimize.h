// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which actions of an episode matter.
//
// Random and learnt episodes are mostly actions that do nothing, or whose work
// a later one does again. Minimisation drops actions in hindsight, in chunks
// that halve (Zeller and Hildebrandt, "Simplifying and isolating
// failure-inducing input", TSE 2002), until no single one can go: dropping any
// action that is left would change what has to stay. Where actions decide about
// one place after the other, dropping one would move those behind it to other
// places: there a decision is left to the stock compiler instead.
//
// A candidate is a replay in one environment, whose worker remembers the
// histories it has seen: a common beginning costs no passes. The result is
// validated in an environment of its own. Where it comes out differently there,
// all is done again with a new environment for each candidate.
#pragma once

#include <cstdint>
#include <string_view>

#include "env/environment.h"

namespace hone::env {

enum class Keep {
  Reward,  // the episode's reward, to the last digit
  State,   // the hash of its last state, and with it every reward
};

// InvalidArgument names what exists.
Result<Keep> find_keep(std::string_view name);

struct Minimized {
  Episode episode;
  int64_t left = 0;  // actions, without decisions left to the stock compiler
  int64_t replays = 0;
};

// Equal episodes give equal results. Rejected where the episode does not
// replay to what it says; InvalidArgument where a reward that is measured in
// time would have to stay.
Result<Minimized> minimize(const Episode& episode, Keep keep,
                           const EnvironmentOptions& options);

}  // namespace hone::env
