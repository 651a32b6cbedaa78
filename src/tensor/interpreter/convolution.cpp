// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Convolutions. Integers are convolved as doubles, whose sums are exact here:
// products of two bytes need 2^37 terms to leave 53 bits.
#include <algorithm>
#include <cmath>

#include "tensor/interpreter/kernels.h"
#include "tensor/interpreter/window.h"

namespace hone::tensor {

namespace {

Dims spatial(const Tensor& x) { return {x.dims().begin() + 2, x.dims().end()}; }

// x: N x C x space, w: M x C/group x kernel, bias: M or null.
Result<Tensor> convolve(const Call& call, const Tensor& x, const Tensor& w,
                        const Tensor* bias, ElementType type) {
  if (x.rank() < 3 || w.rank() != x.rank())
    return call.error("data of rank {} and weights of rank {}", x.rank(),
                      w.rank());
  const int64_t group = call.integer("group");
  const int64_t maps = w.dim(0), channels = w.dim(1);
  if (group < 1 || maps % group != 0 || channels * group != x.dim(1))
    return call.error("{} groups, weights {} and data {}", group,
                      to_text(to_shape(w.dims())), to_text(to_shape(x.dims())));
  if (bias && bias->size() != maps)
    return call.error("{} biases for {} maps", bias->size(), maps);
  HONE_ASSIGN_OR_RETURN(const Window window,
                        plan_window(call, spatial(x), spatial(w)));
  Dims dims = {x.dim(0), maps};
  dims.insert(dims.end(), window.output.begin(), window.output.end());
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(type, dims));
  const int64_t area = *count_elements(window.input);
  const int64_t taps = *count_elements(window.kernel);
  const double* data = x.data<double>().data();
  const double* weights = w.data<double>().data();
  std::vector<std::pair<int64_t, int64_t>> inside;
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    inside.clear();
    for_each_tap(window, at.subspan(2), [&](int64_t place, int64_t tap) {
      inside.emplace_back(place, tap);
    });
    const int64_t first = at[1] / (maps / group) * channels;
    const double* from = data + (at[0] * x.dim(1) + first) * area;
    const double* kernel = weights + at[1] * channels * taps;
    double sum = bias ? bias->number(at[1]) : 0;
    for (int64_t c = 0; c < channels; ++c, from += area, kernel += taps)
      for (const auto& [place, tap] : inside) sum += from[place] * kernel[tap];
    return sum;
  });
  return y;
}

Status conv(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& w = call.in(1);
  if (!is_float(x.type()) || w.type() != x.type())
    return call.error("elements of types {} and {}", element_name(x.type()),
                      element_name(w.type()));
  HONE_ASSIGN_OR_RETURN(
      Tensor y,
      convolve(call, x, w, call.has(2) ? &call.in(2) : nullptr, x.type()));
  call.set(0, std::move(y));
  return {};
}

// Numbers less a zero point: one for all, or one for each first (or second)
// coordinate.
Result<Tensor> shifted(const Call& call, const Tensor& x, size_t zero_input,
                       int64_t axis) {
  if (!is_integer(x.type())) return call.bad_type(x.type());
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(ElementType::F64, x.dims()));
  const Tensor* zero = call.has(zero_input) ? &call.in(zero_input) : nullptr;
  if (zero && zero->size() != 1 &&
      (axis >= x.rank() || zero->size() != x.dim(axis)))
    return call.error("{} zero points", zero->size());
  const int64_t stride = axis < x.rank() ? dense_strides(x.dims())[axis] : 1;
  for (int64_t i = 0; i < x.size(); ++i) {
    const double z =
        !zero ? 0
              : zero->number(zero->size() == 1 ? 0 : i / stride % x.dim(axis));
    y.data<double>()[i] = x.number(i) - z;
  }
  return y;
}

Tensor to_integers(const Tensor& x, ElementType type) {
  Tensor y(type, x.dims());
  for (int64_t i = 0; i < x.size(); ++i)
    y.data<int64_t>()[i] =
        narrow(type, static_cast<int64_t>(x.data<double>()[i]));
  return y;
}

Status conv_integer(Call& call) {
  HONE_ASSIGN_OR_RETURN(const Tensor x, shifted(call, call.in(0), 2, 1));
  HONE_ASSIGN_OR_RETURN(const Tensor w, shifted(call, call.in(1), 3, 0));
  HONE_ASSIGN_OR_RETURN(const Tensor y,
                        convolve(call, x, w, nullptr, ElementType::F64));
  call.set(0, to_integers(y, ElementType::I32));
  return {};
}

