// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes of tensors: asking for them, changing them, making tensors from them.
#include <algorithm>
#include <cmath>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

Status identity(Call& call) {
  call.set(0, call.value(0));
  return {};
}

Status shape(Call& call) {
  const Dims& dims = call.in(0).dims();
  const auto rank = static_cast<int64_t>(dims.size());
  const auto bound = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const int64_t start = bound(call.integer("start"));
  const int64_t end =
      call.has_attribute("end") ? bound(call.integer("end")) : rank;
  Dims part;
  for (int64_t i = start; i < end; ++i) part.push_back(dims[i]);
  call.set(0, Tensor::integers(part));
  return {};
}

Status size(Call& call) {
  call.set(0, Tensor::integer(call.in(0).size()));
  return {};
}

Status set_reshaped(Call& call, const Tensor& x, Dims dims) {
  if (count_elements(dims) != x.size())
    return call.error("{} elements do not fit the sizes {}", x.size(),
                      to_text(to_shape(dims)));
  call.set(0, x.reshaped(std::move(dims)));
  return {};
}

Status reshape(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(Dims dims, call.integers_of(1));
  int64_t free = -1, product = 1;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && call.integer("allowzero") == 0) {
      if (static_cast<int64_t>(i) >= x.rank())
        return call.error("size 0 at axis {} of a tensor of rank {}", i,
                          x.rank());
      dims[i] = x.dim(i);
    }
    if (dims[i] == -1) {
      if (free >= 0) return call.error("two sizes of -1");
      free = static_cast<int64_t>(i);
    } else if (dims[i] < 0) {
      return call.error("size {}", dims[i]);
    } else if (__builtin_mul_overflow(product, dims[i], &product)) {
      return call.error("the sizes' product is too large");
    }
  }
  if (free >= 0) {
    if (product == 0 || x.size() % product != 0)
      return call.error("{} elements do not fit the sizes {}", x.size(),
                        to_text(to_shape(dims)));
    dims[free] = x.size() / product;
  }
  return set_reshaped(call, x, std::move(dims));
}

Status flatten(Call& call) {
  const Tensor& x = call.in(0);
  int64_t axis = call.integer("axis");
  if (axis < 0) axis += x.rank();
  if (axis < 0 || axis > x.rank())
    return call.error("axis {} of a tensor of rank {}", axis, x.rank());
  Dims dims = {1, 1};
  for (int64_t i = 0; i < x.rank(); ++i) dims[i >= axis] *= x.dim(i);
  return set_reshaped(call, x, std::move(dims));
}

Status squeeze(Call& call) {
  const Tensor& x = call.in(0);
  std::vector<bool> drop(x.rank(), !call.has(1));
  if (call.has(1)) {
    HONE_ASSIGN_OR_RETURN(const Dims axes, call.integers_of(1));
    for (const int64_t given : axes) {
      HONE_ASSIGN_OR_RETURN(const int64_t axis, call.axis(given, x.rank()));
      if (x.dim(axis) != 1)
        return call.error("axis {} has size {}, not 1", given, x.dim(axis));
      drop[axis] = true;
    }
  }
  Dims dims;
  for (int64_t i = 0; i < x.rank(); ++i)
    if (!drop[i] || x.dim(i) != 1) dims.push_back(x.dim(i));
  return set_reshaped(call, x, std::move(dims));
}

Status unsqueeze(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Dims axes, call.integers_of(1));
  const int64_t rank = x.rank() + static_cast<int64_t>(axes.size());
  std::vector<bool> is_new(rank, false);
  for (const int64_t given : axes) {
    HONE_ASSIGN_OR_RETURN(const int64_t axis, call.axis(given, rank));
    if (is_new[axis]) return call.error("axis {} is given twice", given);
    is_new[axis] = true;
  }
  Dims dims;
  for (int64_t i = 0, next = 0; i < rank; ++i)
    dims.push_back(is_new[i] ? 1 : x.dim(next++));
  return set_reshaped(call, x, std::move(dims));
}

// Reads x under other sizes: out[index] = x[place(index)].
template <typename Place>
Status reread(Call& call, const Tensor& x, Dims dims, Place place) {
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), std::move(dims)));
  HONE_RETURN_IF_ERROR(on_any(x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const auto data = x.data<T>();
    call.fill(
        y, [&](std::span<const int64_t> at) -> T { return data[place(at)]; });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

Status expand(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Dims wanted, call.integers_of(1));
  const Dims* shapes[] = {&x.dims(), &wanted};
  HONE_ASSIGN_OR_RETURN(const Dims dims, broadcast(call, shapes));
  const Dims strides = broadcast_strides(x.dims(), dims.size());
  return reread(call, x, dims,
                [&](std::span<const int64_t> at) { return dot(at, strides); });
}

Status tile(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Dims repeats, call.integers_of(1));
  if (static_cast<int64_t>(repeats.size()) != x.rank())
    return call.error("{} repeats of a tensor of rank {}", repeats.size(),
                      x.rank());
  Dims dims = x.dims();
  for (size_t i = 0; i < dims.size(); ++i)
    if (repeats[i] < 0 || __builtin_mul_overflow(dims[i], repeats[i], &dims[i]))
      return call.error("repeats of {}", repeats[i]);
  const Dims strides = dense_strides(x.dims());
  return reread(call, x, dims, [&](std::span<const int64_t> at) {
    int64_t place = 0;
    for (size_t i = 0; i < at.size(); ++i)
      place += at[i] % x.dim(i) * strides[i];
    return place;
  });
}

