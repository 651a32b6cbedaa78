// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels as machine code.
//
// Compiling many kernels at once shares LLVM's fixed costs: one module, one
// object. Which kernels spill in their innermost loops is part of the answer,
// because it is the cliff that a register tile falls off: LLVM's allocator says
// it in its remarks.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/kernel/kernel.h"

namespace hone::codegen {

// What code is made for.
struct CpuTarget {
  std::string triple;    // "x86_64-pc-linux-gnu"
  std::string cpu;       // whose instructions are used: "x86-64-v4"
  std::string features;  // "+avx512f,…", added to the CPU's own
  std::string tuned;     // for which they are ordered; empty: `cpu`
  int vector_registers = 32;
  int vector_bytes = 64;
  bool fused = true;  // has fused multiply-add
  bool dots = false;  // has products of bytes: AVX-512 VNNI
};

// The form that CpuTarget has, of a triple of a Linux on x86-64 or AArch64, of
// which others are Unsupported; empty: this machine's.
Result<std::string> find_triple(std::string_view triple);

// `cpu` is "native", a level of x86-64 ("x86-64-v2" to "x86-64-v4",
// "x86-64-v4-vnni"), "generic" of AArch64, or a processor that LLVM knows
// ("znver4", "cortex-a76"): the level that it has, tuned for it, since a level
// is what the runtime asks for. NotFound for other processors.
Result<CpuTarget> find_target(std::string_view cpu,
                              std::string_view triple = "");

// Whether the first may run where the second does.
bool runs_on(const CpuTarget& code, const CpuTarget& machine);

struct NamedKernel {
  std::string symbol;
  tensor::VectorKernel kernel;
};

struct MachineCode {
  std::string object;  // a relocatable ELF file
  // Symbol to stack accesses within its innermost loops, where not 0.
  std::map<std::string, int> spills;
};

Result<MachineCode> compile_kernels(const std::vector<NamedKernel>& kernels,
                                    const CpuTarget& target);

// What LLVM makes of them, for people: assembly.
Result<std::string> assemble_kernels(const std::vector<NamedKernel>& kernels,
                                     const CpuTarget& target);

// The same as LLVM IR, as the code generator gets it.
Result<std::string> print_llvm(const std::vector<NamedKernel>& kernels,
                               const CpuTarget& target);

}  // namespace hone::codegen