// x, its scale and zero, w, its scale and zero, y's scale and zero, bias.
Status qlinear_conv(Call& call) {
  const Tensor& zero = call.in(7);
  const Tensor& w_scale = call.in(4);
  HONE_ASSIGN_OR_RETURN(const Tensor x, shifted(call, call.in(0), 2, 1));
  HONE_ASSIGN_OR_RETURN(const Tensor w, shifted(call, call.in(3), 5, 0));
  if (call.in(1).size() != 1 || call.in(6).size() != 1 || zero.size() != 1 ||
      (w_scale.size() != 1 && w_scale.size() != w.dim(0)) ||
      !is_integer(zero.type()))
    return call.error("scales and zero points do not fit");
  HONE_ASSIGN_OR_RETURN(
      Tensor sums, convolve(call, x, w, call.has(8) ? &call.in(8) : nullptr,
                            ElementType::F64));
  const bool is_signed = element_class(zero.type()) == ElementClass::Int;
  const int bits = element_bits(zero.type());
  const double low = is_signed ? -std::ldexp(1, bits - 1) : 0;
  const double high = std::ldexp(1, is_signed ? bits - 1 : bits) - 1;
  const int64_t area = sums.dims().size() < 2 || sums.dim(1) == 0
                           ? 1
                           : dense_strides(sums.dims())[1];
  for (int64_t i = 0; i < sums.size(); ++i) {
    const int64_t map = i / area % sums.dim(1);
    const double scale = call.in(1).number(0) *
                         w_scale.number(w_scale.size() == 1 ? 0 : map) /
                         call.in(6).number(0);
    sums.data<double>()[i] = std::clamp(
        std::nearbyint(sums.data<double>()[i] * scale) + zero.number(0), low,
        high);
  }
  call.set(0, to_integers(sums, zero.type()));
  return {};
}

// Pads from output_shape, or sizes from pads: the reverse of plan_window.
Result<Window> plan_transposed(const Call& call, const Tensor& x, Dims kernel) {
  Window w;
  w.input = spatial(x);
  w.kernel = std::move(kernel);
  const size_t axes = w.input.size();
  const auto list = [&](std::string_view name, int64_t value, size_t count) {
    Dims given = call.integers(name);
    return given.empty() ? Dims(count, value) : given;
  };
  w.strides = list("strides", 1, axes);
  w.dilations = list("dilations", 1, axes);
  const Dims extra = list("output_padding", 0, axes);
  const Dims pads = list("pads", 0, 2 * axes);
  const Dims wanted = call.integers("output_shape");
  const std::string mode = call.text("auto_pad");
  const bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (w.strides.size() != axes || w.dilations.size() != axes ||
      extra.size() != axes || pads.size() != 2 * axes ||
      (!wanted.empty() && wanted.size() != axes))
    return call.error("attributes do not fit {} spatial axes", axes);
  for (const Dims* values :
       {static_cast<const Dims*>(&w.strides),
        static_cast<const Dims*>(&w.dilations), &extra, &pads, &wanted})
    for (const int64_t value : *values)
      if (value < 0 || value > int64_t{1} << 31)
        return call.error("an attribute of {}", value);
  for (size_t i = 0; i < axes; ++i) {
    if (w.strides[i] < 1 || w.dilations[i] < 1)
      return call.error("strides and dilations must be positive");
    const int64_t full = (w.input[i] - 1) * w.strides[i] + extra[i] +
                         w.extent(static_cast<int64_t>(i));
    if (wanted.empty() && !same) {
      w.before.push_back(mode == "VALID" ? 0 : pads[i]);
      w.after.push_back(mode == "VALID" ? 0 : pads[i + axes]);
      w.output.push_back(full - w.before[i] - w.after[i]);
      continue;
    }
    w.output.push_back(wanted.empty() ? w.input[i] * w.strides[i] : wanted[i]);
    const int64_t total = std::max<int64_t>(full - w.output[i], 0);
    w.before.push_back(mode == "SAME_UPPER" ? total / 2 : total - total / 2);
    w.after.push_back(total - w.before[i]);
  }
  return w;
}

