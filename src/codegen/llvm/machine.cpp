// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/llvm/machine.h"

#include <llvm/CodeGen/MachineBasicBlock.h>
#include <llvm/CodeGen/MachineOptimizationRemarkEmitter.h>
#include <llvm/IR/DiagnosticHandler.h>
#include <llvm/IR/DiagnosticInfo.h>

#include "codegen/llvm/emit_kernel.h"
#include "codegen/llvm/target_machine.h"

namespace hone::codegen {

namespace {

// Collects the allocator's remarks: "n reloads generated in loop".
class SpillCounter : public llvm::DiagnosticHandler {
 public:
  explicit SpillCounter(std::map<std::string, int>& spills) : spills_(spills) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getKind() != llvm::DK_MachineOptimizationRemarkMissed)
      return false;
    const auto& remark =
        static_cast<const llvm::MachineOptimizationRemarkMissed&>(info);
    if (!remark.getRemarkName().starts_with("LoopSpillReload")) return true;
    // Innermost loops are single blocks here.
    const llvm::MachineBasicBlock* const block = remark.getBlock();
    if (block != nullptr && !block->isSuccessor(block)) return true;
    int count = 0;
    for (const auto& argument : remark.getArgs())
      if (argument.Key.find("NumSpills") != std::string::npos ||
          argument.Key.find("NumReloads") != std::string::npos ||
          argument.Key.find("NumFoldedReloads") != std::string::npos ||
          argument.Key.find("NumFoldedSpills") != std::string::npos)
        count += std::atoi(argument.Val.c_str());
    if (count > 0) spills_[remark.getFunction().getName().str()] += count;
    return true;
  }

  bool isAnalysisRemarkEnabled(llvm::StringRef) const override { return false; }
  bool isMissedOptRemarkEnabled(llvm::StringRef pass) const override {
    return pass == "regalloc";
  }
  bool isPassedOptRemarkEnabled(llvm::StringRef) const override {
    return false;
  }
  bool isAnyRemarkEnabled() const override { return true; }

 private:
  std::map<std::string, int>& spills_;
};

// Registers become values, equal addresses one; what does not change in a loop
// leaves it. Nothing here widens, unrolls or reorders arithmetic.
void simplify(llvm::Module& module, llvm::TargetMachine& machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder passes(&machine);
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(sccs);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, sccs, modules);
  llvm::ModulePassManager manager;
  llvm::cantFail(passes.parsePassPipeline(
      manager,
      "function(mem2reg,early-cse,loop-mssa(licm),early-cse,instsimplify)"));
  manager.run(module, modules);
}

void fill(llvm::Module& module, const std::vector<NamedKernel>& kernels,
          const CpuTarget& target, llvm::TargetMachine& machine) {
  prepare_module(module, machine);
  for (const NamedKernel& named : kernels)
    emit_kernel(named.kernel, named.symbol, module,
                {.fused = target.fused,
                 .dots = target.dots                        ? DotForm::Bytes
                         : module.getTargetTriple().isX86() ? DotForm::Halves
                                                            : DotForm::Plain,
                 .vector_bytes = target.vector_bytes});
  if (!target.tuned.empty())
    for (llvm::Function& function : module)
      function.addFnAttr("tune-cpu", target.tuned);
  simplify(module, machine);
}

Result<std::string> generate(const std::vector<NamedKernel>& kernels,
                             const CpuTarget& target,
                             llvm::CodeGenFileType type,
                             std::map<std::string, int>& spills) {
  HONE_ASSIGN_OR_RETURN(const auto machine, make_machine(target));
  llvm::LLVMContext context;
  context.setDiagnosticHandler(std::make_unique<SpillCounter>(spills));
  llvm::Module module("kernels", context);
  fill(module, kernels, target, *machine);
  return write_module(module, *machine, type);
}

}  // namespace

Result<MachineCode> compile_kernels(const std::vector<NamedKernel>& kernels,
                                    const CpuTarget& target) {
  MachineCode code;
  HONE_ASSIGN_OR_RETURN(
      code.object, generate(kernels, target, llvm::CodeGenFileType::ObjectFile,
                            code.spills));
  return code;
}

Result<std::string> assemble_kernels(const std::vector<NamedKernel>& kernels,
                                     const CpuTarget& target) {
  std::map<std::string, int> spills;
  return generate(kernels, target, llvm::CodeGenFileType::AssemblyFile, spills);
}

Result<std::string> print_llvm(const std::vector<NamedKernel>& kernels,
                               const CpuTarget& target) {
  HONE_ASSIGN_OR_RETURN(const auto machine, make_machine(target));
  llvm::LLVMContext context;
  llvm::Module module("kernels", context);
  fill(module, kernels, target, *machine);
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return text;
}

}  // namespace hone::codegen
