// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLVM's pass builder with its managers of analyses, set up as opt does, for
// the files of this room that run passes.
#pragma once

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Passes/StandardInstrumentations.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>

#include "program/module.h"

namespace hone::program {

// As opt makes it: functions bring their own CPU and features. Nothing where
// the IR names no target; opt's passes then know none.
Result<std::unique_ptr<llvm::TargetMachine>> make_pass_machine(
    const llvm::Triple& triple, Relocation relocation);

// In the order of construction: the managers refer to each other and to the
// builder, and are destroyed before what they refer to.
struct PassMachinery {
  PassMachinery(llvm::Module& like,
                std::unique_ptr<llvm::TargetMachine> machine);

  void forget();  // every analysis

  // Every analysis of these functions; of the others those that are not pure:
  // what is computed afresh from the same IR would be another object but the
  // same answer. A memory SSA that has been optimised is not, nor is whatever
  // is computed as it is asked for.
  void forget_impure(llvm::Module& module,
                     const llvm::SmallPtrSetImpl<llvm::Function*>& touched);

  std::unique_ptr<llvm::TargetMachine> machine;
  llvm::PassInstrumentationCallbacks callbacks;
  llvm::StandardInstrumentations instrumentations;
  llvm::PassBuilder builder;
  llvm::TargetLibraryInfoImpl library;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
};

}  // namespace hone::program
