// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a Module holds, for the files that implement it.
#pragma once

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
};

}  // namespace hone::program
