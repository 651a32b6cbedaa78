// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensors of one type and one size, gathered one by one and joined along a new
// axis: what loops, scans and sequences give.
#pragma once

#include "tensor/interpreter/kernel.h"

namespace hone::tensor {

class Stack {
 public:
  Status push(const Call& call, RunValue slice);

  // `empty` says type and sizes where nothing was gathered. With `reversed` the
  // last one comes first.
  Result<Tensor> join(const Call& call, int64_t axis, const Type& empty,
                      bool reversed = false) const;

 private:
  std::vector<RunValue> slices_;
};

// The i-th slice along an axis, without that axis.
Result<Tensor> slice_at(const Call& call, const Tensor& x, int64_t axis,
                        int64_t i);

// Tensors put together along an axis that they have.
Result<Tensor> concatenate(const Call& call,
                           std::span<const Tensor* const> parts, int64_t axis);

}  // namespace hone::tensor
