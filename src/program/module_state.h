// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a Module holds, for the files that implement it.
#pragma once

#include <cstdint>
#include <memory>

#include "program/module.h"

namespace llvm {
class LLVMContext;
class Module;
}  // namespace llvm

namespace hone::program {

// The context is declared first so that it outlives the module; clones share
// it.
struct Module::State {
  State();
  ~State();
  std::shared_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  uint64_t number = 0;  // Module::number()
};

}  // namespace hone::program
