// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Quantisation of any type, with scales for all, an axis, or blocks.
#include <algorithm>
#include <cmath>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

// The place of an element's scale and zero point.
Ix scale_place(K& k, const Operand& x, const Index& i) {
  const Operand& scale = k.in(1);
  const int64_t block = k.node().integer("block_size");
  const bool is_one = std::ranges::count(scale.known, 1) ==
                      static_cast<std::ptrdiff_t>(scale.rank());
  if (is_one && block == 0) return 0;
  const int64_t axis = front_axis(k.node().integer("axis"), x.rank());
  if (block == 0) return clamp(i[axis], 0, scale.count - 1);
  Index at = i;
  at[axis] = i[axis] / block;
  return k.flat(scale, at);
}

std::optional<ElementType> wanted_type(const Node& node,
                                       std::string_view name) {
  const int64_t number = node.integer(name);
  return number == 0 ? std::nullopt : element_from_onnx(number);
}

Reg clamped(K& k, Reg value, double low, double high) {
  value = k.select(k.less(value, k.number(low)), k.number(low), value);
  return k.select(k.less(k.number(high), value), k.number(high), value);
}

}  // namespace

Status lower_quantize(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const ElementType precision =
      wanted_type(node, "precision").value_or(k.in(1).type);
  const bool saturate = node.integer("saturate") != 0;
  const bool is_signed = element_class(y.type) == ElementClass::Int;
  const int bits = element_bits(y.type);
  const double low = is_signed ? -std::ldexp(1, bits - 1) : 0;
  const double high = std::ldexp(1, is_signed ? bits - 1 : bits) - 1;
  k.for_each(y.dims, [&](const Index& i) {
    const Ix place = k.let(scale_place(k, x, i));
    Reg value = k.div(k.to_float(k.load(x, i)), k.load(k.in(1), place));
    value = k.rounded(precision, value);
    const Reg zero =
        k.has(2) ? k.to_float(k.load(k.in(2), place)) : k.number(0);
    const Ix at = k.let(k.flat(y, i));
    if (is_float(y.type))
      return k.store_bits(
          y, at, encode_element(k, y.type, k.add(value, zero), saturate));
    value = k.add(k.op(KernelOp::Round, {value}), zero);
    k.store(y, at, k.to_integer(clamped(k, value, low, high)));
  });
  return k.emit();
}

Status lower_dequantize(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  k.for_each(y.dims, [&](const Index& i) {
    const Ix place = k.let(scale_place(k, x, i));
    Reg value = k.to_float(k.load(x, i));
    if (k.has(2)) value = k.sub(value, k.to_float(k.load(k.in(2), place)));
    k.store(y, i, k.mul(value, k.load(k.in(1), place)));
  });
  return k.emit();
}

Status lower_dynamic_quantize(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& x = k.in(0);
  const Reg low = k.variable(k.number(0)), high = k.variable(k.number(0));
  k.loop(0, x.count, [&](Ix i) {
    const Reg value = k.load(x, i);
    k.set(low, k.smaller(value, low));
    k.set(high, k.larger(value, high));
  });
  const auto f32 = [&](Reg v) { return k.op(KernelOp::Narrow, {v}); };
  const Reg none = k.number(0);
  const Reg scale = f32(k.div(f32(k.sub(high, low)), k.number(255)));
  const Reg flat = k.equal(scale, none);
  const Reg ratio = clamped(k, f32(k.div(k.neg(low), scale)), 0, 255);
  const Reg zero = k.select(flat, none, k.op(KernelOp::Round, {ratio}));
  if (k.wants(0))
    k.loop(0, x.count, [&](Ix i) {
      const Reg unit = f32(k.div(k.load(x, i), scale));
      const Reg steps = k.select(flat, none, k.op(KernelOp::Round, {unit}));
      k.store(k.out(0), i,
              k.to_integer(clamped(k, k.add(steps, zero), 0, 255)));
    });
  if (k.wants(1)) k.store(k.out(1), 0, scale);
  if (k.wants(2)) k.store(k.out(2), 0, k.to_integer(zero));
  return k.emit();
}

}  // namespace hone::tensor
