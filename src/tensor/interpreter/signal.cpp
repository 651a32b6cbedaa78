// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Windows, discrete Fourier transforms by their definition, mel weights.
#include <cmath>
#include <complex>
#include <numbers>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

using Complex = std::complex<double>;

// a0 - a1 cos(2 pi n / N) + a2 cos(4 pi n / N)
Status window(Call& call, double a0, double a1, double a2) {
  HONE_ASSIGN_OR_RETURN(const int64_t size, call.integer_of(0));
  const std::optional<ElementType> type =
      element_from_onnx(call.integer("output_datatype"));
  if (!type || !(is_float(*type) || is_integer(*type)))
    return call.error("output_datatype {}", call.integer("output_datatype"));
  const auto period =
      static_cast<double>(call.integer("periodic") != 0 ? size : size - 1);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(*type, {size}));
  const auto value = [&](std::span<const int64_t> at) {
    if (period == 0) return 1.0;
    const double t = 2 * std::numbers::pi * static_cast<double>(at[0]) / period;
    return a0 - a1 * std::cos(t) + a2 * std::cos(2 * t);
  };
  if (is_float(*type))
    call.fill(y, value);
  else
    call.fill(y, [&](std::span<const int64_t> at) {
      return static_cast<int64_t>(value(at));
    });
  call.set(0, std::move(y));
  return {};
}

Status hann(Call& call) { return window(call, 0.5, 0.5, 0); }
Status hamming(Call& call) { return window(call, 25.0 / 46, 1 - 25.0 / 46, 0); }
Status blackman(Call& call) { return window(call, 0.42, 0.5, 0.08); }

// sum over n of x[n] exp(∓2 pi i k n / length)
Complex transform(std::span<const Complex> x, int64_t k, int64_t length,
                  bool inverse) {
  Complex sum = 0;
  for (int64_t n = 0; n < static_cast<int64_t>(x.size()) && n < length; ++n) {
    const double turn =
        static_cast<double>(k * n % length) / static_cast<double>(length);
    sum += x[n] * std::polar(1.0, (inverse ? 2 : -2) * std::numbers::pi * turn);
  }
  return inverse ? sum / static_cast<double>(length) : sum;
}

Status dft(Call& call) {
  const Tensor& x = call.in(0);
  const bool inverse = call.integer("inverse") != 0;
  const bool onesided = call.integer("onesided") != 0;
  const int64_t parts = x.rank() > 0 ? x.dims().back() : 0;
  if (!is_float(x.type()) || x.rank() < 2 || (parts != 1 && parts != 2))
    return call.error("expected real or complex numbers along the last axis");
  int64_t given = -2;
  if (call.has(2)) {
    HONE_ASSIGN_OR_RETURN(given, call.integer_of(2));
  }
  HONE_ASSIGN_OR_RETURN(const int64_t axis, call.axis(given, x.rank()));
  if (axis == x.rank() - 1) return call.error("the axis is that of the parts");
  const int64_t size = x.dim(axis);
  int64_t length = inverse && onesided ? 2 * (size - 1) : size;
  if (call.has(1)) {
    HONE_ASSIGN_OR_RETURN(length, call.integer_of(1));
  }
  if (length < 1 || length > call.limits().elements)
    return call.error("a transform of length {}", length);
  Dims dims = x.dims();
  dims[axis] = onesided && !inverse ? length / 2 + 1 : length;
  dims.back() = inverse && onesided ? 1 : 2;
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  const Dims strides = dense_strides(x.dims());
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    Dims from(at.begin(), at.end());
    std::vector<Complex> line;
    for (int64_t n = 0; n < size; ++n) {
      from[axis] = n;
      from.back() = 0;
      const int64_t place = dot(from, strides);
      line.emplace_back(x.data<double>()[place],
                        parts == 2 ? x.data<double>()[place + 1] : 0);
    }
    if (inverse && onesided) {
      // The other half mirrors this one.
      line.resize(length / 2 + 1);
      for (int64_t n = length / 2 + 1; n < length; ++n)
        line.push_back(std::conj(line[length - n]));
    }
    const Complex value = transform(line, at[axis], length, inverse);
    return at.back() == 0 ? value.real() : value.imag();
  });
  call.set(0, std::move(y));
  return {};
}