Status conv_transpose(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& w = call.in(1);
  if (!is_float(x.type()) || w.type() != x.type() || x.rank() < 3 ||
      w.rank() != x.rank())
    return call.error("data and weights do not fit");
  const int64_t group = call.integer("group");
  const int64_t channels = x.dim(1);
  if (group < 1 || channels % group != 0 || w.dim(0) != channels)
    return call.error("{} groups of {} channels", group, channels);
  const int64_t maps = w.dim(1) * group;
  if (call.has(2) && call.in(2).size() != maps)
    return call.error("{} biases for {} maps", call.in(2).size(), maps);
  HONE_ASSIGN_OR_RETURN(const Window window,
                        plan_transposed(call, x, spatial(w)));
  Dims dims = {x.dim(0), maps};
  dims.insert(dims.end(), window.output.begin(), window.output.end());
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  const int64_t area = *count_elements(window.input);
  const int64_t taps = *count_elements(window.kernel);
  const int64_t each = channels / group;
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const int64_t g = at[1] / w.dim(1);
    double sum = call.has(2) ? call.in(2).number(at[1]) : 0;
    Dims k(window.kernel.size(), 0);
    for (int64_t tap = 0; tap < taps; ++tap, next_index(window.kernel, k)) {
      // Which input element this tap moved to `at`, if any.
      int64_t place = 0;
      bool inside = true;
      for (size_t i = 0; i < k.size() && inside; ++i) {
        const int64_t from =
            at[i + 2] + window.before[i] - k[i] * window.dilations[i];
        inside = from >= 0 && from % window.strides[i] == 0 &&
                 from / window.strides[i] < window.input[i];
        place = place * window.input[i] + from / window.strides[i];
      }
      if (!inside) continue;
      for (int64_t c = g * each; c < (g + 1) * each; ++c)
        sum += x.data<double>()[(at[0] * channels + c) * area + place] *
               w.data<double>()[(c * w.dim(1) + at[1] % w.dim(1)) * taps + tap];
    }
    return sum;
  });
  call.set(0, std::move(y));
  return {};
}

// Linear in each axis; zero outside.
double sample(const double* plane, std::span<const int64_t> dims,
              std::span<const double> at) {
  double sum = 0;
  for (int64_t corner = 0; corner < int64_t{1} << dims.size(); ++corner) {
    double weight = 1;
    int64_t place = 0;
    bool inside = true;
    for (size_t i = 0; i < dims.size() && inside; ++i) {
      const double low = std::floor(at[i]);
      const bool high = corner >> i & 1;
      const double where = low + high;
      weight *= high ? at[i] - low : 1 - (at[i] - low);
      inside = where >= 0 && where < static_cast<double>(dims[i]);
      if (inside) place = place * dims[i] + static_cast<int64_t>(where);
    }
    if (inside && weight != 0) sum += weight * plane[place];
  }
  return sum;
}

Status deform_conv(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& w = call.in(1);
  const Tensor& offset = call.in(2);
  const int64_t group = call.integer("group");
  const int64_t sets = call.integer("offset_group");
  if (!is_float(x.type()) || x.rank() < 3 || w.rank() != x.rank() ||
      offset.rank() != x.rank() || group < 1 || sets < 1 ||
      w.dim(1) * group != x.dim(1) || w.dim(0) % group != 0 ||
      x.dim(1) % sets != 0)
    return call.error("data, weights and offsets do not fit");
  HONE_ASSIGN_OR_RETURN(const Window window,
                        plan_window(call, spatial(x), spatial(w)));
  const int64_t axes = window.axes();
  const int64_t taps = *count_elements(window.kernel);
  const int64_t area = *count_elements(window.input);
  const int64_t out_area = *count_elements(window.output);
  const Tensor* mask = call.has(4) ? &call.in(4) : nullptr;
  if (spatial(offset) != window.output || offset.dim(1) != sets * taps * axes ||
      offset.dim(0) != x.dim(0) ||
      (mask && mask->size() != x.dim(0) * sets * taps * out_area) ||
      (call.has(3) && call.in(3).size() != w.dim(0)))
    return call.error("offsets, bias or mask do not fit");
  Dims dims = {x.dim(0), w.dim(0)};
  dims.insert(dims.end(), window.output.begin(), window.output.end());
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  const Dims out_strides = dense_strides(window.output);
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    double sum = call.has(3) ? call.in(3).number(at[1]) : 0;
    const int64_t first = at[1] / (w.dim(0) / group) * w.dim(1);
    const int64_t spot = dot(at.subspan(2), out_strides);
    std::vector<double> where(axes);
    for (int64_t c = 0; c < w.dim(1); ++c) {
      const int64_t set = (first + c) / (x.dim(1) / sets);
      Dims k(axes, 0);
      for (int64_t tap = 0; tap < taps; ++tap, next_index(window.kernel, k)) {
        const int64_t row = (at[0] * sets + set) * taps + tap;
        for (int64_t i = 0; i < axes; ++i)
          where[i] = static_cast<double>(at[i + 2] * window.strides[i] +
                                         k[i] * window.dilations[i] -
                                         window.before[i]) +
                     offset.data<double>()[(row * axes + i) * out_area + spot];
        const double value = sample(
            x.data<double>().data() + (at[0] * x.dim(1) + first + c) * area,
            window.input, where);
        sum += value * w.data<double>()[(at[1] * w.dim(1) + c) * taps + tap] *
               (mask ? mask->data<double>()[row * out_area + spot] : 1);
      }
    }
    return sum;
  });
  call.set(0, std::move(y));
  return {};
}

