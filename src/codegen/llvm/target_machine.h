// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLVM's code generator for one target. Included only by sources of codegen
// that include LLVM.
#pragma once

#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "codegen/llvm/machine.h"

namespace hone::codegen {

Result<std::unique_ptr<llvm::TargetMachine>> make_machine(
    const CpuTarget& target);

// Gives a new module the target's triple and layout.
void prepare_module(llvm::Module& module, llvm::TargetMachine& machine);

// Objects or assembly, of a module that has been prepared.
Result<std::string> write_module(llvm::Module& module,
                                 llvm::TargetMachine& machine,
                                 llvm::CodeGenFileType type);

}  // namespace hone::codegen
