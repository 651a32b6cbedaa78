// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that make tensors of sizes and positions, of any type.
#include <algorithm>

#include "tensor/interpreter/tensor.h"
#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

Status lower_shape(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const std::vector<int64_t>& dims = planner.dims(node.inputs[0]);
  if (dims == std::vector<int64_t>{-1})
    return planner.unsupported(node, "a size that is not known");
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({}, node.outputs));
  const Operand& y = k.out(0);
  if (node.op == Op::Size) {
    Ix count = 1;
    for (const int64_t dim : dims) count = count * k.extra_size(dim);
    k.store(y, 0, k.of(count));
    return k.emit();
  }
  const auto rank = static_cast<int64_t>(dims.size());
  int64_t first = node.integer("start");
  if (first < 0) first += rank;
  first = std::clamp<int64_t>(first, 0, rank);
  std::vector<Ix> sizes;
  for (int64_t i = 0; i < y.known[0]; ++i)
    sizes.push_back(k.extra_size(dims[first + i]));
  for (int64_t i = 0; i < y.known[0]; ++i) k.store(y, i, k.of(sizes[i]));
  return k.emit();
}

Status lower_constant_of_shape(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({}, node.outputs));
  const Operand& y = k.out(0);
  const Literal* const literal = node.literal("value");
  Reg value = k.zero(y);
  if (literal != nullptr) {
    const auto number = literal_number(*literal);
    if (!number) return planner.unsupported(node, "a value of this type");
    value = is_float(y.type) ? k.number(number->number)
                             : k.integer(number->integer);
  }
  k.loop(0, y.count, [&](Ix i) { k.store(y, i, value); });
  return k.emit();
}

Status lower_eye_like(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({}, node.outputs));
  const Operand& y = k.out(0);
  k.for_each(y.dims, [&](const Index& i) {
    const Reg on = k.equal(k.of(i[0] + node.integer("k")), k.of(i[1]));
    k.store(y, i, on);
  });
  return k.emit();
}

Status lower_range(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& y = k.out(0);
  const Reg start = k.load(k.in(0), 0), step = k.load(k.in(2), 0);
  k.loop(0, y.count, [&](Ix i) {
    const Reg n = k.is_float(step) ? k.to_float(k.of(i)) : k.of(i);
    k.store(y, i, k.add(start, k.mul(n, step)));
  });
  return k.emit();
}

Reg load_number(K& k, const Operand& x, Ix at) {
  return k.to_float(k.load(x, at));
}

Status lower_one_hot(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &values = k.in(2), &y = k.out(0);
  const int64_t axis = front_axis(node.integer("axis"), y.rank());
  k.for_each(y.dims, [&](const Index& i) {
    Index from = i;
    from.erase(from.begin() + axis);
    const Reg hot = k.to_integer(k.load(x, from));
    const Reg up = k.add(hot, k.of(y.dims[axis]));
    const Reg place = k.select(k.less(hot, k.integer(0)), up, hot);
    const Reg on = k.to_bit(k.equal(place, k.of(i[axis])));
    copy_element(k, y, k.flat(y, i), values, k.index(on));
  });
  return k.emit();
}

Status lower_trilu(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const Reg shift = k.has(1) ? k.load(k.in(1), 0) : k.integer(0);
  const bool upper = node.integer("upper") != 0;
  k.for_each(y.dims, [&](const Index& i) {
    const Reg place = k.of(i[y.rank() - 1] - i[y.rank() - 2]);
    const Reg goes = upper ? k.less(place, shift) : k.less(shift, place);
    k.when(
        goes, [&] { k.store(y, i, k.zero(y)); },
        [&] { copy_element(k, y, k.flat(y, i), x, k.flat(x, i)); });
  });
  return k.emit();
}

std::optional<LiteralNumber> literal_number(const Literal& literal) {
  if (literal.size() != 1 || literal.type() == ElementType::Str ||
      is_complex(literal.type()))
    return {};
  const Tensor tensor = Tensor::from(literal);
  return LiteralNumber{tensor.number(0),
                       is_float(literal.type()) ? 0 : tensor.integer_at(0)};
}

}  // namespace hone::tensor
