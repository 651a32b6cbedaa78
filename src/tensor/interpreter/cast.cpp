// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/cast.h"

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

bool saturates(ElementType type) {
  return element_bits(type) <= 8 && is_float(type);
}

double to_float(ElementType type, double value, const CastOptions& options) {
  const Overflow overflow =
      saturates(type) ? options.overflow : Overflow::Special;
  return decode_float(type,
                      encode_float(type, value, overflow, options.rounding));
}

// What a conversion instruction gives, without the undefined cases of C++.
int64_t to_integer(ElementType type, double value) {
  if (std::isnan(value)) return 0;
  value = std::trunc(value);
  if (type == ElementType::U64) {
    if (value >= 18446744073709551616.0) return -1;
    if (value >= 9223372036854775808.0)
      return static_cast<int64_t>(static_cast<uint64_t>(value));
  }
  if (value >= 9223372036854775808.0)
    return std::numeric_limits<int64_t>::max();
  if (value < -9223372036854775808.0)
    return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

// As NumPy writes numbers: 1.0 is "1", large and small ones with an exponent.
std::string to_words(const Tensor& x, int64_t at) {
  if (x.type() == ElementType::Bool) return x.integer_at(at) ? "True" : "False";
  if (x.type() == ElementType::U64)
    return fmt::format("{}", x.data<uint64_t>()[at]);
  if (!is_float(x.type())) return fmt::format("{}", x.integer_at(at));
  const double value = x.data<double>()[at];
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "INF" : "-INF";
  if (x.type() == ElementType::F64) return fmt::format("{}", value);
  return fmt::format("{}", static_cast<float>(value));
}

Result<double> read_words(const Call& call, const std::string& words) {
  const char* begin = words.c_str();
  char* end = nullptr;
  const double value = std::strtod(begin, &end);
  if (end == begin || end != begin + words.size())
    return call.error("'{}' is no number", words);
  return value;
}

// A whole number that a double has no room for; nothing where it is none.
std::optional<int64_t> read_integer(const std::string& words) {
  errno = 0;
  char* end = nullptr;
  const int64_t value = std::strtoll(words.c_str(), &end, 10);
  if (errno != 0 || end == words.c_str() || end != words.c_str() + words.size())
    return {};
  return value;
}

Status cast_op(Call& call) {
  const std::optional<ElementType> to = element_from_onnx(call.integer("to"));
  if (!to) return call.error("element type {}", call.integer("to"));
  CastOptions options;
  options.overflow =
      call.integer("saturate") != 0 ? Overflow::Saturate : Overflow::Special;
  const std::string mode = call.text("round_mode");
  if (mode != "up" && mode != "down" && mode != "nearest")
    return call.error("round_mode '{}'; expected up, down or nearest", mode);
  options.rounding = mode == "up"     ? PowerRounding::Up
                     : mode == "down" ? PowerRounding::Down
                                      : PowerRounding::Nearest;
  HONE_ASSIGN_OR_RETURN(Tensor y, cast(call, call.in(0), *to, options));
  call.set(0, std::move(y));
  return {};
}

Status cast_like(Call& call) {
  CastOptions options;
  options.overflow =
      call.integer("saturate") != 0 ? Overflow::Saturate : Overflow::Special;
  HONE_ASSIGN_OR_RETURN(Tensor y,
                        cast(call, call.in(0), call.in(1).type(), options));
  call.set(0, std::move(y));
  return {};
}

Status bit_cast(Call& call) {
  const Tensor& x = call.in(0);
  const std::optional<ElementType> to = element_from_onnx(call.integer("to"));
  if (!to) return call.error("element type {}", call.integer("to"));
  const auto is_plain = [](ElementType type) {
    return !is_complex(type) && type != ElementType::Str;
  };
  if (!is_plain(x.type()) || !is_plain(*to) ||
      element_bits(x.type()) != element_bits(*to))
    return call.error("{} and {} have different widths", element_name(x.type()),
                      element_name(*to));
  // Through the packed bytes, which keep the payload of a NaN.
  const Literal literal = x.to_literal();
  HONE_ASSIGN_OR_RETURN(
      const Literal other,
      Literal::own(*to, x.dims(),
                   {literal.bytes().begin(), literal.bytes().end()}));
  call.set(0, Tensor::from(other));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::BitCast, bit_cast},
    {Op::Cast, cast_op},
    {Op::CastLike, cast_like},
};

}  // namespace

Result<Tensor> cast(const Call& call, const Tensor& x, ElementType to,
                    const CastOptions& options) {
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(to, x.dims()));
  if (is_complex(x.type()) || is_complex(to)) {
    if (!is_complex(x.type()) || !is_complex(to)) return call.bad_type(to);
    for (int64_t i = 0; i < x.size(); ++i)
      y.data<std::complex<double>>()[i] =
          narrow(to, x.data<std::complex<double>>()[i]);
    return y;
  }
  for (int64_t i = 0; i < x.size(); ++i) {
    if (to == ElementType::Str) {
      y.data<std::string>()[i] = x.type() == ElementType::Str
                                     ? x.data<std::string>()[i]
                                     : to_words(x, i);
      continue;
    }
    double value = 0;
    if (x.type() == ElementType::Str) {
      if (to == ElementType::I64)
        if (const auto whole = read_integer(x.data<std::string>()[i])) {
          y.data<int64_t>()[i] = *whole;
          continue;
        }
      HONE_ASSIGN_OR_RETURN(value, read_words(call, x.data<std::string>()[i]));
    } else if (is_float(x.type()) || is_float(to)) {
      value = x.number(i);
    }
    if (is_float(to)) {
      // One rounding only: an i64 does not fit a double.
      if (to == ElementType::F32 && x.type() == ElementType::U64)
        value = static_cast<float>(x.data<uint64_t>()[i]);
      else if (to == ElementType::F32 && is_integer(x.type()))
        value = static_cast<float>(x.integer_at(i));
      y.data<double>()[i] = to_float(to, value, options);
    } else if (to == ElementType::Bool && is_float(x.type())) {
      y.data<int64_t>()[i] = value != 0;
    } else if (is_float(x.type()) || x.type() == ElementType::Str) {
      y.data<int64_t>()[i] = narrow(to, to_integer(to, value));
    } else {
      y.data<int64_t>()[i] = narrow(to, x.integer_at(i));
    }
  }
  return y;
}

std::span<const KernelRow> cast_kernels() { return kRows; }

}  // namespace hone::tensor
