// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whole numbers from 0 to 255 as bytes.
#pragma once

#include "tensor/kernel/kernel_builder.h"

namespace hone::tensor {

// An integer whose lowest byte is the number: a sum with 2^23 has it in its
// lowest bits, without a conversion that must saturate. To be stored as U8.
inline Reg byte_of_whole(KernelBuilder& b, Reg number) {
  return b.apply(KernelOp::AsInt,
                 {b.apply(KernelOp::Add, {number, b.constant(0x1p23)})});
}

}  // namespace hone::tensor
