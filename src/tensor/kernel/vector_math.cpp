// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Coefficients: bench/tensor/fit_math.py. Each argument is reduced to a range
// on which a short polynomial is good to less than a tenth of a unit in the
// last place; what remains is the rounding of the last few operations.
#include "tensor/kernel/vector_math.h"

#include <limits>

namespace hone::tensor {

namespace {

constexpr VectorFunctionInfo kFunctions[] = {
#define HONE_VECTOR_FUNCTION(identifier, name, ulp, sentence) \
  {VectorFunction::identifier, name, ulp},
#include "tensor/kernel/vector_functions.def"
#undef HONE_VECTOR_FUNCTION
};

constexpr double kExp[] = {0.5, 0.1666652, 0.041666206, 0.008368882,
                           0.0013950479};
constexpr double kLog[] = {0.33333313,  -0.2500001,  0.20002119,
                           -0.16667996, 0.14219552,  -0.12405589,
                           0.11888162,  -0.11675652, 0.06746641};
constexpr double kTanh[] = {-0.3333333,  0.13333195,  -0.053945377,
                            0.021692608, -0.00815628, 0.0021227458};
constexpr double kErfSmall[] = {0.12837917,   -0.37612632,  0.11283674,
                                -0.026858186, 0.0051979916, -0.00081080827,
                                8.223987e-05};
constexpr double kErfLarge[] = {0.00015061216, -1.1293818,     -0.63366336,
                                -0.10785818,   0.02477449,     -0.003994089,
                                0.00037884593, -1.1310694e-05, -7.3750533e-07};

// ln 2 in two parts; the first has so few bits that its products with the
// exponents of f32 are exact.
constexpr double kLn2High = 0.693359375;
constexpr double kLn2Low = -2.12194440e-4;

// Instructions on vectors of one builder, in the shape of formulas.
struct Maths {
  KernelBuilder& b;

  Reg c(double number) { return b.constant(number); }
  Reg add(Reg x, Reg y) { return b.apply(KernelOp::Add, {x, y}); }
  Reg sub(Reg x, Reg y) { return b.apply(KernelOp::Sub, {x, y}); }
  Reg mul(Reg x, Reg y) { return b.apply(KernelOp::Mul, {x, y}); }
  Reg div(Reg x, Reg y) { return b.apply(KernelOp::Div, {x, y}); }
  Reg fma(Reg x, Reg y, Reg z) { return b.apply(KernelOp::Fma, {x, y, z}); }
  Reg abs(Reg x) { return b.apply(KernelOp::Abs, {x}); }
  Reg less(Reg x, Reg y) { return b.apply(KernelOp::Less, {x, y}); }
  Reg equal(Reg x, Reg y) { return b.apply(KernelOp::Equal, {x, y}); }
  Reg select(Reg m, Reg x, Reg y) {
    return b.apply(KernelOp::Select, {m, x, y});
  }
  Reg as_int(Reg x) { return b.apply(KernelOp::AsInt, {x}); }
  Reg as_float(Reg x) { return b.apply(KernelOp::AsFloat, {x}); }

  // coefficients[0] + x coefficients[1] + …, by Horner's rule.
  Reg polynomial(Reg x, std::span<const double> coefficients) {
    Reg sum = c(coefficients.back());
    for (size_t i = coefficients.size() - 1; i-- > 0;)
      sum = fma(sum, x, c(coefficients[i]));
    return sum;
  }

  // 2^n for n from -126 to 127.
  Reg power_of_two(Reg n) {
    const Reg biased = b.apply(KernelOp::IntAdd, {n, b.integer(127)});
    return as_float(b.apply(KernelOp::ShiftLeft, {biased, b.integer(23)}));
  }

  Reg copy_sign(Reg magnitude, Reg sign) {
    const Reg bit =
        b.apply(KernelOp::IntAnd, {as_int(sign), b.integer(INT32_MIN)});
    return as_float(b.apply(KernelOp::IntOr, {as_int(magnitude), bit}));
  }

