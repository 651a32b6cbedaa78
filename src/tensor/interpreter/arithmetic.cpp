// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators of two or more inputs, element by element, with broadcasting.
#include <cmath>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// out[i] = f(a[i], b[i]); the operands have one form T.
template <typename T, typename F>
Status combine(Call& call, const Tensor& a, const Tensor& b, ElementType type,
               F f) {
  const Dims* shapes[] = {&a.dims(), &b.dims()};
  HONE_ASSIGN_OR_RETURN(const Dims dims, broadcast(call, shapes));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(type, dims));
  const Dims to_a = broadcast_strides(a.dims(), dims.size());
  const Dims to_b = broadcast_strides(b.dims(), dims.size());
  const auto left = a.data<T>();
  const auto right = b.data<T>();
  call.fill(y, [&](std::span<const int64_t> at) {
    return f(left[dot(at, to_a)], right[dot(at, to_b)]);
  });
  call.set(0, std::move(y));
  return {};
}

Status same_types(const Call& call) {
  for (size_t i = 1; i < call.inputs(); ++i)
    if (call.in(i).type() != call.in(0).type())
      return call.error("inputs of types {} and {}; expected one type",
                        element_name(call.in(0).type()),
                        element_name(call.in(i).type()));
  return {};
}

// Numbers to a number of the same type.
template <auto F>
Status binary(Call& call) {
  HONE_RETURN_IF_ERROR(same_types(call));
  const Tensor& a = call.in(0);
  if (a.type() == ElementType::Bool) return call.bad_type(a.type());
  return on_number(call, a.type(), [&](auto form) {
    using T = decltype(form);
    return combine<T>(call, a, call.in(1), a.type(),
                      [](T x, T y) -> T { return F(x, y); });
  });
}

// Numbers to a Boolean.
template <auto F>
Status compare(Call& call) {
  HONE_RETURN_IF_ERROR(same_types(call));
  const Tensor& a = call.in(0);
  return on_number(call, a.type(), [&](auto form) {
    using T = decltype(form);
    return combine<T>(call, a, call.in(1), ElementType::Bool,
                      [](T x, T y) -> int64_t { return F(x, y); });
  });
}

Status equal(Call& call) {
  const Tensor& a = call.in(0);
  if (a.type() == ElementType::Str) {
    HONE_RETURN_IF_ERROR(same_types(call));
    return combine<std::string>(
        call, a, call.in(1), ElementType::Bool,
        [](const std::string& x, const std::string& y) -> int64_t {
          return x == y;
        });
  }
  return compare<[](auto x, auto y) { return x == y; }>(call);
}

// Booleans, or integers, bit by bit.
template <bool kBooleans, auto F>
Status bitwise(Call& call) {
  HONE_RETURN_IF_ERROR(same_types(call));
  const ElementType type = call.in(0).type();
  if (kBooleans ? type != ElementType::Bool : !is_integer(type))
    return call.bad_type(type);
  return combine<int64_t>(
      call, call.in(0), call.in(1), type,
      [](int64_t x, int64_t y) -> int64_t { return F(x, y); });
}

Status bit_shift(Call& call) {
  HONE_RETURN_IF_ERROR(same_types(call));
  const ElementType type = call.in(0).type();
  if (!is_integer(type)) return call.bad_type(type);
  const std::string direction = call.text("direction");
  if (direction != "LEFT" && direction != "RIGHT")
    return call.error("direction '{}'; expected LEFT or RIGHT", direction);
  const bool left = direction == "LEFT";
  const int64_t bits = element_bits(type);
  const bool is_signed = element_class(type) == ElementClass::Int;
  return combine<int64_t>(
      call, call.in(0), call.in(1), type, [&](int64_t x, int64_t n) -> int64_t {
        if (n < 0 || n >= bits) return !left && is_signed && x < 0 ? -1 : 0;
        if (left) return static_cast<int64_t>(static_cast<uint64_t>(x) << n);
        return is_signed ? x >> n
                         : static_cast<int64_t>(static_cast<uint64_t>(x) >> n);
      });
}

