// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Activation functions: floats, element by element, with a few attributes.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// What an activation may need; read once, not for each element.
struct Parameters {
  explicit Parameters(const Call& call)
      : alpha(call.number("alpha")),
        beta(call.number("beta")),
        gamma(call.number("gamma")),
        bias(call.number("bias")),
        lambda(call.number("lambd")),
        is_tanh(call.text("approximate") == "tanh") {}

  double alpha, beta, gamma, bias, lambda;
  bool is_tanh;
};

template <double (*F)(double, const Parameters&)>
Status activation(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type()) && !is_integer(x.type()))
    return call.bad_type(x.type());
  const Parameters parameters(call);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), x.dims()));
  const Dims strides = dense_strides(x.dims());
  if (is_float(x.type()))
    call.fill(y, [&](std::span<const int64_t> at) -> double {
      return F(x.data<double>()[dot(at, strides)], parameters);
    });
  else
    call.fill(y, [&](std::span<const int64_t> at) -> int64_t {
      return static_cast<int64_t>(F(x.number(dot(at, strides)), parameters));
    });
  call.set(0, std::move(y));
  return {};
}

using P = const Parameters&;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) {
  return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x)));
}
double relu(double x, P) { return x > 0 || std::isnan(x) ? x : 0; }
double leaky_relu(double x, P p) { return x < 0 ? p.alpha * x : x; }
double elu(double x, P p) { return x < 0 ? p.alpha * std::expm1(x) : x; }
double celu(double x, P p) {
  return std::max(x, 0.0) + std::min(0.0, p.alpha * std::expm1(x / p.alpha));
}
double selu(double x, P p) {
  return x > 0 ? p.gamma * x : p.gamma * p.alpha * std::expm1(x);
}
double thresholded(double x, P p) { return x > p.alpha ? x : 0; }
double hard_sigmoid(double x, P p) {
  return std::clamp(p.alpha * x + p.beta, 0.0, 1.0);
}
double hard_swish(double x, P) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); }
double mish(double x, P) { return x * std::tanh(softplus(x)); }
double softplus_of(double x, P) { return softplus(x); }
double softsign(double x, P) { return x / (1 + std::fabs(x)); }
double swish(double x, P p) { return x * sigmoid(p.alpha * x); }
double shrink(double x, P p) {
  return x < -p.lambda ? x + p.bias : x > p.lambda ? x - p.bias : 0;
}
double gelu(double x, P p) {
  if (p.is_tanh)
    return 0.5 * x *
           (1 + std::tanh(std::sqrt(2 / std::numbers::pi) *
                          (x + 0.044715 * x * x * x)));
  return 0.5 * x * (1 + std::erf(x / std::numbers::sqrt2));
}

// Swish of the gate times the other.
Status swiglu(Call& call) {
  const Tensor& a = call.in(0);
  const Tensor& b = call.in(1);
  if (!is_float(a.type()) || b.type() != a.type() || a.dims() != b.dims())
    return call.error("expected two float tensors of the same sizes");
  const double alpha = call.number("alpha");
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(a.type(), a.dims()));
  const Dims strides = dense_strides(a.dims());
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const double x = a.data<double>()[dot(at, strides)];
    return x * sigmoid(alpha * x) * b.data<double>()[dot(at, strides)];
  });
  call.set(0, std::move(y));
  return {};
}

Status prelu(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& slope = call.in(1);
  if (slope.type() != x.type()) return call.bad_type(slope.type());
  const Dims* shapes[] = {&x.dims(), &slope.dims()};
  HONE_ASSIGN_OR_RETURN(const Dims dims, broadcast(call, shapes));
  if (dims != x.dims()) return call.error("the slope has more elements than x");
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const Dims to_x = dense_strides(dims);
    const Dims to_slope = broadcast_strides(slope.dims(), dims.size());
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      const T value = x.data<T>()[dot(at, to_x)];
      return value < 0 ? slope.data<T>()[dot(at, to_slope)] * value : value;
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

// max(min) then min(max): where the bounds cross, the upper one wins.
Status clip(Call& call) {
  const Tensor& x = call.in(0);
  for (size_t i = 1; i < 3; ++i)
    if (call.has(i) &&
        (call.in(i).type() != x.type() || call.in(i).size() != 1))
      return call.error("input {} must be one element of x's type", i);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), x.dims()));
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const Dims strides = dense_strides(x.dims());
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      T value = x.data<T>()[dot(at, strides)];
      if (call.has(1) && value < call.in(1).data<T>()[0])
        value = call.in(1).data<T>()[0];
      if (call.has(2) && value > call.in(2).data<T>()[0])
        value = call.in(2).data<T>()[0];
      return value;
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::Celu, activation<celu>},
    {Op::Clip, clip},
    {Op::Elu, activation<elu>},
    {Op::Gelu, activation<gelu>},
    {Op::HardSigmoid, activation<hard_sigmoid>},
    {Op::HardSwish, activation<hard_swish>},
    {Op::LeakyRelu, activation<leaky_relu>},
    {Op::Mish, activation<mish>},
    {Op::PRelu, prelu},
    {Op::Relu, activation<relu>},
    {Op::Selu, activation<selu>},
    {Op::Shrink, activation<shrink>},
    {Op::Softplus, activation<softplus_of>},
    {Op::Softsign, activation<softsign>},
    {Op::SwiGLU, swiglu},
    {Op::Swish, activation<swish>},
    {Op::ThresholdedRelu, activation<thresholded>},
};

}  // namespace

std::span<const KernelRow> activation_kernels() { return kRows; }

}  // namespace hone::tensor