  // e^x = 2^n e^r, |r| <= ln 2 / 2. The power of two is applied in two halves,
  // so that subnormal and infinite results come out by themselves.
  Reg exp(Reg x) {
    // NaN passes: min and max return their second operand then.
    x = b.apply(KernelOp::Min, {c(89), x});
    x = b.apply(KernelOp::Max, {c(-105), x});
    const Reg n = b.apply(KernelOp::Round, {mul(x, c(1.4426950408889634))});
    Reg r = fma(n, c(-kLn2High), x);
    r = fma(n, c(-kLn2Low), r);
    const Reg rest = mul(mul(r, r), polynomial(r, kExp));
    const Reg power = add(add(rest, r), c(1));
    // A sum with 3 * 2^22 has a whole number in its lowest bits; NaN, which has
    // none, is a factor of the result.
    const Reg whole = b.apply(
        KernelOp::IntSub, {as_int(add(n, c(0x1.8p23))), b.integer(0x4b400000)});
    const Reg half = b.apply(KernelOp::ShiftRight, {whole, b.integer(1)});
    const Reg other = b.apply(KernelOp::IntSub, {whole, half});
    return mul(mul(power, power_of_two(half)), power_of_two(other));
  }

  // x = 2^e (1 + f), sqrt(1/2) <= 1 + f < sqrt(2).
  Reg log(Reg x) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    const Reg tiny = less(x, c(1.17549435e-38));
    const Reg scaled = select(tiny, mul(x, c(8388608)), x);
    const Reg bits = as_int(scaled);
    const Reg e =
        b.apply(KernelOp::ShiftRight,
                {b.apply(KernelOp::IntSub, {bits, b.integer(0x3f3504f3)}),
                 b.integer(23)});
    const Reg mantissa =
        b.apply(KernelOp::IntSub,
                {bits, b.apply(KernelOp::ShiftLeft, {e, b.integer(23)})});
    const Reg f = sub(as_float(mantissa), c(1));
    const Reg exponent =
        add(b.apply(KernelOp::ToFloat, {e}), select(tiny, c(-23), c(0)));
    const Reg f2 = mul(f, f);
    Reg rest = mul(mul(f2, f), polynomial(f, kLog));
    rest = fma(exponent, c(kLn2Low), rest);
    rest = fma(f2, c(-0.5), rest);
    Reg y = fma(exponent, c(kLn2High), add(f, rest));
    y = select(less(x, c(0)), c(std::numeric_limits<double>::quiet_NaN()), y);
    y = select(equal(x, c(0)), c(-kInfinity), y);
    y = select(equal(x, c(kInfinity)), x, y);
    return select(equal(x, x), y, x);
  }

  Reg tanh(Reg x) {
    const Reg a = abs(x), z = mul(x, x);
    const Reg near = fma(mul(x, z), polynomial(z, kTanh), x);
    const Reg power = exp(add(a, a));
    const Reg far = sub(c(1), div(c(2), add(power, c(1))));
    return select(less(a, c(0.6)), near, copy_sign(far, x));
  }

  // With e^-|x| no intermediate overflows, and small results keep their bits.
  Reg sigmoid(Reg x) {
    const Reg power = exp(b.apply(KernelOp::Neg, {abs(x)}));
    const Reg upper = div(c(1), add(c(1), power));
    return select(less(x, c(0)), mul(power, upper), upper);
  }

  Reg erf(Reg x) {
    const Reg a = b.apply(KernelOp::Min, {c(4), abs(x)});
    const Reg z = mul(x, x);
    const Reg near = fma(x, polynomial(z, kErfSmall), x);
    const Reg far = sub(c(1), exp(polynomial(a, kErfLarge)));
    return select(less(a, c(0.92)), near, copy_sign(far, x));
  }
};

}  // namespace

std::span<const VectorFunctionInfo> vector_functions() { return kFunctions; }

Reg write_function(KernelBuilder& b, VectorFunction function, Reg x) {
  Maths maths{b};
  switch (function) {
    case VectorFunction::Erf:
      return maths.erf(x);
    case VectorFunction::Exp:
      return maths.exp(x);
    case VectorFunction::Log:
      return maths.log(x);
    case VectorFunction::Sigmoid:
      return maths.sigmoid(x);
    case VectorFunction::Tanh:
      return maths.tanh(x);
  }
  return x;
}

}  // namespace hone::tensor
