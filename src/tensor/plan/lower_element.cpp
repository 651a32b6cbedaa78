// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Element-wise operators of any type, with broadcasting, on element kernels.
#include <cmath>
#include <limits>
#include <numbers>

#include "tensor/plan/element_kernel.h"
#include "tensor/plan/lower_general.h"

namespace hone::tensor {

namespace {

using K = ElementKernel;
using Values = std::vector<Reg>;

// --- One number --------------------------------------------------------------

std::optional<KernelOp> library_op(Op op) {
  switch (op) {
    case Op::Acos:
      return KernelOp::Acos;
    case Op::Acosh:
      return KernelOp::Acosh;
    case Op::Asin:
      return KernelOp::Asin;
    case Op::Asinh:
      return KernelOp::Asinh;
    case Op::Atan:
      return KernelOp::Atan;
    case Op::Atanh:
      return KernelOp::Atanh;
    case Op::Ceil:
      return KernelOp::Ceil;
    case Op::Cos:
      return KernelOp::Cos;
    case Op::Cosh:
      return KernelOp::Cosh;
    case Op::Exp:
      return KernelOp::Exp;
    case Op::Erf:
      return KernelOp::Erf;
    case Op::Floor:
      return KernelOp::Floor;
    case Op::Log:
      return KernelOp::Log;
    case Op::Round:
      return KernelOp::Round;
    case Op::Sin:
      return KernelOp::Sin;
    case Op::Sinh:
      return KernelOp::Sinh;
    case Op::Sqrt:
      return KernelOp::Sqrt;
    case Op::Tan:
      return KernelOp::Tan;
    case Op::Tanh:
      return KernelOp::Tanh;
    default:
      return {};
  }
}

Reg is_infinite(K& k, Reg x) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Node& node = k.node();
  Reg mask = k.less(k.number(0), k.number(0));
  if (node.integer("detect_positive") != 0)
    mask = k.either(mask, k.equal(x, k.number(kInfinity)));
  if (node.integer("detect_negative") != 0)
    mask = k.either(mask, k.equal(x, k.number(-kInfinity)));
  return mask;
}

Reg sign(K& k, Reg x) {
  const bool is_float = k.is_float(x);
  const Reg zero = is_float ? k.number(0) : k.integer(0);
  const Reg one = is_float ? k.number(1) : k.integer(1);
  const Reg result = k.select(k.less(zero, x), one,
                              k.select(k.less(x, zero), k.neg(one), zero));
  return is_float ? k.select(k.is_nan(x), x, result) : result;
}

std::optional<Reg> unary(K& k, Reg x) {
  const Op op = k.node().op;
  if (const auto library = library_op(op)) {
    if (op == Op::Erf) return k.op(KernelOp::Erf, {k.to_float(x)});
    return k.is_float(x) ? std::optional(k.op(*library, {x})) : std::nullopt;
  }
  switch (op) {
    case Op::Abs:
      return k.in(0).type == ElementType::U64 ? x : k.abs(x);
    case Op::BitwiseNot:
      return k.op(KernelOp::IntXor, {x, k.integer(-1)});
    case Op::IsInf:
      return is_infinite(k, x);
    case Op::IsNaN:
      return k.is_nan(x);
    case Op::Neg:
      return k.neg(x);
    case Op::Not:
      return k.op(KernelOp::IntXor, {x, k.integer(1)});
    case Op::Reciprocal:
      return k.div(k.number(1), x);
    case Op::Sigmoid:
      return sigmoid(k, x);
    case Op::Sign:
      return sign(k, x);
    default:
      return {};
  }
}

// --- Activations -------------------------------------------------------------

Reg softplus(K& k, Reg x) {
  const Reg rest =
      k.op(KernelOp::Log1p, {k.op(KernelOp::Exp, {k.neg(k.abs(x))})});
  return k.add(k.larger(x, k.number(0)), rest);
}

Reg unit(K& k, Reg x) {
  x = k.select(k.less(x, k.number(0)), k.number(0), x);
  return k.select(k.less(k.number(1), x), k.number(1), x);
}

Reg gelu(K& k, Reg x) {
  const Reg half = k.mul(k.number(0.5), x);
  Reg inner;
  if (k.node().text("approximate") == "tanh") {
    const Reg cube = k.mul(k.mul(k.mul(k.number(0.044715), x), x), x);
    inner = k.op(
        KernelOp::Tanh,
        {k.mul(k.number(std::sqrt(2 / std::numbers::pi)), k.add(x, cube))});
  } else {
    inner = k.op(KernelOp::Erf, {k.div(x, k.number(std::numbers::sqrt2))});
  }
  return k.mul(half, k.add(k.number(1), inner));
}

std::optional<Reg> activation(K& k, Reg x) {
  const Node& n = k.node();
  const Reg zero = k.number(0), alpha = k.number(n.number("alpha"));
  const auto expm1 = [&](Reg v) { return k.op(KernelOp::Expm1, {v}); };
  switch (n.op) {
    case Op::Celu:
      return k.add(k.larger(x, zero),
                   k.smaller(k.mul(alpha, expm1(k.div(x, alpha))), zero));
    case Op::Elu:
      return k.select(k.less(x, zero), k.mul(alpha, expm1(x)), x);
    case Op::Gelu:
      return gelu(k, x);
    case Op::HardSigmoid:
      return unit(k, k.add(k.mul(alpha, x), k.number(n.number("beta"))));
    case Op::HardSwish:
      return k.mul(x, unit(k, k.add(k.div(x, k.number(6)), k.number(0.5))));
    case Op::LeakyRelu:
      return k.select(k.less(x, zero), k.mul(alpha, x), x);
    case Op::Mish:
      return k.mul(x, k.op(KernelOp::Tanh, {softplus(k, x)}));
    case Op::Relu:
      return k.select(k.less(x, zero), zero, x);
    case Op::Selu: {
      const Reg gamma = k.number(n.number("gamma"));
      return k.select(k.less(zero, x), k.mul(gamma, x),
                      k.mul(k.mul(gamma, alpha), expm1(x)));
    }
    case Op::Shrink: {
      const Reg lambda = k.number(n.number("lambd"));
      const Reg bias = k.number(n.number("bias"));
      const Reg inner = k.select(k.less(lambda, x), k.sub(x, bias), zero);
      return k.select(k.less(x, k.neg(lambda)), k.add(x, bias), inner);
    }
    case Op::Softplus:
      return softplus(k, x);
    case Op::Softsign:
      return k.div(x, k.add(k.number(1), k.abs(x)));
    case Op::Swish:
      return k.mul(x, sigmoid(k, k.mul(alpha, x)));
    case Op::ThresholdedRelu:
      return k.select(k.less(alpha, x), x, zero);
    default:
      return {};
  }
}

// --- Two and more ------------------------------------------------------------

Reg power(K& k, Reg x, Reg y) {
  if (k.is_float(x)) return k.op(KernelOp::Pow, {x, k.to_float(y)});
  if (k.is_float(y))
    return k.to_integer(k.op(KernelOp::Pow, {k.to_float(x), y}));
  // By squares; a negative exponent leaves 1 and -1 only.
  const Reg one = k.integer(1), zero = k.integer(0);
  const Reg result = k.variable(one), square = k.variable(x),
            rest = k.variable(y);
  k.loop(0, 63, [&](Ix) {
    const Reg odd = k.equal(k.op(KernelOp::IntAnd, {rest, one}), one);
    k.set(result, k.select(odd, k.mul(result, square), result));
    k.set(square, k.mul(square, square));
    k.set(rest, k.op(KernelOp::ShiftRight, {rest, one}));
  });
  const Reg odd = k.equal(k.op(KernelOp::IntAnd, {y, one}), one);
  const Reg inverse =
      k.select(k.equal(x, one), one,
               k.select(k.equal(x, k.integer(-1)),
                        k.select(odd, k.integer(-1), one), zero));
  return k.select(k.less(y, zero), inverse, result);
}

Reg remainder(K& k, Reg x, Reg y, bool natural) {
  const bool is_float = k.is_float(x);
  const Reg r = k.op(is_float  ? KernelOp::Fmod
                     : natural ? KernelOp::NaturalRest
                               : KernelOp::IntRest,
                     {x, y});
  if (natural || k.node().integer("fmod") != 0) return r;
  const Reg zero = is_float ? k.number(0) : k.integer(0);
  const Reg is_low = k.less(r, zero), wants_low = k.less(y, zero);
  const Reg differ = k.either(k.both(is_low, k.negated(wants_low)),
                              k.both(wants_low, k.less(zero, r)));
  return k.select(differ, k.add(r, y), r);
}

Reg shift(K& k, Reg x, Reg by, ElementType type) {
  const bool left = k.node().text("direction") == "LEFT";
  const bool is_signed = element_class(type) == ElementClass::Int;
  const Reg bits = k.integer(element_bits(type)), zero = k.integer(0);
  const Reg out = k.either(k.less(by, zero), k.negated(k.less(by, bits)));
  const Reg safe = k.select(out, zero, by);
  const Reg value = k.op(left        ? KernelOp::ShiftLeft
                         : is_signed ? KernelOp::ShiftRight
                                     : KernelOp::NaturalShiftRight,
                         {x, safe});
  Reg gone = zero;
  if (!left && is_signed) gone = k.select(k.less(x, zero), k.integer(-1), zero);
  return k.select(out, gone, value);
}

std::optional<Reg> binary(K& k, Reg x, Reg y) {
  const ElementType type = k.in(0).type;
  const bool natural = type == ElementType::U64;
  const auto less = [&](Reg a, Reg b) {
    return natural ? k.op(KernelOp::NaturalLess, {a, b}) : k.less(a, b);
  };
  const auto at_most = [&](Reg a, Reg b) {
    return k.is_float(a) ? k.op(KernelOp::LessEqual, {a, b})
                         : k.negated(less(b, a));
  };
  switch (k.node().op) {
    case Op::Add:
    case Op::Mean:
    case Op::Sum:
      return k.add(x, y);
    case Op::And:
    case Op::BitwiseAnd:
      return k.op(KernelOp::IntAnd, {x, y});
    case Op::BitShift:
      return shift(k, x, y, type);
    case Op::BitwiseOr:
    case Op::Or:
      return k.op(KernelOp::IntOr, {x, y});
    case Op::BitwiseXor:
    case Op::Xor:
      return k.op(KernelOp::IntXor, {x, y});
    case Op::Div:
      return natural ? k.op(KernelOp::NaturalDiv, {x, y}) : k.div(x, y);
    case Op::Equal:
      return k.equal(x, y);
    case Op::Greater:
      return less(y, x);
    case Op::GreaterOrEqual:
      return at_most(y, x);
    case Op::Less:
      return less(x, y);
    case Op::LessOrEqual:
      return at_most(x, y);
    case Op::Max:
      return natural ? k.select(less(y, x), x, y) : k.larger(x, y);
    case Op::Min:
      return natural ? k.select(less(x, y), x, y) : k.smaller(x, y);
    case Op::Mod:
      return remainder(k, x, y, natural);
    case Op::Mul:
      return k.mul(x, y);
    case Op::Pow:
      return power(k, x, y);
    case Op::PRelu:
      return k.select(k.less(x, zero_of(k, x)), k.mul(x, y), x);
    case Op::Sub:
      return k.sub(x, y);
    case Op::SwiGLU:
      return k.mul(
          k.mul(x, sigmoid(k, k.mul(k.number(k.node().number("alpha")), x))),
          y);
    default:
      return {};
  }
}

Reg clip(K& k, const Values& v) {
  const bool natural = k.in(0).type == ElementType::U64;
  const auto less = [&](Reg a, Reg b) {
    return natural ? k.op(KernelOp::NaturalLess, {a, b}) : k.less(a, b);
  };
  Reg x = v[0];
  if (k.has(1)) x = k.select(less(x, v[1]), v[1], x);
  if (k.has(2)) x = k.select(less(v[2], x), v[2], x);
  return x;
}

std::optional<Reg> element_value(K& k, const Values& v) {
  const Op op = k.node().op;
  if (op == Op::Where) return k.select(k.less(k.integer(0), v[0]), v[1], v[2]);
  if (op == Op::Clip) return clip(k, v);
  if (v.size() == 1) {
    if (const auto value = unary(k, v[0])) return value;
    if (const auto value = activation(k, k.to_float(v[0])))
      return k.is_float(v[0]) ? *value : k.to_integer(*value);
  }
  if (v.size() == 1 &&
      (op == Op::Max || op == Op::Min || op == Op::Sum || op == Op::Mean))
    return v[0];
  if (v.size() < 2) return {};
  std::optional<Reg> value = v[0];
  for (size_t i = 1; value && i < v.size(); ++i)
    value = binary(k, *value, v[i]);
  if (value && op == Op::Mean) {
    const Reg count = k.integer(static_cast<int64_t>(v.size()));
    value = k.div(*value, k.is_float(*value) ? k.to_float(count) : count);
  }
  return value;
}

}  // namespace

