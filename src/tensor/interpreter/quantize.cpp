// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers to few bits and back: one scale for all, for each slice along an
// axis, or for each block of such slices.
#include <algorithm>
#include <cmath>

#include "tensor/interpreter/cast.h"
#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// Which scale an element has.
struct Scales {
  const Tensor* scale = nullptr;
  const Tensor* zero = nullptr;
  Dims strides;  // of the scale, under the data's sizes
  int64_t axis = 0;
  int64_t block = 1;  // elements along the axis that share one

  int64_t place(std::span<const int64_t> at) const {
    if (scale->size() == 1) return 0;
    return dot(at, strides) + (at[axis] / block - at[axis]) * strides[axis];
  }
};

Result<Scales> plan_scales(const Call& call, const Tensor& x) {
  Scales s;
  s.scale = &call.in(1);
  s.zero = call.has(2) ? &call.in(2) : nullptr;
  const int64_t block = call.integer("block_size");
  if (s.zero && s.zero->dims() != s.scale->dims() &&
      s.zero->size() != s.scale->size())
    return call.error("scale and zero point differ in sizes");
  if (!is_float(s.scale->type())) return call.bad_type(s.scale->type());
  if (s.scale->size() == 1 && block == 0) return s;
  HONE_ASSIGN_OR_RETURN(s.axis, call.axis(call.integer("axis"), x.rank()));
  if (block == 0) {
    if (s.scale->rank() != 1 || s.scale->dim(0) != x.dim(s.axis))
      return call.error("{} scales for size {}", s.scale->size(),
                        x.dim(s.axis));
    s.strides.assign(x.rank(), 0);
    s.strides[s.axis] = 1;
    return s;
  }
  s.block = block;
  s.strides = dense_strides(s.scale->dims());
  bool fits = s.scale->rank() == x.rank() && block > 0;
  for (int64_t i = 0; fits && i < x.rank(); ++i)
    fits = s.scale->dim(i) ==
           (i == s.axis ? (x.dim(i) + block - 1) / block : x.dim(i));
  if (!fits) return call.error("scales do not fit blocks of {}", block);
  return s;
}

Status quantize(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type()) && x.type() != ElementType::I32)
    return call.bad_type(x.type());
  HONE_ASSIGN_OR_RETURN(const Scales s, plan_scales(call, x));
  ElementType type = s.zero ? s.zero->type() : ElementType::U8;
  if (const int64_t wanted = call.integer("output_dtype"); wanted != 0) {
    const std::optional<ElementType> given = element_from_onnx(wanted);
    if (!given || (s.zero && *given != type))
      return call.error("output_dtype {}", wanted);
    type = *given;
  }
  // Division happens in `precision`, else in the scale's type.
  ElementType precision = s.scale->type();
  if (const int64_t wanted = call.integer("precision"); wanted != 0) {
    const std::optional<ElementType> given = element_from_onnx(wanted);
    if (!given || !is_float(*given)) return call.error("precision {}", wanted);
    precision = *given;
  }
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(type, x.dims()));
  const Dims strides = dense_strides(x.dims());
  const auto divided = [&](std::span<const int64_t> at, int64_t place) {
    return round_to(precision,
                    x.number(dot(at, strides)) / s.scale->number(place));
  };
  if (is_float(type)) {
    const Overflow overflow =
        call.integer("saturate") != 0 ? Overflow::Saturate : Overflow::Special;
    call.fill(y, [&](std::span<const int64_t> at) -> double {
      const int64_t place = s.place(at);
      const double value =
          divided(at, place) + (s.zero ? s.zero->number(place) : 0);
      return decode_float(type, encode_float(type, value, overflow));
    });
  } else if (is_integer(type)) {
    const bool is_signed = element_class(type) == ElementClass::Int;
    const int bits = element_bits(type);
    const double low = is_signed ? -std::ldexp(1, bits - 1) : 0;
    const double high = std::ldexp(1, is_signed ? bits - 1 : bits) - 1;
    call.fill(y, [&](std::span<const int64_t> at) -> int64_t {
      const int64_t place = s.place(at);
      const double value = std::nearbyint(divided(at, place)) +
                           (s.zero ? s.zero->number(place) : 0);
      return std::isnan(value)
                 ? 0
                 : static_cast<int64_t>(std::clamp(value, low, high));
    });
  } else {
    return call.bad_type(type);
  }
  call.set(0, std::move(y));
  return {};
}

Status dequantize(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type()) && !is_integer(x.type()))
    return call.bad_type(x.type());
  HONE_ASSIGN_OR_RETURN(const Scales s, plan_scales(call, x));
  ElementType type = s.scale->type();
  if (const int64_t wanted = call.integer("output_dtype"); wanted != 0) {
    const std::optional<ElementType> given = element_from_onnx(wanted);
    if (!given || !is_float(*given))
      return call.error("output_dtype {}", wanted);
    type = *given;
  }
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(type, x.dims()));
  const Dims strides = dense_strides(x.dims());
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const int64_t place = s.place(at);
    return (x.number(dot(at, strides)) - (s.zero ? s.zero->number(place) : 0)) *
           s.scale->number(place);
  });
  call.set(0, std::move(y));
  return {};
}

// Scale and zero point from the data's range, in f32 as the body says.
Status dynamic_quantize(Call& call) {
  const Tensor& x = call.in(0);
  if (x.type() != ElementType::F32) return call.bad_type(x.type());
  double low = 0, high = 0;
  for (const double value : x.data<double>()) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  const ElementType f32 = ElementType::F32;
  const double scale = round_to(f32, round_to(f32, high - low) / 255);
  const double zero =
      scale == 0
          ? 0
          : std::nearbyint(std::clamp(round_to(f32, -low / scale), 0.0, 255.0));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(ElementType::U8, x.dims()));
  const Dims strides = dense_strides(x.dims());
  call.fill(y, [&](std::span<const int64_t> at) -> int64_t {
    const double value = x.data<double>()[dot(at, strides)];
    return static_cast<int64_t>(std::clamp(
        (scale == 0 ? 0 : std::nearbyint(round_to(f32, value / scale))) + zero,
        0.0, 255.0));
  });
  call.set(0, std::move(y));
  call.set(1, Tensor::scalar(f32, scale));
  call.set(2, Tensor::scalar(ElementType::U8, zero));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::DequantizeLinear, dequantize},
    {Op::DynamicQuantizeLinear, dynamic_quantize},
    {Op::QuantizeLinear, quantize},
};

}  // namespace

std::span<const KernelRow> quantize_kernels() { return kRows; }

}  // namespace hone::tensor
