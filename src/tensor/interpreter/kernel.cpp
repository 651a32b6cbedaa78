// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/kernel.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace hone::tensor {

RunValue RunValue::sequence(std::vector<RunValue> items, Type item_type) {
  RunValue value;
  value.kind = Kind::Sequence;
  value.items = std::move(items);
  value.type = std::move(item_type);
  return value;
}

RunValue RunValue::optional(std::vector<RunValue> items, Type item_type) {
  RunValue value = sequence(std::move(items), std::move(item_type));
  value.kind = Kind::Optional;
  return value;
}

void Call::set(size_t i, RunValue value) {
  if (i < outputs_.size() && node_.has_output(i))
    outputs_[i] = std::move(value);
}

Result<Tensor> Call::make(ElementType type, Dims dims) const {
  const std::optional<int64_t> size = count_elements(dims);
  if (!size) return error("the result would have the sizes {}", dims);
  if (*size > limits_.elements)
    return Error(ErrorKind::LimitReached,
                 fmt::format("{}: a result of {} elements, sizes {}; the limit "
                             "is {}",
                             describe(node_), *size, dims, limits_.elements));
  return Tensor(type, std::move(dims));
}

Result<int64_t> Call::axis(int64_t axis, int64_t rank) const {
  const int64_t counted = axis < 0 ? axis + rank : axis;
  if (counted < 0 || counted >= rank)
    return error("axis {} of a tensor of rank {}", axis, rank);
  return counted;
}

Result<Dims> Call::integers_of(size_t input) const {
  const Tensor& tensor = in(input);
  if (!is_integer(tensor.type()) || tensor.rank() > 1)
    return error("input {} is {}; expected a vector of integers", input,
                 to_text(Type::of(tensor.type(), to_shape(tensor.dims()))));
  const auto data = tensor.data<int64_t>();
  return Dims(data.begin(), data.end());
}

Result<int64_t> Call::integer_of(size_t input) const {
  const Tensor& tensor = in(input);
  if (!is_integer(tensor.type()) || tensor.size() != 1)
    return error("input {} is {}; expected one integer", input,
                 to_text(Type::of(tensor.type(), to_shape(tensor.dims()))));
  return tensor.integer_at(0);
}

Result<Dims> broadcast(const Call& call, std::span<const Dims* const> shapes) {
  size_t rank = 0;
  for (const Dims* shape : shapes) rank = std::max(rank, shape->size());
  Dims dims(rank, 1);
  for (const Dims* shape : shapes)
    for (size_t i = 0; i < shape->size(); ++i) {
      const int64_t size = (*shape)[i];
      int64_t& dim = dims[rank - shape->size() + i];
      if (dim == 1)
        dim = size;
      else if (size != 1 && size != dim)
        return call.error("sizes {} do not broadcast to {}", *shape, dims);
    }
  return dims;
}

Dims broadcast_strides(const Dims& dims, size_t rank) {
  const Dims dense = dense_strides(dims);
  Dims strides(rank, 0);
  for (size_t i = 0; i < dims.size(); ++i)
    if (dims[i] != 1) strides[rank - dims.size() + i] = dense[i];
  return strides;
}

bool next_index(std::span<const int64_t> dims, std::span<int64_t> index) {
  for (size_t i = dims.size(); i > 0; --i) {
    if (++index[i - 1] < dims[i - 1]) return true;
    index[i - 1] = 0;
  }
  return false;
}

}  // namespace hone::tensor
