// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Moving elements to other places: joining, cutting, padding, permuting.
#include <algorithm>
#include <numeric>

#include "tensor/interpreter/kernels.h"
#include "tensor/interpreter/stack.h"

namespace hone::tensor {

namespace {

// y[index] = x[place(index)]; a negative place leaves the element zero.
template <typename Place>
Result<Tensor> gather(const Call& call, const Tensor& x, Dims dims,
                      Place place) {
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), std::move(dims)));
  HONE_RETURN_IF_ERROR(on_any(x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const auto data = x.data<T>();
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      const int64_t from = place(at);
      return from < 0 ? T() : data[from];
    });
    return {};
  }));
  return y;
}

Status transpose(Call& call) {
  const Tensor& x = call.in(0);
  Dims perm = call.integers("perm");
  if (!call.has_attribute("perm")) {
    perm.resize(x.rank());
    std::iota(perm.rbegin(), perm.rend(), 0);
  }
  Dims sorted = perm;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t i = 0; i < static_cast<int64_t>(sorted.size()); ++i)
    if (sorted[i] != i || static_cast<int64_t>(sorted.size()) != x.rank())
      return call.error("perm is no permutation of {} axes", x.rank());
  if (perm.empty() && x.rank() != 0)
    return call.error("perm is no permutation of {} axes", x.rank());
  const Dims dense = dense_strides(x.dims());
  Dims dims, strides;
  for (const int64_t axis : perm) {
    dims.push_back(x.dim(axis));
    strides.push_back(dense[axis]);
  }
  HONE_ASSIGN_OR_RETURN(Tensor y,
                        gather(call, x, dims, [&](std::span<const int64_t> at) {
                          return dot(at, strides);
                        }));
  call.set(0, std::move(y));
  return {};
}

Status concat(Call& call) {
  std::vector<const Tensor*> parts;
  for (size_t i = 0; i < call.inputs(); ++i) parts.push_back(&call.in(i));
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), parts[0]->rank()));
  HONE_ASSIGN_OR_RETURN(Tensor y, concatenate(call, parts, axis));
  call.set(0, std::move(y));
  return {};
}

// The part of x from `start` on along an axis.
Result<Tensor> part(const Call& call, const Tensor& x, int64_t axis,
                    int64_t start, int64_t length) {
  Dims dims = x.dims();
  dims[axis] = length;
  const Dims strides = dense_strides(x.dims());
  return gather(call, x, dims, [&](std::span<const int64_t> at) {
    return dot(at, strides) + start * strides[axis];
  });
}

Status split(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), x.rank()));
  const int64_t size = x.dim(axis);
  Dims lengths;
  if (call.has(1)) {
    HONE_ASSIGN_OR_RETURN(lengths, call.integers_of(1));
  } else {
    const int64_t count = call.integer("num_outputs");
    if (count < 1) return call.error("neither split nor num_outputs is given");
    const int64_t each = (size + count - 1) / count;
    for (int64_t i = 0; i < count; ++i)
      lengths.push_back(std::clamp<int64_t>(size - i * each, 0, each));
  }
  int64_t sum = 0;
  for (const int64_t length : lengths) {
    if (length < 0) return call.error("a part of size {}", length);
    sum += length;
  }
  if (sum != size || lengths.size() != call.outputs())
    return call.error("{} parts of {} in all, for {} outputs and size {}",
                      lengths.size(), sum, call.outputs(), size);
  for (int64_t i = 0, start = 0; i < static_cast<int64_t>(lengths.size());
       start += lengths[i++]) {
    HONE_ASSIGN_OR_RETURN(Tensor y, part(call, x, axis, start, lengths[i]));
    call.set(i, std::move(y));
  }
  return {};
}

