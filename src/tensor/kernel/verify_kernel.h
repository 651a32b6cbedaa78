// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rules of kernels.
//
// * Operands have the types that the operation's signature asks for; loads and
//   stores have the lane of their element; `lanes` and `stride` belong to
//   vectors.
// * A register is written on every path before it is read. What a loop's body
//   writes does not count behind the loop, which may run no time.
// * A variable is defined once and read below its definition, in its block.
// * Steps are positive; divisors are positive constants or parameters, so that
//   no back end needs a sign.
// * Nesting is at most 64 deep; the kernel's width is a power of two from 1
//   to 64.
#pragma once

#include "base/result.h"
#include "tensor/kernel/kernel.h"

namespace hone::tensor {

// The type of an operation's result, given that of its last operand.
RegisterType result_type(KernelOp op, RegisterType last);

// Malformed names the kernel, the statement and the rule.
Status verify_kernel(const VectorKernel& kernel);

}  // namespace hone::tensor
