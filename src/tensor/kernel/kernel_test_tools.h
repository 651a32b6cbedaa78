// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests of kernels and of what is made of them.
#pragma once

#include <vector>

#include "base/random.h"
#include "tensor/kernel/interpret_kernel.h"

namespace hone::tensor {

template <typename T>
KernelBuffer buffer_of(std::vector<T>& values) {
  return {reinterpret_cast<std::byte*>(values.data()),
          static_cast<int64_t>(values.size() * sizeof(T))};
}

// Numbers of a few bits, whose sums and products are exact.
inline std::vector<float> small_numbers(size_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values)
    value = static_cast<float>(static_cast<int>(random.below(17)) - 8) / 4;
  return values;
}

}  // namespace hone::tensor