constexpr auto add = [](auto x, auto y) -> decltype(x) {
  if constexpr (std::is_same_v<decltype(x), int64_t>)
    return static_cast<int64_t>(static_cast<uint64_t>(x) +
                                static_cast<uint64_t>(y));
  else
    return x + y;
};
constexpr auto subtract = [](auto x, auto y) -> decltype(x) {
  if constexpr (std::is_same_v<decltype(x), int64_t>)
    return static_cast<int64_t>(static_cast<uint64_t>(x) -
                                static_cast<uint64_t>(y));
  else
    return x - y;
};
constexpr auto multiply = [](auto x, auto y) -> decltype(x) {
  if constexpr (std::is_same_v<decltype(x), int64_t>)
    return static_cast<int64_t>(static_cast<uint64_t>(x) *
                                static_cast<uint64_t>(y));
  else
    return x * y;
};
// Of integers towards zero; division by zero, which ONNX leaves open, gives 0.
constexpr auto divide = [](auto x, auto y) -> decltype(x) {
  if constexpr (std::is_same_v<decltype(x), double>) {
    return x / y;
  } else {
    if (y == 0) return 0;
    if constexpr (std::is_same_v<decltype(x), int64_t>)
      if (y == -1) return static_cast<int64_t>(-static_cast<uint64_t>(x));
    return x / y;
  }
};

template <typename T>
T truncated_remainder(T x, T y) {
  if constexpr (std::is_same_v<T, double>) {
    return std::fmod(x, y);
  } else {
    if (y == 0) return 0;
    if constexpr (std::is_same_v<T, int64_t>)
      if (y == -1) return 0;
    return x % y;
  }
}

Status mod(Call& call) {
  HONE_RETURN_IF_ERROR(same_types(call));
  const Tensor& a = call.in(0);
  const bool fmod = call.integer("fmod") != 0;
  return on_number(call, a.type(), [&](auto form) {
    using T = decltype(form);
    return combine<T>(call, a, call.in(1), a.type(), [&](T x, T y) -> T {
      const T r = truncated_remainder(x, y);
      // Without fmod the sign is the divisor's.
      return !fmod && r != 0 && (r < 0) != (y < 0) ? r + y : r;
    });
  });
}

int64_t integer_power(int64_t base, int64_t exponent) {
  if (exponent < 0)
    return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  uint64_t result = 1;
  for (auto square = static_cast<uint64_t>(base); exponent > 0;
       exponent >>= 1) {
    if (exponent & 1) result *= square;
    square *= square;
  }
  return static_cast<int64_t>(result);
}

// The exponent may be of another type; the result has the base's.
Status pow(Call& call) {
  const Tensor& a = call.in(0);
  const Tensor& b = call.in(1);
  const auto is_number = [](const Tensor& t) {
    return is_float(t.type()) || is_integer(t.type());
  };
  if (!is_number(a)) return call.bad_type(a.type());
  if (!is_number(b)) return call.bad_type(b.type());
  const Dims* shapes[] = {&a.dims(), &b.dims()};
  HONE_ASSIGN_OR_RETURN(const Dims dims, broadcast(call, shapes));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(a.type(), dims));
  const Dims to_a = broadcast_strides(a.dims(), dims.size());
  const Dims to_b = broadcast_strides(b.dims(), dims.size());
  if (is_float(a.type()))
    call.fill(y, [&](std::span<const int64_t> at) -> double {
      return std::pow(a.number(dot(at, to_a)), b.number(dot(at, to_b)));
    });
  else if (is_float(b.type()))
    call.fill(y, [&](std::span<const int64_t> at) -> int64_t {
      return static_cast<int64_t>(
          std::pow(a.number(dot(at, to_a)), b.number(dot(at, to_b))));
    });
  else
    call.fill(y, [&](std::span<const int64_t> at) -> int64_t {
      return integer_power(a.integer_at(dot(at, to_a)),
                           b.integer_at(dot(at, to_b)));
    });
  call.set(0, std::move(y));
  return {};
}

