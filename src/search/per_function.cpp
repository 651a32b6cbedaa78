// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/compose.h"
#include "search/search.h"

namespace hone::search {

void search_per_function(Trial& trial, const Space& space) {
  compose(trial, space, trial.best());
}

}  // namespace hone::search
