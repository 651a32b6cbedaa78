// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An episode as rows of the store: its beginning, and one step of all its
// actions, whose observation is the identity of the last state.
#pragma once

#include <vector>

#include "env/episode.h"
#include "store/store.h"

namespace hone::service {

Result<std::vector<store::StepRow>> episode_rows(const env::Episode& episode);

}  // namespace hone::service
