// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a kernel means: one statement after the other, lane by lane, every
// access checked. Slow; tests hold the back ends to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "tensor/kernel/kernel.h"

namespace hone::tensor {

// Memory behind a pointer; an access outside of it is an error.
struct KernelBuffer {
  std::byte* data = nullptr;
  int64_t bytes = 0;
};

// The kernel must have passed verify_kernel(). `fused` as the target has it.
// Rejected names the statement that left its buffer; LimitReached after
// `steps` statements.
Status interpret_kernel(const VectorKernel& kernel,
                        std::span<const KernelBuffer> buffers,
                        std::span<const int64_t> sizes, bool fused = true,
                        int64_t steps = 100'000'000);

}  // namespace hone::tensor
