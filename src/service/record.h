// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An episode as a row of the store: what was done in `recipe`, to what in
// `mode`, what came of it in `result`.
#pragma once

#include "env/episode.h"
#include "store/store.h"

namespace hone::service {

// The key is that of environment, benchmark, reward space and actions.
Result<store::Row> episode_row(const env::Episode& episode);

}  // namespace hone::service
