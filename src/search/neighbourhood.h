// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "search/space.h"
#include "search/trial.h"

namespace hone::search {

// First-improvement hill climbing over pipeline edits from the trial's best,
// for at most that many compiles.
void climb(Trial& trial, const Space& space, int64_t compiles);

}  // namespace hone::search
