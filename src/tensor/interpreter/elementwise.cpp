// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of one input, element by element.
#include <cmath>
#include <numbers>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// out[i] = F(x[i]) for numbers of every form; F keeps the form.
template <auto F>
Status number_to_number(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), x.dims()));
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const auto in = x.data<T>();
    const Dims strides = dense_strides(x.dims());
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      return F(in[dot(at, strides)]);
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

// The same for floats only.
template <double (*F)(double)>
Status float_to_float(Call& call) {
  if (!is_float(call.in(0).type())) return call.bad_type(call.in(0).type());
  return number_to_number<[](auto x) -> decltype(x) {
    return static_cast<decltype(x)>(F(static_cast<double>(x)));
  }>(call);
}

// The same for integers only.
template <auto F>
Status integer_to_integer(Call& call) {
  if (!is_integer(call.in(0).type())) return call.bad_type(call.in(0).type());
  return number_to_number<[](auto x) -> decltype(x) {
    return static_cast<decltype(x)>(F(static_cast<int64_t>(x)));
  }>(call);
}

Status logical_not(Call& call) {
  if (call.in(0).type() != ElementType::Bool)
    return call.bad_type(call.in(0).type());
  return number_to_number<[](auto x) -> decltype(x) { return !x; }>(call);
}

// bool[i] = F(node, x[i])
template <bool (*F)(const Call&, double)>
Status float_to_bool(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type())) return call.bad_type(x.type());
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(ElementType::Bool, x.dims()));
  const Dims strides = dense_strides(x.dims());
  call.fill(y, [&](std::span<const int64_t> at) -> int64_t {
    return F(call, x.data<double>()[dot(at, strides)]);
  });
  call.set(0, std::move(y));
  return {};
}

bool is_infinite(const Call& call, double x) {
  return std::isinf(x) &&
         call.integer(x > 0 ? "detect_positive" : "detect_negative") != 0;
}

bool is_nan(const Call&, double x) { return std::isnan(x); }

double reciprocal(double x) { return 1 / x; }
double sigmoid(double x) {
  // Without overflow on either side.
  const double e = std::exp(-std::fabs(x));
  return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}
double half_to_even(double x) { return std::nearbyint(x); }

constexpr auto magnitude = [](auto x) -> decltype(x) {
  if constexpr (std::is_same_v<decltype(x), double>) return std::fabs(x);
  if constexpr (std::is_same_v<decltype(x), int64_t>)
    return x < 0 ? static_cast<int64_t>(-static_cast<uint64_t>(x)) : x;
  return x;
};

constexpr auto negated = [](auto x) -> decltype(x) {
  if constexpr (std::is_same_v<decltype(x), double>) return -x;
  return static_cast<decltype(x)>(-static_cast<uint64_t>(x));
};

constexpr auto sign = [](auto x) -> decltype(x) {
  if constexpr (std::is_same_v<decltype(x), double>)
    if (std::isnan(x)) return x;
  return static_cast<decltype(x)>((x > 0) - (x < 0));
};

constexpr KernelRow kRows[] = {
    {Op::Abs, number_to_number<magnitude>},
    {Op::Acos, float_to_float<std::acos>},
    {Op::Acosh, float_to_float<std::acosh>},
    {Op::Asin, float_to_float<std::asin>},
    {Op::Asinh, float_to_float<std::asinh>},
    {Op::Atan, float_to_float<std::atan>},
    {Op::Atanh, float_to_float<std::atanh>},
    {Op::BitwiseNot, integer_to_integer<[](int64_t x) { return ~x; }>},
    {Op::Ceil, float_to_float<std::ceil>},
    {Op::Cos, float_to_float<std::cos>},
    {Op::Cosh, float_to_float<std::cosh>},
    {Op::Erf, number_to_number<[](auto x) -> decltype(x) {
       return static_cast<decltype(x)>(std::erf(static_cast<double>(x)));
     }>},
    {Op::Exp, float_to_float<std::exp>},
    {Op::Floor, float_to_float<std::floor>},
    {Op::IsInf, float_to_bool<is_infinite>},
    {Op::IsNaN, float_to_bool<is_nan>},
    {Op::Log, float_to_float<std::log>},
    {Op::Neg, number_to_number<negated>},
    {Op::Not, logical_not},
    {Op::Reciprocal, float_to_float<reciprocal>},
    {Op::Round, float_to_float<half_to_even>},
    {Op::Sigmoid, float_to_float<sigmoid>},
    {Op::Sign, number_to_number<sign>},
    {Op::Sin, float_to_float<std::sin>},
    {Op::Sinh, float_to_float<std::sinh>},
    {Op::Sqrt, float_to_float<std::sqrt>},
    {Op::Tan, float_to_float<std::tan>},
    {Op::Tanh, float_to_float<std::tanh>},
};

}  // namespace

std::span<const KernelRow> elementwise_kernels() { return kRows; }

}  // namespace hone::tensor
