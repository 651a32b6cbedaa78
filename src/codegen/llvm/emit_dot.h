// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// KernelOp::Dot as instructions. All forms give the same numbers: none of them
// saturates.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include "codegen/llvm/emit_kernel.h"

namespace hone::codegen {

// v: a, b, c. Halves are done in pieces of `vector_bytes`.
llvm::Value* emit_dot(llvm::IRBuilder<>& b, llvm::ArrayRef<llvm::Value*> v,
                      DotForm form, int vector_bytes);

}  // namespace hone::codegen
