// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/llvm/machine.h"

#include <fmt/format.h>
#include <llvm/CodeGen/MachineBasicBlock.h>
#include <llvm/CodeGen/MachineOptimizationRemarkEmitter.h>
#include <llvm/IR/DiagnosticHandler.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/TargetParser/Host.h>

#include <mutex>

#include "codegen/llvm/emit_kernel.h"

namespace hone::codegen {

namespace {

constexpr const char* kLinux = "x86_64-pc-linux-gnu";

void initialize_targets() {
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  });
}

CpuTarget native_target() {
  CpuTarget target{.triple = llvm::sys::getDefaultTargetTriple(),
                   .cpu = llvm::sys::getHostCPUName().str()};
  const auto features = llvm::sys::getHostCPUFeatures();
  const auto has = [&](const char* name) {
    const auto found = features.find(name);
    return found != features.end() && found->second;
  };
  for (const auto& feature : features) {
    if (!target.features.empty()) target.features += ",";
    target.features += (feature.second ? "+" : "-") + feature.first().str();
  }
  if (has("avx512f") && has("avx512vl") && has("avx512dq")) return target;
  target.vector_registers = has("neon") ? 32 : 16;
  target.vector_bytes = has("avx2") ? 32 : 16;
  target.fused = has("fma") || has("neon");
  return target;
}

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

Result<std::unique_ptr<llvm::TargetMachine>> make_machine(
    const CpuTarget& target) {
  initialize_targets();
  std::string message;
  const llvm::Triple triple(target.triple);
  const llvm::Target* found =
      llvm::TargetRegistry::lookupTarget(triple, message);
  if (found == nullptr)
    return Error(ErrorKind::Unsupported,
                 fmt::format("target '{}': {}", target.triple, message));
  llvm::TargetOptions options;
  options.UniqueSectionNames = true;
  options.FunctionSections = true;
  return std::unique_ptr<llvm::TargetMachine>(found->createTargetMachine(
      triple, target.cpu, target.features, options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
}

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

Result<std::string> generate(const std::vector<NamedKernel>& kernels,
                             const CpuTarget& target,
                             llvm::CodeGenFileType type,
                             std::map<std::string, int>& spills) {
  HONE_ASSIGN_OR_RETURN(const auto machine, make_machine(target));
  llvm::LLVMContext context;
  context.setDiagnosticHandler(std::make_unique<SpillCounter>(spills));
  llvm::Module module("kernels", context);
  module.setTargetTriple(llvm::Triple(target.triple));
  module.setDataLayout(machine->createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
  for (const NamedKernel& named : kernels)
    emit_kernel(named.kernel, named.symbol, module, {.fused = target.fused});
  simplify(module, *machine);
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager manager;
  if (machine->addPassesToEmitFile(manager, stream, nullptr, type))
    return Error(
        ErrorKind::Unsupported,
        fmt::format("target '{}' cannot write objects", target.triple));
  manager.run(module);
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace

Result<CpuTarget> find_target(std::string_view name) {
  if (name == "native") return native_target();
  if (name == "x86-64-v4")
    return CpuTarget{.triple = kLinux, .cpu = "x86-64-v4"};
  if (name == "x86-64-v3")
    return CpuTarget{.triple = kLinux,
                     .cpu = "x86-64-v3",
                     .vector_registers = 16,
                     .vector_bytes = 32};
  if (name == "x86-64-v2")
    return CpuTarget{.triple = kLinux,
                     .cpu = "x86-64-v2",
                     .vector_registers = 16,
                     .vector_bytes = 16,
                     .fused = false};
  if (name == "aarch64")
    return CpuTarget{
        .triple = "aarch64-linux-gnu", .cpu = "generic", .vector_bytes = 16};
  return Error(ErrorKind::NotFound,
               fmt::format("no target '{}'; expected native, x86-64-v2, "
                           "x86-64-v3, x86-64-v4 or aarch64",
                           name));
}

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

}  // namespace hone::codegen
