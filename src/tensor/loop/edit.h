// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What transformations share: finding loops, copying subtrees, and what holds
// at a place of the tree.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/loop/loop_program.h"
#include "tensor/loop/oracle.h"

namespace hone::tensor {

// A loop of a tree that is being edited; good until siblings change.
struct LoopPath {
  std::vector<const LoopTree*> outer;         // from the root, without the loop
  std::vector<LoopTree>* siblings = nullptr;  // the loop is siblings[at]
  size_t at = 0;

  LoopTree& loop() const { return (*siblings)[at]; }
};

// NotFound lists the loops that there are.
Result<LoopPath> find_loop(LoopProgram& program, std::string_view name);

// Where the loops have values: sizes, facts, and the loops' ranges.
IndexFacts facts_of(const LoopProgram& program,
                    std::span<const LoopTree* const> loops);
// Below a loop, itself included.
IndexFacts facts_below(const LoopProgram& program, const LoopPath& path);

// The same subtree with loops of other names, and with tensors of its own where
// it is their home. `beside` holds names that are taken as well.
LoopTree copy_subtree(LoopProgram& program, const LoopTree& tree,
                      const std::vector<LoopTree>& beside);

// Gives tensors another home.
void move_home(LoopProgram& program, std::string_view from,
               std::string_view to);

// Takes guards, conditions, minima, quotients away that the oracle finds
// unnecessary.
void tidy(LoopProgram& program, IndexOracle& oracle);

// tidy() and the rules of programs: how every transformation ends.
Result<LoopProgram> finish_edit(LoopProgram program, IndexOracle& oracle);

// "loop 'i' …", as InvalidArgument.
Error cannot(std::string_view what, std::string_view name,
             std::string_view why);

}  // namespace hone::tensor
