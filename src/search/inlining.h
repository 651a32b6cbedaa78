// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "search/space.h"
#include "search/trial.h"

namespace hone::search {

// Tries inline=always, and inline=never for what the base has inlined, on each
// function before the passes run, smallest first, for about that many compiles;
// joins what helped alone; returns the best it met.
program::Recipe choose_inlining(Trial& trial, program::Recipe base,
                                int64_t compiles);

}  // namespace hone::search
