// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/compose.h"
#include "search/search.h"

namespace hone::search {

void search_per_function(Trial& trial, const Space& space) {
  compose(trial, trial.best(), space.variants);
}

}  // namespace hone::search