Reg zero_of(ElementKernel& k, Reg like) {
  return k.is_float(like) ? k.number(0) : k.integer(0);
}

Reg sigmoid(ElementKernel& k, Reg x) {
  const Reg e = k.op(KernelOp::Exp, {k.neg(k.abs(x))});
  const Reg one = k.number(1);
  const Reg up = k.div(one, k.add(one, e)), down = k.div(e, k.add(one, e));
  return k.select(k.less(x, k.number(0)), down, up);
}

Status lower_any_elementwise(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  ElementKernel k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  bool known = true;
  k.for_each(k.out(0).dims, [&](const Index& i) {
    Values values;
    for (size_t n = 0; n < k.inputs(); ++n)
      values.push_back(k.has(n) ? k.load(k.in(n), k.broadcast(k.in(n), i))
                                : k.number(0));
    const auto value = element_value(k, values);
    known = value.has_value();
    if (known) k.store(k.out(0), i, *value);
  });
  if (!known) return planner.unsupported(node, "elements of this type");
  return k.emit();
}

Status lower_cast(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  ElementKernel k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({node.inputs[0]}, node.outputs));
  const Operand &x = k.in(0), &y = k.out(0);
  const bool saturate = node.integer("saturate") != 0;
  const std::string mode = node.text("round_mode");
  const PowerMode power = mode == "down"      ? PowerMode::Down
                          : mode == "nearest" ? PowerMode::Nearest
                                              : PowerMode::Up;
  k.loop(0, y.count, [&](Ix i) {
    const Reg value = k.load(x, i);
    if (is_float(y.type)) {
      const bool natural = x.type == ElementType::U64;
      const Reg number = k.is_float(value) ? value
                         : natural ? k.op(KernelOp::NaturalToFloat, {value})
                                   : k.to_float(value);
      // Only the small floats saturate.
      if (stored_bits(y.type) <= 8)
        return k.store_bits(y, i,
                            encode_element(k, y.type, number, saturate, power));
      return k.store(y, i, number);
    }
    if (!k.is_float(value)) {
      k.store(y, i,
              y.type == ElementType::Bool
                  ? k.to_bit(k.negated(k.equal(value, k.integer(0))))
                  : value);
      return;
    }
    if (y.type == ElementType::Bool)
      return k.store(y, i, k.negated(k.equal(value, k.number(0))));
    if (y.type != ElementType::U64) return k.store(y, i, k.to_integer(value));
    const Reg large = k.less(k.number(0x1p63), value);
    k.store(y, i,
            k.select(large, k.op(KernelOp::FloatToNatural, {value}),
                     k.to_integer(value)));
  });
  return k.emit();
}

}  // namespace hone::tensor