Status slice(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Dims starts, call.integers_of(1));
  HONE_ASSIGN_OR_RETURN(const Dims ends, call.integers_of(2));
  Dims axes(starts.size());
  std::iota(axes.begin(), axes.end(), 0);
  Dims steps(starts.size(), 1);
  if (call.has(3)) {
    HONE_ASSIGN_OR_RETURN(axes, call.integers_of(3));
  }
  if (call.has(4)) {
    HONE_ASSIGN_OR_RETURN(steps, call.integers_of(4));
  }
  if (ends.size() != starts.size() || axes.size() != starts.size() ||
      steps.size() != starts.size())
    return call.error("starts, ends, axes and steps differ in number");
  Dims dims = x.dims();
  const Dims dense = dense_strides(x.dims());
  Dims strides = dense;
  int64_t origin = 0;
  for (size_t i = 0; i < starts.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(const int64_t axis, call.axis(axes[i], x.rank()));
    const int64_t size = x.dim(axis);
    const int64_t step = steps[i];
    if (step == 0 || step == INT64_MIN) return call.error("a step of {}", step);
    const int64_t low = step > 0 ? 0 : -1;
    const int64_t high = step > 0 ? size : size - 1;
    const auto bound = [&](int64_t at) {
      return std::clamp(at < 0 ? at + size : at, low, high);
    };
    const int64_t start = bound(starts[i]);
    const int64_t end = bound(ends[i]);
    const int64_t span = step > 0 ? end - start : start - end;
    const int64_t length = span <= 0 ? 0 : (span - 1) / std::abs(step) + 1;
    dims[axis] = length;
    origin += start * dense[axis];
    strides[axis] = dense[axis] * step;
  }
  HONE_ASSIGN_OR_RETURN(Tensor y,
                        gather(call, x, dims, [&](std::span<const int64_t> at) {
                          return origin + dot(at, strides);
                        }));
  call.set(0, std::move(y));
  return {};
}

// Where a place outside of [0, size) lies within, or -1 for the constant.
int64_t padded_place(std::string_view mode, int64_t at, int64_t size) {
  if (at >= 0 && at < size) return at;
  if (mode == "constant" || size == 0) return -1;
  if (mode == "edge") return at < 0 ? 0 : size - 1;
  if (mode == "wrap") return (at % size + size) % size;
  if (size == 1) return 0;
  const int64_t period = 2 * (size - 1);  // reflect
  const int64_t place = (at % period + period) % period;
  return place < size ? place : period - place;
}

