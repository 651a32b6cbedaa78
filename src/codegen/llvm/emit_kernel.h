// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels as LLVM IR: the vectors that the kernel says, no others. What would
// second-guess it (vectorisers, the unroller) is not run on the result.
//
// Each kernel becomes one function
//
//   void NAME(void* const* pointers, const int64_t* sizes)
//
// whose arguments stand in the order of the kernel's parameters. Loads and
// stores assume the alignment of one element.
#pragma once

#include <string_view>

#include "tensor/kernel/kernel.h"

namespace llvm {
class Function;
class Module;
}  // namespace llvm

namespace hone::codegen {

// How the products of four bytes are summed.
enum class DotForm {
  Bytes,   // by one instruction of AVX-512 VNNI
  Halves,  // as numbers of 16 bits, two products at a time (SSE2 to AVX-512 BW)
  Plain,   // one product after the other
};

struct EmitOptions {
  // Where the target has no fused multiply-add, `fma` rounds twice.
  bool fused = true;
  DotForm dots = DotForm::Plain;
  int vector_bytes = 16;  // of a register, for DotForm::Halves
};

// The kernel must have passed verify_kernel(). Loop headers are named
// "loop<depth>", which is how spills are told apart (machine.h).
llvm::Function* emit_kernel(const tensor::VectorKernel& kernel,
                            std::string_view symbol, llvm::Module& module,
                            const EmitOptions& options);

}  // namespace hone::codegen
