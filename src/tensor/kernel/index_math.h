// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Arithmetic on indices, shared by whoever folds or evaluates them.
#pragma once

#include <algorithm>
#include <cstdint>

#include "tensor/kernel/kernel.h"

namespace hone::tensor {

// Wraps like the machine; division rounds down, by 0 gives 0.
inline int64_t apply_index(KernelIndex::Kind kind, int64_t a, int64_t b) {
  using K = KernelIndex::Kind;
  const auto ua = static_cast<uint64_t>(a);
  const auto ub = static_cast<uint64_t>(b);
  switch (kind) {
    case K::Add:
      return static_cast<int64_t>(ua + ub);
    case K::Sub:
      return static_cast<int64_t>(ua - ub);
    case K::Mul:
      return static_cast<int64_t>(ua * ub);
    case K::Div:
    case K::Mod: {
      if (b == 0) return 0;
      if (b == -1) return kind == K::Div ? static_cast<int64_t>(0 - ua) : 0;
      const int64_t q = a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
      return kind == K::Div ? q : a - q * b;
    }
    case K::Min:
      return std::min(a, b);
    case K::Max:
      return std::max(a, b);
    default:
      return 0;
  }
}

}  // namespace hone::tensor