Status pad(Call& call) {
  const Tensor& x = call.in(0);
  const std::string mode = call.text("mode");
  if (mode != "constant" && mode != "edge" && mode != "reflect" &&
      mode != "wrap")
    return call.error("mode '{}'", mode);
  HONE_ASSIGN_OR_RETURN(const Dims pads, call.integers_of(1));
  Dims axes(x.rank());
  std::iota(axes.begin(), axes.end(), 0);
  if (call.has(3)) {
    HONE_ASSIGN_OR_RETURN(axes, call.integers_of(3));
  }
  if (pads.size() != 2 * axes.size())
    return call.error("{} pads for {} axes", pads.size(), axes.size());
  Dims before(x.rank(), 0), dims = x.dims();
  for (size_t i = 0; i < axes.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(const int64_t axis, call.axis(axes[i], x.rank()));
    before[axis] = pads[i];
    if (__builtin_add_overflow(dims[axis], pads[i], &dims[axis]) ||
        __builtin_add_overflow(dims[axis], pads[i + axes.size()], &dims[axis]))
      return call.error("pads of {}", pads[i]);
  }
  if (call.has(2) && (call.in(2).type() != x.type() || call.in(2).size() != 1))
    return call.error("the constant must be one element of x's type");
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  const Dims strides = dense_strides(x.dims());
  HONE_RETURN_IF_ERROR(on_any(x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const T constant = call.has(2) ? call.in(2).data<T>()[0] : T();
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      int64_t from = 0;
      for (size_t i = 0; i < at.size(); ++i) {
        const int64_t place = padded_place(mode, at[i] - before[i], x.dim(i));
        if (place < 0) return constant;
        from += place * strides[i];
      }
      return x.data<T>()[from];
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

// Crops or pads around the middle.
Status center_crop_pad(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Dims wanted, call.integers_of(1));
  Dims axes = call.integers("axes");
  if (!call.has_attribute("axes")) {
    axes.resize(x.rank());
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (axes.size() != wanted.size())
    return call.error("{} sizes for {} axes", wanted.size(), axes.size());
  Dims dims = x.dims(), shift(x.rank(), 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(const int64_t axis, call.axis(axes[i], x.rank()));
    const int64_t gap = x.dim(axis) - wanted[i];
    // The first element of x that is kept, or minus the zeros before it.
    shift[axis] = gap >= 0 ? gap / 2 : -(-gap / 2);
    dims[axis] = wanted[i];
  }
  const Dims strides = dense_strides(x.dims());
  HONE_ASSIGN_OR_RETURN(Tensor y,
                        gather(call, x, dims, [&](std::span<const int64_t> at) {
                          int64_t from = 0;
                          for (size_t i = 0; i < at.size(); ++i) {
                            const int64_t place = at[i] + shift[i];
                            if (place < 0 || place >= x.dim(i))
                              return int64_t{-1};
                            from += place * strides[i];
                          }
                          return from;
                        }));
  call.set(0, std::move(y));
  return {};
}

Status reverse_sequence(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Dims lengths, call.integers_of(1));
  HONE_ASSIGN_OR_RETURN(const int64_t time,
                        call.axis(call.integer("time_axis"), x.rank()));
  HONE_ASSIGN_OR_RETURN(const int64_t batch,
                        call.axis(call.integer("batch_axis"), x.rank()));
  if (static_cast<int64_t>(lengths.size()) != x.dim(batch))
    return call.error("{} lengths for {} sequences", lengths.size(),
                      x.dim(batch));
  for (const int64_t length : lengths)
    if (length < 0 || length > x.dim(time))
      return call.error("a sequence of length {}", length);
  const Dims strides = dense_strides(x.dims());
  HONE_ASSIGN_OR_RETURN(
      Tensor y, gather(call, x, x.dims(), [&](std::span<const int64_t> at) {
        const int64_t length = lengths[at[batch]];
        const int64_t t = at[time];
        const int64_t from = t < length ? length - 1 - t : t;
        return dot(at, strides) + (from - t) * strides[time];
      }));
  call.set(0, std::move(y));
  return {};
}

// Depth is cut into block x block planes: (b, b, c) for DCR, (c, b, b) for CRD.
Status depth_to_space(Call& call) {
  const Tensor& x = call.in(0);
  const int64_t b = call.integer("blocksize");
  const bool is_crd = call.text("mode") == "CRD";
  if (x.rank() != 4 || b < 1 || b > 1 << 20 || x.dim(1) % (b * b) != 0)
    return call.error("blocks of {} do not fit", b);
  const int64_t channels = x.dim(1) / (b * b);
  const Dims dims = {x.dim(0), channels, x.dim(2) * b, x.dim(3) * b};
  const Dims strides = dense_strides(x.dims());
  HONE_ASSIGN_OR_RETURN(
      Tensor y, gather(call, x, dims, [&](std::span<const int64_t> at) {
        const int64_t block = at[2] % b * b + at[3] % b;
        const int64_t channel =
            is_crd ? at[1] * b * b + block : block * channels + at[1];
        const int64_t place[] = {at[0], channel, at[2] / b, at[3] / b};
        return dot(place, strides);
      }));
  call.set(0, std::move(y));
  return {};
}

Status space_to_depth(Call& call) {
  const Tensor& x = call.in(0);
  const int64_t b = call.integer("blocksize");
  const bool is_crd = call.text("mode") == "CRD";
  if (x.rank() != 4 || b < 1 || x.dim(2) % b != 0 || x.dim(3) % b != 0)
    return call.error("blocks of {} do not fit", b);
  const int64_t channels = x.dim(1);
  const Dims dims = {x.dim(0), channels * b * b, x.dim(2) / b, x.dim(3) / b};
  const Dims strides = dense_strides(x.dims());
  HONE_ASSIGN_OR_RETURN(
      Tensor y, gather(call, x, dims, [&](std::span<const int64_t> at) {
        const int64_t block = is_crd ? at[1] % (b * b) : at[1] / channels;
        const int64_t channel = is_crd ? at[1] / (b * b) : at[1] % channels;
        const int64_t place[] = {at[0], channel, at[2] * b + block / b,
                                 at[3] * b + block % b};
        return dot(place, strides);
      }));
  call.set(0, std::move(y));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::CenterCropPad, center_crop_pad},
    {Op::Concat, concat},
    {Op::DepthToSpace, depth_to_space},
    {Op::Pad, pad},
    {Op::ReverseSequence, reverse_sequence},
    {Op::Slice, slice},
    {Op::SpaceToDepth, space_to_depth},
    {Op::Split, split},
    {Op::Transpose, transpose},
};

}  // namespace

std::span<const KernelRow> layout_kernels() { return kRows; }

}  // namespace hone::tensor
