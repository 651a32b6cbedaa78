// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "search/search.h"

namespace hone::search {

// In the table's order, which is that of the measured gain: a knob that helps
// stays for the rest of the run, so that one pass over the table takes one
// compile a value. A second pass tries again what may help now.
void search_knobs(Trial& trial, const Space& space) {
  constexpr int kRounds = 2;
  for (int round = 0; round < kRounds && !trial.exhausted(); ++round) {
    bool improved = false;
    for (const KnobChoice& choice : space.knobs) {
      const int64_t before = trial.best_cost();
      trial.evaluate_one(with_knob(trial.best(), choice), choice.option);
      improved |= trial.best_cost() < before;
      if (trial.exhausted()) return;
    }
    if (!improved) return;
  }
}

}  // namespace hone::search
