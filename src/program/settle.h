// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Takes out of a module what depends on where its objects lie in memory.
//
// Some passes keep values in tables that are ordered by addresses and walk
// them: equal modules then come out with uses, or operands of phi nodes, in
// another order in another process. Nobody would call that another program, but
// later passes walk these lists too (predecessors of a block are its uses), and
// some episode ends elsewhere for it. bench/step/twins_bench finds such passes.
#pragma once

#include <llvm/ADT/SmallPtrSet.h>

#include "program/pass_manners.h"

namespace llvm {
class Function;
class Module;
class PassInstrumentationCallbacks;
}  // namespace llvm

namespace hone::program {

// Puts the uses by a function's instructions before all others, the last
// instruction's first: the order of a module that has just been read. A
// constant expression counts as used where it is first seen, and dead ones are
// removed. Uses by other functions keep their order among each other. Linear,
// some 10 ns an instruction.
void settle_uses(llvm::Function& function);

// The same for every function, in their order.
void settle_uses(llvm::Module& module);

// Lists the predecessors of phi nodes in the order of blocks.
void settle_phis(llvm::Function& function);

// Does so after runs of passes, where they have been: functions that a pass has
// not touched are as they were.
class Settler {
 public:
  // Notes what passes say to have changed from then on. Not to be moved.
  explicit Settler(llvm::PassInstrumentationCallbacks& callbacks);

  void begin();  // a run
  void settle(llvm::Module& module, Manners manners);

  // Whether nothing but `touched` can have changed: passes over functions and
  // loops that are to be believed.
  bool knows(Manners manners) const { return knows_ && manners.is_honest; }
  const llvm::SmallPtrSetImpl<llvm::Function*>& touched() const {
    return touched_;
  }

 private:
  llvm::SmallPtrSet<llvm::Function*, 32> touched_;
  bool knows_ = true;
};

}  // namespace hone::program
