// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program/pass_machinery.h"

#include <fmt/format.h>
#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/Analysis/AssumptionCache.h>
#include <llvm/Analysis/BlockFrequencyInfo.h>
#include <llvm/Analysis/BranchProbabilityInfo.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/PostDominators.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/MC/TargetRegistry.h>

namespace hone::program {

using TargetMachinePtr = std::unique_ptr<llvm::TargetMachine>;

Result<TargetMachinePtr> make_pass_machine(const llvm::Triple& triple,
                                           Relocation relocation) {
  if (triple.getArch() == llvm::Triple::UnknownArch) return TargetMachinePtr();
  initialize_targets();
  std::string message;
  const llvm::Target* target =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (target == nullptr)
    return Error(ErrorKind::Unsupported,
                 fmt::format("target '{}': {}", triple.str(), message));
  std::optional<llvm::Reloc::Model> model;
  if (relocation == Relocation::Pic) model = llvm::Reloc::PIC_;
  return TargetMachinePtr(target->createTargetMachine(
      triple, "", "", llvm::TargetOptions(), model, std::nullopt,
      llvm::CodeGenOptLevel::Default));
}

PassMachinery::PassMachinery(llvm::Module& like, TargetMachinePtr machine)
    : machine(std::move(machine)),
      // Skips optional passes on optnone functions, as opt does.
      instrumentations(like.getContext(), /*DebugLogging=*/false),
      builder(this->machine.get(), llvm::PipelineTuningOptions(), std::nullopt,
              &callbacks),
      library(like.getTargetTriple()) {
  instrumentations.registerCallbacks(callbacks, &modules);
  functions.registerPass(
      [this] { return llvm::TargetLibraryAnalysis(library); });
  functions.registerPass([this] { return builder.buildDefaultAAPipeline(); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
}

void PassMachinery::forget() {
  modules.clear();
  sccs.clear();
  functions.clear();
  loops.clear();
}

void PassMachinery::forget_impure(
    llvm::Module& module,
    const llvm::SmallPtrSetImpl<llvm::Function*>& touched) {
  // Without its proxy the manager of functions would not be told.
  if (modules.getCachedResult<llvm::FunctionAnalysisManagerModuleProxy>(
          module) == nullptr) {
    forget();
    return;
  }
  for (llvm::Function* const function : touched)
    functions.clear(*function, function->getName());
  llvm::PreservedAnalyses pure;
  pure.preserve<llvm::AssumptionAnalysis>();
  pure.preserve<llvm::BlockFrequencyAnalysis>();
  pure.preserve<llvm::BranchProbabilityAnalysis>();
  pure.preserve<llvm::DominatorTreeAnalysis>();
  pure.preserve<llvm::LoopAnalysis>();
  pure.preserve<llvm::PostDominatorTreeAnalysis>();
  pure.preserve<llvm::TargetIRAnalysis>();
  pure.preserve<llvm::TargetLibraryAnalysis>();
  pure.preserve<llvm::FunctionAnalysisManagerModuleProxy>();
  modules.invalidate(module, pure);
  sccs.clear();
  loops.clear();
}

}  // namespace hone::program
