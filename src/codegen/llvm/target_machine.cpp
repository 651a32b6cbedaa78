// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/llvm/target_machine.h"

#include <fmt/format.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/TargetParser/Host.h>

namespace hone::codegen {

namespace {

constexpr const char* kLinux = "x86_64-pc-linux-gnu";

void initialize_targets() {
  // A static, not std::call_once, whose thread-local variables no library can
  // be loaded with late: Ray's workers load the Python module after others.
  [[maybe_unused]] static const bool done = [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    return true;
  }();
}

// The newest level of x86-64 that this processor has: what is newer than that
// is of no use to f32 kernels, and a level is what the runtime can ask for.
std::string_view native_name() {
  if (llvm::Triple(llvm::sys::getDefaultTargetTriple()).isAArch64())
    return "aarch64";
  const auto features = llvm::sys::getHostCPUFeatures();
  const auto has = [&](const char* name) { return features.lookup(name); };
  if (has("avx512f") && has("avx512vl") && has("avx512dq") && has("avx512bw"))
    return has("avx512vnni") ? "x86-64-v4-vnni" : "x86-64-v4";
  return has("avx2") && has("fma") && has("bmi2") ? "x86-64-v3" : "x86-64-v2";
}

}  // namespace

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
  options.FunctionSections = true;
  options.DataSections = true;
  return std::unique_ptr<llvm::TargetMachine>(found->createTargetMachine(
      triple, target.cpu, target.features, options, llvm::Reloc::PIC_,
      llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
}

void prepare_module(llvm::Module& module, llvm::TargetMachine& machine) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
}

Result<std::string> write_module(llvm::Module& module,
                                 llvm::TargetMachine& machine,
                                 llvm::CodeGenFileType type) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager manager;
  if (machine.addPassesToEmitFile(manager, stream, nullptr, type))
    return Error(ErrorKind::Unsupported,
                 fmt::format("target '{}' cannot write objects",
                             machine.getTargetTriple().str()));
  manager.run(module);
  return std::string(bytes.begin(), bytes.end());
}

Result<CpuTarget> find_target(std::string_view name) {
  if (name == "native") return find_target(native_name());
  if (name == "x86-64-v4")
    return CpuTarget{.triple = kLinux, .cpu = "x86-64-v4"};
  if (name == "x86-64-v4-vnni")
    return CpuTarget{.triple = kLinux,
                     .cpu = "x86-64-v4",
                     .features = "+avx512vnni",
                     .dots = true};
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
                           "x86-64-v3, x86-64-v4, x86-64-v4-vnni or "
                           "aarch64",
                           name));
}

}  // namespace hone::codegen
