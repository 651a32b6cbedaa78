// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/wide_lane.h"

#include <bit>
#include <cmath>

namespace hone::tensor {

namespace {

double number(uint64_t bits) { return std::bit_cast<double>(bits); }
uint64_t bits(double value) { return std::bit_cast<uint64_t>(value); }
int64_t integer(uint64_t value) { return static_cast<int64_t>(value); }

constexpr double kTwo63 = 9223372036854775808.0;

uint64_t to_integer(double x) {
  if (std::isnan(x)) return 0;
  if (x >= kTwo63) return INT64_MAX;
  if (x <= -kTwo63) return static_cast<uint64_t>(INT64_MIN);
  return static_cast<uint64_t>(static_cast<int64_t>(x));
}

uint64_t to_natural(double x) {
  if (!(x > 0)) return 0;
  if (x >= 2 * kTwo63) return UINT64_MAX;
  return static_cast<uint64_t>(x);
}

// Of one number.
uint64_t apply_number(KernelOp op, double x, double y, double z, bool fused) {
  switch (op) {
    case KernelOp::Abs:
      return bits(std::fabs(x));
    case KernelOp::Acos:
      return bits(std::acos(x));
    case KernelOp::Acosh:
      return bits(std::acosh(x));
    case KernelOp::Add:
      return bits(x + y);
    case KernelOp::Asin:
      return bits(std::asin(x));
    case KernelOp::Asinh:
      return bits(std::asinh(x));
    case KernelOp::Atan:
      return bits(std::atan(x));
    case KernelOp::Atanh:
      return bits(std::atanh(x));
    case KernelOp::Ceil:
      return bits(std::ceil(x));
    case KernelOp::Cos:
      return bits(std::cos(x));
    case KernelOp::Cosh:
      return bits(std::cosh(x));
    case KernelOp::Div:
      return bits(x / y);
    case KernelOp::Equal:
      return x == y;
    case KernelOp::Erf:
      return bits(std::erf(x));
    case KernelOp::Exp:
      return bits(std::exp(x));
    case KernelOp::Expm1:
      return bits(std::expm1(x));
    case KernelOp::Floor:
      return bits(std::floor(x));
    case KernelOp::Fma: {
      if (fused) return bits(std::fma(x, y, z));
      const volatile double product = x * y;
      return bits(product + z);
    }
    case KernelOp::Fmod:
      return bits(std::fmod(x, y));
    case KernelOp::Less:
      return x < y;
    case KernelOp::LessEqual:
      return x <= y;
    case KernelOp::Log:
      return bits(std::log(x));
    case KernelOp::Log1p:
      return bits(std::log1p(x));
    case KernelOp::Max:
      return bits(x > y ? x : y);
    case KernelOp::Min:
      return bits(x < y ? x : y);
    case KernelOp::Mul:
      return bits(x * y);
    case KernelOp::Narrow:
      return bits(static_cast<float>(x));
    case KernelOp::Pow:
      return bits(std::pow(x, y));
    case KernelOp::Round:
      return bits(std::nearbyint(x));
    case KernelOp::Sin:
      return bits(std::sin(x));
    case KernelOp::Sinh:
      return bits(std::sinh(x));
    case KernelOp::Sqrt:
      return bits(std::sqrt(x));
    case KernelOp::Sub:
      return bits(x - y);
    case KernelOp::Tan:
      return bits(std::tan(x));
    case KernelOp::Tanh:
      return bits(std::tanh(x));
    case KernelOp::ToInt:
      return to_integer(x);
    case KernelOp::FloatToNatural:
      return to_natural(x);
    default:
      return 0;
  }
}

}  // namespace

int64_t divide_to_zero(int64_t a, int64_t b) {
  if (b == 0) return 0;
  if (b == -1) return static_cast<int64_t>(0 - static_cast<uint64_t>(a));
  return a / b;
}

uint64_t apply_wide(KernelOp op, uint64_t a, uint64_t b, uint64_t c,
                    bool fused) {
  switch (op) {
    case KernelOp::AsFloat:
    case KernelOp::AsInt:
    case KernelOp::Move:
      return a;
    case KernelOp::IntAdd:
      return a + b;
    case KernelOp::IntAnd:
      return a & b;
    case KernelOp::IntDiv:
      return static_cast<uint64_t>(divide_to_zero(integer(a), integer(b)));
    case KernelOp::IntEqual:
      return a == b;
    case KernelOp::IntMove:
      return a;
    case KernelOp::IntLess:
      return integer(a) < integer(b);
    case KernelOp::IntMul:
      return a * b;
    case KernelOp::IntOr:
      return a | b;
    case KernelOp::IntRest:
      return b == 0 ? 0
                    : a - b * static_cast<uint64_t>(
                                  divide_to_zero(integer(a), integer(b)));
    case KernelOp::IntSelect:
    case KernelOp::Select:
      return a != 0 ? b : c;
    case KernelOp::IntSub:
      return a - b;
    case KernelOp::IntXor:
      return a ^ b;
    case KernelOp::NaturalDiv:
      return b == 0 ? 0 : a / b;
    case KernelOp::NaturalLess:
      return a < b;
    case KernelOp::NaturalRest:
      return b == 0 ? 0 : a % b;
    case KernelOp::NaturalShiftRight:
      return a >> (b & 63);
    case KernelOp::NaturalToFloat:
      return bits(static_cast<double>(a));
    case KernelOp::Neg:
      return a ^ uint64_t{1} << 63;
    case KernelOp::ShiftLeft:
      return a << (b & 63);
    case KernelOp::ShiftRight:
      return static_cast<uint64_t>(integer(a) >> (b & 63));
    case KernelOp::ToFloat:
      return bits(static_cast<double>(integer(a)));
    default:
      return apply_number(op, number(a), number(b), number(c), fused);
  }
}

}  // namespace hone::tensor
