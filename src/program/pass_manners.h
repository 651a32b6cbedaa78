// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known about LLVM's passes that LLVM does not say, and what has to be
// looked at or put right after they have run. bench/step/twins_bench finds it.
#pragma once

#include <string_view>

namespace hone::program {

struct Manners {
  // Its passes can be believed when they say that nothing changed.
  bool is_honest = true;
  // It is a single pass that lists predecessors of phi nodes in an order of
  // addresses; what whole pipelines make is to be opt's to the last bit.
  bool orders_phis = false;
};

// Of all passes of a pipeline. What is no stable pass of the table is not to be
// believed.
Manners manners_of(std::string_view pipeline);

}  // namespace hone::program