// Transforms of frames of the signal: batch x signal x parts.
Status stft(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const int64_t step, call.integer_of(1));
  const Tensor* window = call.has(2) ? &call.in(2) : nullptr;
  if (!is_float(x.type()) || x.rank() < 2 || x.rank() > 3 || step < 1 ||
      (window && window->rank() != 1))
    return call.error("signal, step and window do not fit");
  const int64_t parts = x.rank() == 3 ? x.dim(2) : 1;
  int64_t length = window ? window->size() : x.dim(1);
  if (call.has(3)) {
    HONE_ASSIGN_OR_RETURN(length, call.integer_of(3));
  }
  if (length < 1 || length > x.dim(1) || (parts != 1 && parts != 2) ||
      (window && window->size() != length))
    return call.error("frames of length {}", length);
  const bool onesided = call.integer("onesided") != 0;
  HONE_ASSIGN_OR_RETURN(
      Tensor y, call.make(x.type(), {x.dim(0), 1 + (x.dim(1) - length) / step,
                                     onesided ? length / 2 + 1 : length, 2}));
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    std::vector<Complex> frame;
    for (int64_t n = 0; n < length; ++n) {
      const int64_t place = (at[0] * x.dim(1) + at[1] * step + n) * parts;
      const Complex value(x.data<double>()[place],
                          parts == 2 ? x.data<double>()[place + 1] : 0);
      frame.push_back(value * (window ? window->number(n) : 1));
    }
    const Complex value = transform(frame, at[2], length, false);
    return at[3] == 0 ? value.real() : value.imag();
  });
  call.set(0, std::move(y));
  return {};
}

double to_mel(double hertz) { return 2595 * std::log10(1 + hertz / 700); }
double to_hertz(double mel) { return 700 * (std::pow(10, mel / 2595) - 1); }

// Triangles over the bins of a spectrum, evenly spaced in mel.
Status mel_weights(Call& call) {
  for (size_t i = 0; i < 5; ++i)
    if (call.in(i).size() != 1) return call.error("input {} is no scalar", i);
  const auto bins = static_cast<int64_t>(call.in(0).number(0));
  const auto length = static_cast<int64_t>(call.in(1).number(0));
  const double rate = call.in(2).number(0);
  const double low = to_mel(call.in(3).number(0));
  const double high = to_mel(call.in(4).number(0));
  const std::optional<ElementType> type =
      element_from_onnx(call.integer("output_datatype"));
  if (!type || !is_float(*type))
    return call.unsupported("output_datatype that is no float type");
  if (bins < 1 || length < 0 || !(rate > 0))
    return call.error("{} bins of {} samples", bins, length);
  const int64_t rows = length / 2 + 1;
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(*type, {rows, bins}));
  Dims edges;
  const double spacing = (high - low) / static_cast<double>(bins + 2);
  for (int64_t i = 0; i < bins + 2; ++i)
    edges.push_back(static_cast<int64_t>(
        std::floor(static_cast<double>(length + 1) *
                   to_hertz(low + spacing * static_cast<double>(i)) / rate)));
  for (const int64_t edge : edges)
    if (edge < 0 || edge >= rows) return call.error("an edge at bin {}", edge);
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const int64_t left = edges[at[1]], top = edges[at[1] + 1];
    const int64_t right = edges[at[1] + 2], row = at[0];
    if (row == top && (top == left || right > top)) return 1;
    if (row >= left && row <= top)
      return static_cast<double>(row - left) / static_cast<double>(top - left);
    if (row > top && row < right)
      return static_cast<double>(right - row) /
             static_cast<double>(right - top);
    return 0;
  });
  call.set(0, std::move(y));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::BlackmanWindow, blackman},     {Op::DFT, dft},
    {Op::HammingWindow, hamming},       {Op::HannWindow, hann},
    {Op::MelWeightMatrix, mel_weights}, {Op::STFT, stft},
};

}  // namespace

std::span<const KernelRow> signal_kernels() { return kRows; }

}  // namespace hone::tensor
