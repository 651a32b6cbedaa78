// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/missing_code.h"

#include <llvm/IR/Function.h>
#include <llvm/IR/Module.h>

#include <algorithm>

namespace hone::program {

namespace {

bool must_be_inlined(const llvm::Function& function) {
  return function.hasFnAttribute(llvm::Attribute::AlwaysInline);
}

bool has_no_code(const llvm::Function& function) {
  return function.hasAvailableExternallyLinkage() && must_be_inlined(function);
}

}  // namespace

Status inline_missing_code(Module& module, Relocation relocation) {
  llvm::Module& functions = module.llvm_module();
  if (std::none_of(functions.begin(), functions.end(),
                   [](const llvm::Function& function) {
                     return has_no_code(function) && !function.use_empty();
                   }))
    return {};
  // The pass would take the others too.
  for (llvm::Function& function : functions)
    if (must_be_inlined(function) && !has_no_code(function))
      function.removeFnAttr(llvm::Attribute::AlwaysInline);
  return module.run("always-inline", relocation);
}

}  // namespace hone::program
