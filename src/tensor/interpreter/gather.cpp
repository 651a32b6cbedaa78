// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading and writing at places that are data.
#include <algorithm>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// An index counted from the back where negative; checked.
Result<int64_t> place_of(const Call& call, int64_t index, int64_t size) {
  if (index < 0) index += size;
  if (index < 0 || index >= size)
    return call.error("index {} of {} elements", index, size);
  return index;
}

Status check_indices(const Call& call, const Tensor& indices) {
  if (is_integer(indices.type())) return {};
  return call.error("indices of type {}", element_name(indices.type()));
}

// y[i] = x[places[i]] for all i.
Status set_gathered(Call& call, const Tensor& x, Dims dims,
                    std::span<const int64_t> places) {
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), std::move(dims)));
  HONE_RETURN_IF_ERROR(on_any(x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    for (int64_t i = 0; i < y.size(); ++i)
      y.data<T>()[i] = x.data<T>()[places[i]];
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

Status gather(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& indices = call.in(1);
  HONE_RETURN_IF_ERROR(check_indices(call, indices));
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), x.rank()));
  Dims dims(x.dims().begin(), x.dims().begin() + axis);
  dims.insert(dims.end(), indices.dims().begin(), indices.dims().end());
  dims.insert(dims.end(), x.dims().begin() + axis + 1, x.dims().end());
  int64_t outer = 1, inner = 1;
  for (int64_t i = 0; i < axis; ++i) outer *= x.dim(i);
  for (int64_t i = axis + 1; i < x.rank(); ++i) inner *= x.dim(i);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), std::move(dims)));
  Dims places;
  for (int64_t i = 0; i < indices.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(places.emplace_back(),
                          place_of(call, indices.integer_at(i), x.dim(axis)));
  }
  HONE_RETURN_IF_ERROR(on_any(x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    auto to = y.data<T>().begin();
    for (int64_t o = 0; o < outer; ++o)
      for (const int64_t place : places)
        to = std::copy_n(
            x.data<T>().begin() + (o * x.dim(axis) + place) * inner, inner, to);
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

// The place in x of each element of `indices`, which replaces one coordinate.
Result<std::vector<int64_t>> element_places(const Call& call, const Tensor& x,
                                            const Tensor& indices,
                                            int64_t axis) {
  HONE_RETURN_IF_ERROR(check_indices(call, indices));
  if (indices.rank() != x.rank())
    return call.error("indices of rank {} for data of rank {}", indices.rank(),
                      x.rank());
  for (int64_t i = 0; i < x.rank(); ++i)
    if (i != axis && indices.dim(i) > x.dim(i))
      return call.error("more indices than elements at axis {}", i);
  const Dims strides = dense_strides(x.dims());
  std::vector<int64_t> places;
  Dims at(x.rank(), 0);
  for (int64_t i = 0; i < indices.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(const int64_t place,
                          place_of(call, indices.integer_at(i), x.dim(axis)));
    places.push_back(dot(at, strides) + (place - at[axis]) * strides[axis]);
    next_index(indices.dims(), at);
  }
  return places;
}

Status gather_elements(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), x.rank()));
  HONE_ASSIGN_OR_RETURN(const std::vector<int64_t> places,
                        element_places(call, x, call.in(1), axis));
  return set_gathered(call, x, call.in(1).dims(), places);
}

// The places in x of the slices that the last axis of `indices` names, after
// `batch` axes in common; `slice` is their size.
Result<std::vector<int64_t>> slice_places(const Call& call, const Tensor& x,
                                          const Tensor& indices, int64_t batch,
                                          int64_t& slice) {
  HONE_RETURN_IF_ERROR(check_indices(call, indices));
  if (indices.rank() < 1 || batch < 0 ||
      batch >= std::min(indices.rank(), x.rank()))
    return call.error("{} batch axes", batch);
  for (int64_t i = 0; i < batch; ++i)
    if (indices.dim(i) != x.dim(i))
      return call.error("batch axis {} has two sizes", i);
  const int64_t width = indices.dim(indices.rank() - 1);
  if (batch + width > x.rank())
    return call.error("{} indices for {} axes", width, x.rank() - batch);
  const Dims strides = dense_strides(x.dims());
  slice = 1;
  for (int64_t i = batch + width; i < x.rank(); ++i) slice *= x.dim(i);
  int64_t batches = 1;
  for (int64_t i = 0; i < batch; ++i) batches *= x.dim(i);
  const int64_t count =
      width == 0
          ? *count_elements({indices.dims().data(), indices.dims().size() - 1})
          : indices.size() / width;
  const int64_t block = batches == 0 ? 0 : x.size() / batches;
  const int64_t each = batches == 0 ? 1 : std::max<int64_t>(count / batches, 1);
  std::vector<int64_t> places;
  for (int64_t i = 0; i < count; ++i) {
    int64_t place = i / each * block;
    for (int64_t k = 0; k < width; ++k) {
      HONE_ASSIGN_OR_RETURN(
          const int64_t at,
          place_of(call, indices.integer_at(i * width + k), x.dim(batch + k)));
      place += at * strides[batch + k];
    }
    places.push_back(place);
  }
  return places;
}

Status gather_nd(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& indices = call.in(1);
  const int64_t batch = call.integer("batch_dims");
  int64_t slice = 1;
  HONE_ASSIGN_OR_RETURN(const std::vector<int64_t> starts,
                        slice_places(call, x, indices, batch, slice));
  Dims dims(indices.dims().begin(), indices.dims().end() - 1);
  dims.insert(dims.end(), x.dims().begin() + batch + indices.dims().back(),
              x.dims().end());
  std::vector<int64_t> places;
  for (const int64_t start : starts)
    for (int64_t k = 0; k < slice; ++k) places.push_back(start + k);
  return set_gathered(call, x, std::move(dims), places);
}

