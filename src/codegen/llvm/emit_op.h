// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// One operation of the vector-kernel IR as LLVM instructions. Included only by
// sources of codegen/llvm.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include "tensor/kernel/kernel.h"

namespace hone::codegen {

llvm::Value* emit_op(llvm::IRBuilder<>& b, tensor::KernelOp op,
                     llvm::ArrayRef<llvm::Value*> v, int lanes, bool fused);

}  // namespace hone::codegen
