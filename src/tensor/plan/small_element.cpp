// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Floats of at most 16 bits, by integer instructions: no processor has all of
// them, and none of x86-64-v2 has any.
//
// Decoding puts the fields where f64 has them. Encoding scales by a power of
// two, so that the last bit kept is worth 1, rounds once (to even), and scales
// back: all exact but for that rounding. The fields are then read off the f64.
#include <cmath>
#include <limits>

#include "tensor/float_format.h"
#include "tensor/plan/element_kernel.h"

namespace hone::tensor {

namespace {

using Specials = FloatFormat::Specials;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Short names for the instructions.
struct Bits {
  ElementKernel& k;
  Reg n(int64_t value) { return k.integer(value); }
  Reg band(Reg a, Reg b) { return k.op(KernelOp::IntAnd, {a, b}); }
  Reg bor(Reg a, Reg b) { return k.op(KernelOp::IntOr, {a, b}); }
  Reg shl(Reg a, int64_t by) { return k.op(KernelOp::ShiftLeft, {a, n(by)}); }
  Reg shr(Reg a, int64_t by) {
    return k.op(KernelOp::NaturalShiftRight, {a, n(by)});
  }
  // 2^e, for 1 <= e + 1023 < 2047.
  Reg power(Reg exponent) {
    return k.op(KernelOp::AsFloat, {shl(k.add(exponent, n(1023)), 52)});
  }
  // Of a finite f64 that is not negative; at least `least`.
  Reg exponent(Reg value, int64_t least) {
    const Reg e = k.sub(shr(k.op(KernelOp::AsInt, {value}), 52), n(1023));
    return k.larger(e, n(least));
  }
};

Reg decode_power(ElementKernel& k, Reg bits) {
  Bits b{k};
  return k.select(k.equal(bits, b.n(255)), k.number(kNan),
                  b.power(k.sub(bits, b.n(127))));
}

Reg encode_power(ElementKernel& k, Reg value, bool saturate, PowerMode mode) {
  Bits b{k};
  const Reg code = k.op(KernelOp::AsInt, {value});
  Reg e = k.sub(b.shr(code, 52), b.n(1023));
  const Reg rest = b.band(code, b.n((int64_t{1} << 52) - 1));
  Reg up = k.less(b.n(0), rest);
  if (mode == PowerMode::Down) up = k.less(b.n(1), b.n(0));
  if (mode == PowerMode::Nearest)
    up = k.less(b.n((int64_t{1} << 51) - 1), rest);
  e = k.select(up, k.add(e, b.n(1)), e);
  const Reg high = b.n(saturate ? 254 : 255), low = b.n(saturate ? 0 : 255);
  Reg result = k.add(e, b.n(127));
  result = k.select(k.less(b.n(127), e), high, result);
  result = k.select(k.less(e, b.n(-127)), low, result);
  result = k.select(k.equal(value, k.number(0)), low, result);
  result = k.select(k.equal(value, k.number(kInfinity)), high, result);
  const Reg negative = k.less(code, b.n(0));
  return k.select(k.either(negative, k.is_nan(value)), b.n(255), result);
}

}  // namespace

Reg decode_element(ElementKernel& k, ElementType type, Reg bits) {
  if (type == ElementType::F8E8M0) return decode_power(k, bits);
  Bits b{k};
  const FloatFormat f = float_format(type);
  const Reg mantissa = b.band(bits, b.n(f.ones()));
  const Reg exponent = b.band(b.shr(bits, f.mantissa_bits), b.n(f.top()));
  const Reg normal = k.op(KernelOp::AsFloat,
                          {b.bor(b.shl(k.add(exponent, b.n(1023 - f.bias)), 52),
                                 b.shl(mantissa, 52 - f.mantissa_bits))});
  const Reg small =
      k.mul(k.to_float(mantissa),
            k.number(std::ldexp(1.0, 1 - f.bias - f.mantissa_bits)));
  Reg value = k.select(k.equal(exponent, b.n(0)), small, normal);
  const Reg top = k.equal(exponent, b.n(f.top()));
  if (f.specials == Specials::Ieee)
    value = k.select(top,
                     k.select(k.equal(mantissa, b.n(0)), k.number(kInfinity),
                              k.number(kNan)),
                     value);
  if (f.specials == Specials::NanOnly)
    value = k.select(k.both(top, k.equal(mantissa, b.n(f.ones()))),
                     k.number(kNan), value);
  const Reg sign = b.band(b.shr(bits, f.low()), b.n(1));
  value = k.select(k.equal(sign, b.n(1)), k.neg(value), value);
  if (f.specials == Specials::Fnuz)
    value = k.select(k.equal(bits, b.n(f.nan())), k.number(kNan), value);
  return value;
}

Reg encode_element(ElementKernel& k, ElementType type, Reg value, bool saturate,
                   PowerMode mode) {
  if (type == ElementType::F8E8M0)
    return encode_power(k, value, saturate, mode);
  Bits b{k};
  const FloatFormat f = float_format(type);
  const int64_t least = 1 - f.bias;
  const Reg sign = b.shl(b.shr(k.op(KernelOp::AsInt, {value}), 63), f.low());
  const Reg most = k.number(f.largest());
  const Reg far = k.number(4 * f.largest());
  Reg size = k.abs(value);
  size = k.select(k.less(far, size), far, size);
  const Reg e = b.exponent(size, least);
  const Reg place = k.sub(e, b.n(f.mantissa_bits));
  size =
      k.mul(k.op(KernelOp::Round, {k.mul(size, b.power(k.sub(b.n(0), place)))}),
            b.power(place));
  const Reg over = k.less(most, size);
  size = k.select(over, most, size);
  const Reg e2 = b.exponent(size, least);
  const Reg mantissa =
      k.to_integer(k.mul(size, b.power(k.sub(b.n(f.mantissa_bits), e2))));
  const Reg is_normal = k.less(b.n(f.ones()), mantissa);
  const Reg field = k.select(is_normal, k.add(e2, b.n(f.bias)), b.n(0));
  Reg code =
      b.bor(b.shl(field, f.mantissa_bits), b.band(mantissa, b.n(f.ones())));
  if (!saturate && f.specials == Specials::Ieee)
    code = k.select(over, b.n(f.top() << f.mantissa_bits), code);
  Reg result = b.bor(code, sign);
  const bool is_fnuz = f.specials == Specials::Fnuz;
  if (is_fnuz) result = k.select(k.equal(size, k.number(0)), b.n(0), result);
  const Reg nan = f.specials == Specials::None || is_fnuz
                      ? b.n(f.nan())
                      : b.bor(b.n(f.nan()), sign);
  if (!saturate && (is_fnuz || f.specials == Specials::NanOnly))
    result = k.select(over, nan, result);
  return k.select(k.is_nan(value), nan, result);
}

}  // namespace hone::tensor
