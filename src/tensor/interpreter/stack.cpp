// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/stack.h"

#include <algorithm>

namespace hone::tensor {

Status Stack::push(const Call& call, RunValue slice) {
  if (!slice.is_tensor() || !slice.tensor)
    return call.error("a slice that is no tensor");
  if (!slices_.empty() && (slice.tensor->type() != slices_[0].tensor->type() ||
                           slice.tensor->dims() != slices_[0].tensor->dims()))
    return call.error("slices of different types or sizes");
  slices_.push_back(std::move(slice));
  return {};
}

Result<Tensor> Stack::join(const Call& call, int64_t axis, const Type& empty,
                           bool reversed) const {
  if (slices_.empty()) {
    Dims dims;
    if (empty.shape)
      for (const Dim& dim : *empty.shape)
        dims.push_back(dim.is_constant() ? dim.value() : 0);
    if (axis < 0) axis += static_cast<int64_t>(dims.size()) + 1;
    if (axis < 0 || axis > static_cast<int64_t>(dims.size()))
      return call.error("no axis {}", axis);
    dims.insert(dims.begin() + axis, 0);
    return call.make(empty.element.value_or(ElementType::F32), dims);
  }
  const Tensor& first = *slices_[0].tensor;
  if (axis < 0) axis += first.rank() + 1;
  if (axis < 0 || axis > first.rank()) return call.error("no axis {}", axis);
  Dims one = first.dims();
  one.insert(one.begin() + axis, 1);
  std::vector<Tensor> parts;
  std::vector<const Tensor*> pointers;
  for (const RunValue& slice : slices_)
    parts.push_back(slice.tensor->reshaped(one));
  if (reversed) std::reverse(parts.begin(), parts.end());
  for (const Tensor& part : parts) pointers.push_back(&part);
  return concatenate(call, pointers, axis);
}

Result<Tensor> slice_at(const Call& call, const Tensor& x, int64_t axis,
                        int64_t i) {
  Dims dims = x.dims();
  dims.erase(dims.begin() + axis);
  const Dims dense = dense_strides(x.dims());
  Dims strides = dense;
  strides.erase(strides.begin() + axis);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  HONE_RETURN_IF_ERROR(on_any(x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    Dims at(dims.size(), 0);
    for (int64_t k = 0; k < y.size(); ++k, next_index(dims, at))
      y.data<T>()[k] = x.data<T>()[dot(at, strides) + i * dense[axis]];
    return {};
  }));
  return y;
}

Result<Tensor> concatenate(const Call& call,
                           std::span<const Tensor* const> parts, int64_t axis) {
  const Tensor& first = *parts[0];
  Dims dims = first.dims();
  dims[axis] = 0;
  for (const Tensor* x : parts) {
    if (x->type() != first.type() || x->rank() != first.rank())
      return call.error("parts of different types or ranks");
    for (int64_t d = 0; d < x->rank(); ++d)
      if (d != axis && x->dim(d) != first.dim(d))
        return call.error("parts of different sizes at axis {}", d);
    dims[axis] += x->dim(axis);
  }
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(first.type(), dims));
  HONE_RETURN_IF_ERROR(on_any(first.type(), [&](auto form) -> Status {
    using T = decltype(form);
    int64_t inner = 1, outer = 1, start = 0;
    for (int64_t d = 0; d < axis; ++d) outer *= dims[d];
    for (size_t d = axis + 1; d < dims.size(); ++d) inner *= dims[d];
    for (const Tensor* x : parts) {
      const int64_t block = x->dim(axis) * inner;
      for (int64_t o = 0; o < outer; ++o)
        std::copy_n(x->data<T>().begin() + o * block, block,
                    y.data<T>().begin() + o * dims[axis] * inner + start);
      start += block;
    }
    return {};
  }));
  return y;
}

}  // namespace hone::tensor
