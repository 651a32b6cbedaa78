// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLVM's CloneModule in half its time. Most of that goes into a map that
// registers two handles for each value with the context, so that it may be
// deleted; no value is deleted while a module is copied.
#pragma once

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/ValueMapper.h>

#include <memory>

namespace hone::program {

// What became of each value of a module that was copied.
class Copies {
 public:
  // Null where nothing did, as of constants that only dead ones refer to.
  llvm::Value* lookup(const llvm::Value* value) const {
    if (llvm::Value* const copy = by_us_.lookup(value)) return copy;
    return by_llvm_.lookup(value);
  }

 private:
  friend class ModuleCopier;
  friend std::unique_ptr<llvm::Module> copy_module(const llvm::Module&,
                                                   Copies&);

  // LLVM's hash of pointers has instructions collide, whose addresses differ in
  // few bits.
  struct Key : llvm::DenseMapInfo<const llvm::Value*> {
    static unsigned getHashValue(const llvm::Value* value) {
      const auto bits = reinterpret_cast<uintptr_t>(value);
      return static_cast<unsigned>((bits * 0x9E3779B97F4A7C15u) >> 32);
    }
  };

  // Instructions, blocks and arguments; none in a module with debug
  // information, which refers to them in more ways and is left to LLVM.
  llvm::DenseMap<const llvm::Value*, llvm::Value*, Key> by_us_;
  // Globals, constants, and blocks whose address is taken.
  llvm::ValueToValueMapTy by_llvm_;
};

// A copy in the same context, where phi nodes have the room that they have in
// the original; the order of uses is another. `copies` is empty before.
std::unique_ptr<llvm::Module> copy_module(const llvm::Module& original,
                                          Copies& copies);

}  // namespace hone::program
