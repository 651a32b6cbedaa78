// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/llvm/target_machine.h"

#include <fmt/format.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/MC/MCSubtargetInfo.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/TargetParser/Host.h>

#include <span>

namespace hone::codegen {

namespace {

constexpr const char* kLinux = "x86_64-pc-linux-gnu";
constexpr const char* kArm = "aarch64-unknown-linux-gnu";

void initialize_targets() {
  // A static, not std::call_once, whose thread-local variables no library can
  // be loaded with late: Ray's workers load the Python module after others.
  [[maybe_unused]] static const bool done = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmPrinter();
    return true;
  }();
}

constexpr std::string_view kLeastArm = "generic";

// Best first.
std::span<const CpuTarget> x86_levels() {
  static const CpuTarget levels[] = {{.triple = kLinux,
                                      .cpu = "x86-64-v4",
                                      .features = "+avx512vnni",
                                      .dots = true},
                                     {.triple = kLinux, .cpu = "x86-64-v4"},
                                     {.triple = kLinux,
                                      .cpu = "x86-64-v3",
                                      .vector_registers = 16,
                                      .vector_bytes = 32},
                                     {.triple = kLinux,
                                      .cpu = "x86-64-v2",
                                      .vector_registers = 16,
                                      .vector_bytes = 16,
                                      .fused = false}};
  return levels;
}

std::string name_of(const CpuTarget& level) {
  return level.dots ? level.cpu + "-vnni" : level.cpu;
}

// What code of a level relies on.
const char* features_of(const CpuTarget& level) {
  if (level.dots) return "+avx512f,+avx512bw,+avx512dq,+avx512vl,+avx512vnni";
  if (level.vector_bytes == 64) return "+avx512f,+avx512bw,+avx512dq,+avx512vl";
  return level.fused ? "+avx2,+fma,+bmi2,+f16c" : "+sse4.2,+popcnt,+ssse3";
}

// What LLVM knows of a processor.
Result<std::unique_ptr<llvm::MCSubtargetInfo>> processor_of(
    const char* triple, std::string_view cpu) {
  std::string message;
  const llvm::Triple name(triple);
  const llvm::Target* const target =
      llvm::TargetRegistry::lookupTarget(name, message);
  if (target == nullptr)
    return Error(ErrorKind::Unsupported,
                 fmt::format("target '{}': {}", triple, message));
  // Of an unknown processor LLVM writes to standard error.
  std::unique_ptr<llvm::MCSubtargetInfo> info(
      target->createMCSubtargetInfo(name, "", ""));
  if (!info->isCPUStringValid(cpu))
    return Error(
        ErrorKind::NotFound,
        fmt::format("no processor '{}' of {}; expected baseline, native{} or a "
                    "name that clang-22 --target={} --print-supported-cpus "
                    "lists",
                    cpu, name.getArchName().str(),
                    name.isAArch64() ? ", generic"
                                     : ", x86-64-v2, x86-64-v3, x86-64-v4",
                    triple));
  info.reset(target->createMCSubtargetInfo(name, cpu, ""));
  return info;
}

// The newest level of x86-64 that a processor has: what is newer than that is
// of no use to f32 kernels, and a level is what the runtime can ask for.
Result<CpuTarget> x86_processor(std::string_view cpu) {
  HONE_ASSIGN_OR_RETURN(const auto info, processor_of(kLinux, cpu));
  for (CpuTarget level : x86_levels()) {
    if (!info->checkFeatures(features_of(level))) continue;
    level.tuned = cpu;
    return level;
  }
  return Error(ErrorKind::Unsupported,
               fmt::format("processor '{}' has less than x86-64-v2", cpu));
}

Result<CpuTarget> arm_processor(std::string_view cpu) {
  CpuTarget target = {
      .triple = kArm, .cpu = std::string(kLeastArm), .vector_bytes = 16};
  if (cpu == kLeastArm) return target;
  HONE_ASSIGN_OR_RETURN(const auto info, processor_of(kArm, cpu));
  if (!info->checkFeatures("+neon"))
    return Error(ErrorKind::Unsupported,
                 fmt::format("processor '{}' has no vectors", cpu));
  target.tuned = cpu;
  return target;
}

std::string_view native_level() {
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

Result<std::string> find_triple(std::string_view name) {
  const llvm::Triple triple(
      name.empty() ? llvm::sys::getDefaultTargetTriple()
                   : llvm::Triple::normalize(llvm::StringRef(name)));
  if (triple.isOSLinux()) {
    if (triple.getArch() == llvm::Triple::x86_64) return std::string(kLinux);
    if (triple.getArch() == llvm::Triple::aarch64) return std::string(kArm);
  }
  return Error(ErrorKind::Unsupported,
               fmt::format("target '{}': expected a Linux on x86-64 or "
                           "AArch64, such as aarch64-linux-gnu",
                           name));
}

Result<CpuTarget> find_target(std::string_view cpu, std::string_view triple) {
  initialize_targets();
  HONE_ASSIGN_OR_RETURN(const std::string known, find_triple(triple));
  const bool is_arm = known == kArm;
  if (cpu == "native") {
    if (known != find_triple("").value())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("'native' is this machine's processor, and none "
                               "of target '{}': name one, or baseline",
                               triple));
    cpu = is_arm ? kLeastArm : native_level();
  }
  if (is_arm) return arm_processor(cpu);
  for (const CpuTarget& level : x86_levels())
    if (cpu == name_of(level)) return level;
  return x86_processor(cpu);
}

bool runs_on(const CpuTarget& code, const CpuTarget& machine) {
  return code.triple == machine.triple &&
         code.vector_bytes <= machine.vector_bytes &&
         code.vector_registers <= machine.vector_registers &&
         (machine.fused || !code.fused) && (machine.dots || !code.dots);
}

}  // namespace hone::codegen
