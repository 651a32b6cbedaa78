// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "search/space.h"
#include "search/trial.h"

namespace hone::search {

// Hill climbing over pipeline edits from `base`, for about that many compiles;
// returns the best it met. `base` should have no alternatives: each of them
// would be compiled anew for every neighbour.
program::Recipe climb(Trial& trial, const Space& space, program::Recipe base,
                      int64_t compiles);

}  // namespace hone::search
