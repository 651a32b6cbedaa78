// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Has a pass changed a module? Some say no, and have set flags, alignments,
// attributes or metadata, or have set uses anew, whose order later passes see.
// A worker that believed them would take the next action from another state
// than one that has just run them.
#pragma once

#include <cstdint>

namespace llvm {
class Module;
}

namespace hone::program {

// Of this very object: equal before and after where nothing touched the module.
// Pointers take part, so that two modules never have the same one, and a thing
// that was replaced by its like counts as a change. Linear, some 20 ns an
// instruction.
uint64_t fingerprint(const llvm::Module& module);

}  // namespace hone::program