// Any number of inputs, from the left; kMean divides by how many there are.
template <auto F, bool kMean = false>
Status variadic(Call& call) {
  HONE_RETURN_IF_ERROR(same_types(call));
  const ElementType type = call.in(0).type();
  std::vector<const Dims*> shapes;
  for (size_t i = 0; i < call.inputs(); ++i)
    shapes.push_back(&call.in(i).dims());
  HONE_ASSIGN_OR_RETURN(const Dims dims, broadcast(call, shapes));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(type, dims));
  std::vector<Dims> strides;
  for (const Dims* shape : shapes)
    strides.push_back(broadcast_strides(*shape, dims.size()));
  HONE_RETURN_IF_ERROR(on_number(call, type, [&](auto form) -> Status {
    using T = decltype(form);
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      T value = call.in(0).template data<T>()[dot(at, strides[0])];
      for (size_t i = 1; i < call.inputs(); ++i)
        value = F(value, call.in(i).template data<T>()[dot(at, strides[i])]);
      return kMean ? value / static_cast<T>(call.inputs()) : value;
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

template <typename T>
bool is_nan(T x) {
  if constexpr (std::is_same_v<T, double>) return std::isnan(x);
  return false;
}

constexpr auto larger = [](auto x, auto y) -> decltype(x) {
  return is_nan(x) || x > y ? x : y;
};
constexpr auto smaller = [](auto x, auto y) -> decltype(x) {
  return is_nan(x) || x < y ? x : y;
};

Status where(Call& call) {
  const Tensor& condition = call.in(0);
  const Tensor& a = call.in(1);
  const Tensor& b = call.in(2);
  if (condition.type() != ElementType::Bool)
    return call.bad_type(condition.type());
  if (a.type() != b.type()) return call.error("two types to choose from");
  const Dims* shapes[] = {&condition.dims(), &a.dims(), &b.dims()};
  HONE_ASSIGN_OR_RETURN(const Dims dims, broadcast(call, shapes));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(a.type(), dims));
  const Dims to_condition = broadcast_strides(condition.dims(), dims.size());
  const Dims to_a = broadcast_strides(a.dims(), dims.size());
  const Dims to_b = broadcast_strides(b.dims(), dims.size());
  HONE_RETURN_IF_ERROR(on_any(a.type(), [&](auto form) -> Status {
    using T = decltype(form);
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      return condition.integer_at(dot(at, to_condition))
                 ? a.data<T>()[dot(at, to_a)]
                 : b.data<T>()[dot(at, to_b)];
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

constexpr auto bits_and = [](int64_t x, int64_t y) { return x & y; };
constexpr auto bits_or = [](int64_t x, int64_t y) { return x | y; };
constexpr auto bits_xor = [](int64_t x, int64_t y) { return x ^ y; };

constexpr KernelRow kRows[] = {
    {Op::Add, binary<add>},
    {Op::And, bitwise<true, bits_and>},
    {Op::BitShift, bit_shift},
    {Op::BitwiseAnd, bitwise<false, bits_and>},
    {Op::BitwiseOr, bitwise<false, bits_or>},
    {Op::BitwiseXor, bitwise<false, bits_xor>},
    {Op::Div, binary<divide>},
    {Op::Equal, equal},
    {Op::Greater, compare<[](auto x, auto y) { return x > y; }>},
    {Op::GreaterOrEqual, compare<[](auto x, auto y) { return x >= y; }>},
    {Op::Less, compare<[](auto x, auto y) { return x < y; }>},
    {Op::LessOrEqual, compare<[](auto x, auto y) { return x <= y; }>},
    {Op::Max, variadic<larger>},
    {Op::Mean, variadic<add, true>},
    {Op::Min, variadic<smaller>},
    {Op::Mod, mod},
    {Op::Mul, binary<multiply>},
    {Op::Or, bitwise<true, bits_or>},
    {Op::Pow, pow},
    {Op::Sub, binary<subtract>},
    {Op::Sum, variadic<add>},
    {Op::Where, where},
    {Op::Xor, bitwise<true, bits_xor>},
};

}  // namespace

std::span<const KernelRow> arithmetic_kernels() { return kRows; }

}  // namespace hone::tensor