// Adds the columns that a convolution reads back into an image.
Status col2im(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Dims image, call.integers_of(1));
  HONE_ASSIGN_OR_RETURN(const Dims block, call.integers_of(2));
  for (const int64_t size : image)
    if (size < 0) return call.error("an image of size {}", size);
  HONE_ASSIGN_OR_RETURN(const Window window, plan_window(call, image, block));
  const int64_t taps = *count_elements(window.kernel);
  const int64_t blocks = *count_elements(window.output);
  const int64_t area = count_elements(image).value_or(0);
  if (x.rank() != 3 || x.dim(1) % taps != 0 || x.dim(2) != blocks)
    return call.error("columns {} do not fit", to_text(to_shape(x.dims())));
  const int64_t channels = x.dim(1) / taps;
  Dims dims = {x.dim(0), channels};
  dims.insert(dims.end(), image.begin(), image.end());
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    for (int64_t plane = 0; plane < x.dim(0) * channels; ++plane) {
      Dims out(window.output.size(), 0);
      for (int64_t b = 0; b < blocks; ++b, next_index(window.output, out))
        for_each_tap(window, out, [&](int64_t place, int64_t tap) {
          y.data<T>()[plane * area + place] +=
              x.data<T>()[(plane * taps + tap) * blocks + b];
        });
    }
    for (T& value : y.data<T>()) value = narrow(x.type(), value);
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

// A depthwise convolution over what came before and x; carries on the end.
Status causal_conv(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& w = call.in(1);
  const std::string activation = call.text("activation");
  if (activation != "none" && activation != "silu" && activation != "swish")
    return call.error("activation '{}'", activation);
  if (!is_float(x.type()) || x.rank() != 3 || w.rank() != 3 ||
      w.dim(0) != x.dim(1) || w.dim(1) != 1 || w.dim(2) < 1)
    return call.error("data and weights do not fit");
  const int64_t channels = x.dim(1), length = x.dim(2), k = w.dim(2);
  const Dims state = {x.dim(0), channels, k - 1};
  const Tensor* past = call.has(3) ? &call.in(3) : nullptr;
  if ((past && past->dims() != state) ||
      (call.has(2) && call.in(2).size() != channels))
    return call.error("bias or past state do not fit");
  // The value at a place counted from the first one carried in.
  const auto joined = [&](int64_t line, int64_t at) {
    if (at >= k - 1) return x.data<double>()[line * length + at - (k - 1)];
    return past ? past->data<double>()[line * (k - 1) + at] : 0;
  };
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), x.dims()));
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const int64_t line = at[0] * channels + at[1];
    double sum = call.has(2) ? call.in(2).number(at[1]) : 0;
    for (int64_t i = 0; i < k; ++i)
      sum += joined(line, at[2] + i) * w.data<double>()[at[1] * k + i];
    return activation == "none" ? sum : sum / (1 + std::exp(-sum));
  });
  HONE_ASSIGN_OR_RETURN(Tensor present, call.make(x.type(), state));
  for (int64_t i = 0; i < present.size(); ++i)
    present.data<double>()[i] = joined(i / (k - 1), length + i % (k - 1));
  call.set(0, std::move(y));
  call.set(1, std::move(present));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::CausalConvWithState, causal_conv},
    {Op::Col2Im, col2im},
    {Op::Conv, conv},
    {Op::ConvInteger, conv_integer},
    {Op::ConvTranspose, conv_transpose},
    {Op::DeformConv, deform_conv},
    {Op::QLinearConv, qlinear_conv},
};

}  // namespace

std::span<const KernelRow> convolution_kernels() { return kRows; }

}  // namespace hone::tensor