// y = x with y[places[i]] = updates[i], combined as `reduction` says.
Status set_scattered(Call& call, const Tensor& x, const Tensor& updates,
                     std::span<const int64_t> places) {
  if (updates.type() != x.type() ||
      updates.size() != static_cast<int64_t>(places.size()))
    return call.error("{} updates of type {} for {} places of type {}",
                      updates.size(), element_name(updates.type()),
                      places.size(), element_name(x.type()));
  const std::string reduction = call.text("reduction");
  Tensor y = x;
  if (reduction.empty() || reduction == "none") {
    HONE_RETURN_IF_ERROR(on_any(x.type(), [&](auto form) -> Status {
      using T = decltype(form);
      for (size_t i = 0; i < places.size(); ++i)
        y.data<T>()[places[i]] = updates.data<T>()[i];
      return {};
    }));
  } else {
    HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
      using T = decltype(form);
      for (size_t i = 0; i < places.size(); ++i) {
        T& to = y.data<T>()[places[i]];
        const T from = updates.data<T>()[i];
        if (reduction == "add")
          to = narrow(x.type(), static_cast<T>(to + from));
        else if (reduction == "mul")
          to = narrow(x.type(), static_cast<T>(to * from));
        else if (reduction == "max")
          to = std::max(to, from);
        else if (reduction == "min")
          to = std::min(to, from);
        else
          return call.error("reduction '{}'", reduction);
      }
      return {};
    }));
  }
  call.set(0, std::move(y));
  return {};
}

Status scatter_elements(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), x.rank()));
  HONE_ASSIGN_OR_RETURN(const std::vector<int64_t> places,
                        element_places(call, x, call.in(1), axis));
  return set_scattered(call, x, call.in(2), places);
}

Status scatter_nd(Call& call) {
  const Tensor& x = call.in(0);
  int64_t slice = 1;
  HONE_ASSIGN_OR_RETURN(const std::vector<int64_t> starts,
                        slice_places(call, x, call.in(1), 0, slice));
  std::vector<int64_t> places;
  for (const int64_t start : starts)
    for (int64_t k = 0; k < slice; ++k) places.push_back(start + k);
  return set_scattered(call, x, call.in(2), places);
}

// Writes a piece of a cache, for each batch at its own place.
Status tensor_scatter(Call& call) {
  const Tensor& cache = call.in(0);
  const Tensor& update = call.in(1);
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), cache.rank()));
  const std::string mode = call.text("mode");
  if (mode != "linear" && mode != "circular")
    return call.error("mode '{}'", mode);
  if (axis == 0 || update.rank() != cache.rank() ||
      update.type() != cache.type())
    return call.error("update and cache do not fit");
  for (int64_t i = 0; i < cache.rank(); ++i)
    if (i != axis && update.dim(i) != cache.dim(i))
      return call.error("update and cache differ at axis {}", i);
  Dims starts(cache.dim(0), 0);
  if (call.has(2)) {
    HONE_ASSIGN_OR_RETURN(starts, call.integers_of(2));
  }
  if (static_cast<int64_t>(starts.size()) != cache.dim(0))
    return call.error("{} write indices for {} batches", starts.size(),
                      cache.dim(0));
  const int64_t size = cache.dim(axis);
  const Dims strides = dense_strides(cache.dims());
  std::vector<int64_t> places;
  Dims at(cache.rank(), 0);
  for (int64_t i = 0; i < update.size(); ++i) {
    const int64_t start = starts[at[0]];
    int64_t place = start + at[axis];
    if (mode == "circular" && size > 0) place %= size;
    if (start < 0 || place < 0 || place >= size)
      return call.error("writing at {} of {}", place, size);
    places.push_back(dot(at, strides) + (place - at[axis]) * strides[axis]);
    next_index(update.dims(), at);
  }
  return set_scattered(call, cache, update, places);
}

Status compress(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& condition = call.in(1);
  if (condition.type() != ElementType::Bool || condition.rank() != 1)
    return call.error("expected a vector of Booleans");
  const bool is_flat = !call.has_attribute("axis");
  const Tensor flat = is_flat ? x.reshaped({x.size()}) : x;
  HONE_ASSIGN_OR_RETURN(
      const int64_t axis,
      call.axis(is_flat ? 0 : call.integer("axis"), flat.rank()));
  Dims kept;
  for (int64_t i = 0; i < std::min(condition.size(), flat.dim(axis)); ++i)
    if (condition.integer_at(i)) kept.push_back(i);
  Dims dims = flat.dims();
  dims[axis] = static_cast<int64_t>(kept.size());
  const Dims strides = dense_strides(flat.dims());
  std::vector<int64_t> places;
  Dims at(dims.size(), 0);
  for (int64_t i = 0; i < count_elements(dims); ++i) {
    places.push_back(dot(at, strides) +
                     (kept[at[axis]] - at[axis]) * strides[axis]);
    next_index(dims, at);
  }
  return set_gathered(call, flat, std::move(dims), places);
}

constexpr KernelRow kRows[] = {
    {Op::Compress, compress},
    {Op::Gather, gather},
    {Op::GatherElements, gather_elements},
    {Op::GatherND, gather_nd},
    {Op::ScatterElements, scatter_elements},
    {Op::ScatterND, scatter_nd},
    {Op::TensorScatter, tensor_scatter},
};

}  // namespace

std::span<const KernelRow> gather_kernels() { return kRows; }

}  // namespace hone::tensor