Status constant_of_shape(Call& call) {
  HONE_ASSIGN_OR_RETURN(const Dims dims, call.integers_of(0));
  const Literal* literal = call.node().literal("value");
  const Tensor value =
      literal ? Tensor::from(*literal) : Tensor::scalar(ElementType::F32, 0);
  if (value.size() != 1) return call.error("value must be one element");
  return reread(call, value, dims, [](std::span<const int64_t>) { return 0; });
}

Status eye_like(Call& call) {
  const Tensor& x = call.in(0);
  if (x.rank() != 2) return call.error("expected a matrix");
  const std::optional<ElementType> type =
      call.has_attribute("dtype") ? element_from_onnx(call.integer("dtype"))
                                  : x.type();
  if (!type || is_complex(*type) || *type == ElementType::Str)
    return call.error("elements of type {}", call.integer("dtype"));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(*type, x.dims()));
  const int64_t k = call.integer("k");
  for (int64_t row = 0; row < x.dim(0); ++row) {
    const int64_t column = row + k;
    if (column < 0 || column >= x.dim(1)) continue;
    const int64_t at = row * x.dim(1) + column;
    if (is_float(*type))
      y.data<double>()[at] = 1;
    else
      y.data<int64_t>()[at] = 1;
  }
  call.set(0, std::move(y));
  return {};
}

Status range(Call& call) {
  const Tensor& start = call.in(0);
  for (size_t i = 0; i < 3; ++i)
    if (call.in(i).size() != 1 || call.in(i).type() != start.type())
      return call.error("expected three scalars of one type");
  return on_number(call, start.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const T from = start.data<T>()[0];
    const T limit = call.in(1).data<T>()[0];
    const T step = call.in(2).data<T>()[0];
    if (step == 0) return call.error("a step of 0");
    const double count =
        std::ceil((static_cast<double>(limit) - static_cast<double>(from)) /
                  static_cast<double>(step));
    if (count > static_cast<double>(call.limits().elements))
      return call.error("a range of {} elements", count);
    HONE_ASSIGN_OR_RETURN(
        Tensor y,
        call.make(start.type(), {count > 0 ? static_cast<int64_t>(count) : 0}));
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      return from + static_cast<T>(at[0]) * step;
    });
    call.set(0, std::move(y));
    return {};
  });
}

Status non_zero(Call& call) {
  const Tensor& x = call.in(0);
  std::vector<int64_t> places;
  HONE_RETURN_IF_ERROR(on_any(x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    for (int64_t i = 0; i < x.size(); ++i)
      if (!(x.data<T>()[i] == T())) places.push_back(i);
    return {};
  }));
  const auto count = static_cast<int64_t>(places.size());
  HONE_ASSIGN_OR_RETURN(Tensor y,
                        call.make(ElementType::I64, {x.rank(), count}));
  Dims at(x.rank());
  for (int64_t i = 0; i < count; ++i) {
    unravel(places[i], x.dims(), at);
    for (int64_t axis = 0; axis < x.rank(); ++axis)
      y.data<int64_t>()[axis * count + i] = at[axis];
  }
  call.set(0, std::move(y));
  return {};
}

Status one_hot(Call& call) {
  const Tensor& indices = call.in(0);
  const Tensor& values = call.in(2);
  if (call.in(1).size() != 1 || values.size() != 2)
    return call.error("expected one depth and two values");
  if (!is_float(indices.type()) && !is_integer(indices.type()))
    return call.bad_type(indices.type());
  const auto depth = static_cast<int64_t>(call.in(1).number(0));
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), indices.rank() + 1));
  Dims dims = indices.dims();
  dims.insert(dims.begin() + axis, depth);
  const Dims strides = dense_strides(indices.dims());
  return reread(call, values, dims, [&](std::span<const int64_t> at) {
    int64_t place = 0;
    for (int64_t i = 0; i < indices.rank(); ++i)
      place += at[i + (i >= axis)] * strides[i];
    auto hot = static_cast<int64_t>(indices.number(place));
    if (hot < 0) hot += depth;
    return at[axis] == hot ? 1 : 0;
  });
}

Status trilu(Call& call) {
  const Tensor& x = call.in(0);
  if (x.rank() < 2) return call.error("expected matrices");
  int64_t k = 0;
  if (call.has(1)) {
    HONE_ASSIGN_OR_RETURN(k, call.integer_of(1));
  }
  const bool upper = call.integer("upper") != 0;
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), x.dims()));
  const Dims strides = dense_strides(x.dims());
  HONE_RETURN_IF_ERROR(on_any(x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      const int64_t row = at[x.rank() - 2];
      const int64_t column = at[x.rank() - 1];
      const bool keep = upper ? column - row >= k : column - row <= k;
      return keep ? x.data<T>()[dot(at, strides)] : T();
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::ConstantOfShape, constant_of_shape},
    {Op::Expand, expand},
    {Op::EyeLike, eye_like},
    {Op::Flatten, flatten},
    {Op::Identity, identity},
    {Op::NonZero, non_zero},
    {Op::OneHot, one_hot},
    {Op::Range, range},
    {Op::Reshape, reshape},
    {Op::Shape, shape},
    {Op::Size, size},
    {Op::Squeeze, squeeze},
    {Op::Tile, tile},
    {Op::Trilu, trilu},
    {Op::Unsqueeze, unsqueeze},
};

}  // namespace

std::span<const KernelRow> shape_kernels() { return kRows; }

}  // namespace hone::tensor
