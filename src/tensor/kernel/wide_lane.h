// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the operations mean on wide lanes, f64 by their bits and i64.
#pragma once

#include <cstdint>

#include "tensor/kernel/kernel.h"

namespace hone::tensor {

// The result's bits; a mask is 0 or 1.
uint64_t apply_wide(KernelOp op, uint64_t a, uint64_t b, uint64_t c,
                    bool fused);

// Towards zero; 0 where b is 0, and -2^63 / -1 wraps.
int64_t divide_to_zero(int64_t a, int64_t b);

}  // namespace hone::tensor
