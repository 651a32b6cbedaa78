// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reductions over any axes, of any type, the axes known now or when the model
// runs: every element is added to its result's place in a table of wide sums.
#include <cmath>
#include <limits>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

std::vector<Ix> axis_flags(K& k, size_t input,
                           const std::vector<int64_t>& attribute, size_t rank,
                           bool none_is_all) {
  const auto r = static_cast<int64_t>(rank);
  if (!k.has(input)) {
    std::vector<Ix> flags(rank, attribute.empty() && none_is_all ? 1 : 0);
    for (const int64_t axis : attribute) flags[front_axis(axis, rank)] = 1;
    return flags;
  }
  const Operand& axes = k.in(input);
  std::vector<Reg> found;
  const bool is_empty = axes.known.size() == 1 && axes.known[0] == 0;
  for (size_t d = 0; d < rank; ++d)
    found.push_back(k.variable(k.integer(is_empty && none_is_all ? 1 : 0)));
  k.loop(0, axes.count, [&](Ix j) {
    const Reg at = k.of(inside(k, k.fetch(axes, j), r));
    for (size_t d = 0; d < rank; ++d)
      k.set(found[d], k.select(k.equal(at, k.integer(static_cast<int64_t>(d))),
                               k.integer(1), found[d]));
  });
  std::vector<Ix> flags;
  for (const Reg flag : found) flags.push_back(k.index(flag));
  return flags;
}

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Sums are f64 or i64; some reductions of integers need f64.
bool sums_floats(const Node& node, ElementType type) {
  return is_float(type) || node.op == Op::ReduceL2 ||
         node.op == Op::ReduceLogSum || node.op == Op::ReduceLogSumExp;
}

Reg first_value(K& k, const Operand& x) {
  const bool is_max = k.node().op == Op::ReduceMax;
  const bool is_min = k.node().op == Op::ReduceMin;
  if (k.node().op == Op::ReduceProd)
    return is_float(x.type) ? k.number(1) : k.integer(1);
  if (!is_max && !is_min)
    return sums_floats(k.node(), x.type) ? k.number(0) : k.integer(0);
  if (is_float(x.type)) return k.number(is_max ? -kInfinity : kInfinity);
  const int bits = element_bits(x.type);
  if (x.type == ElementType::Bool) return k.integer(is_max ? 0 : 1);
  const int64_t top = static_cast<int64_t>((uint64_t{1} << (bits - 1)) - 1);
  if (element_class(x.type) == ElementClass::Int)
    return k.integer(is_max ? -top - 1 : top);
  return k.integer(is_max ? 0
                          : static_cast<int64_t>(~uint64_t{0} >> (64 - bits)));
}

Reg combine(K& k, const Operand& x, Reg sum, Reg value) {
  switch (k.node().op) {
    case Op::ReduceL1:
      return k.add(sum, k.abs(value));
    case Op::ReduceL2:
      value = k.to_float(value);
      return k.add(sum, k.mul(value, value));
    case Op::ReduceLogSum:
      return k.add(sum, k.to_float(value));
    case Op::ReduceMax:
    case Op::ReduceMin: {
      const bool is_max = k.node().op == Op::ReduceMax;
      if (x.type == ElementType::U64) {
        const Reg is_less = k.op(KernelOp::NaturalLess, {value, sum});
        return is_max ? k.select(is_less, sum, value)
                      : k.select(is_less, value, sum);
      }
      return is_max ? k.larger(sum, value) : k.smaller(sum, value);
    }
    case Op::ReduceProd:
      return k.mul(sum, value);
    case Op::ReduceSumSquare:
      return k.add(sum, k.mul(value, value));
    default:
      return k.add(sum, value);
  }
}

Reg last_step(K& k, Reg sum, Ix inputs, Ix outputs) {
  switch (k.node().op) {
    case Op::ReduceL2:
      return k.op(KernelOp::Sqrt, {sum});
    case Op::ReduceLogSum:
      return k.op(KernelOp::Log, {sum});
    case Op::ReduceMean: {
      const Reg count = k.div(k.of(inputs), k.of(outputs));
      return k.div(sum, k.is_float(sum) ? k.to_float(count) : count);
    }
    default:
      return sum;
  }
}

// The place of the result that an element of x belongs to.
Ix result_place(K& k, const Operand& x, const std::vector<Ix>& goes,
                const Index& i) {
  Ix at = 0;
  for (size_t d = 0; d < x.rank(); ++d)
    at = k.let(at * (x.dims[d] * (1 - goes[d]) + goes[d]) +
               i[d] * (1 - goes[d]));
  // Where axes come at run time the sizes were promised, not computed.
  return k.let(clamp(at, 0, k.out(0).count - 1));
}

void log_sum_exp(K& k, const std::vector<Ix>& goes, const Operand& most,
                 const Operand& sums) {
  const Operand &x = k.in(0), &y = k.out(0);
  k.loop(0, y.count, [&](Ix i) {
    k.store(most, i, k.number(-kInfinity));
    k.store(sums, i, k.number(0));
  });
  k.for_each(x.dims, [&](const Index& i) {
    const Ix at = result_place(k, x, goes, i);
    k.store(most, at, k.larger(k.load(most, at), k.to_float(k.load(x, i))));
  });
  k.for_each(x.dims, [&](const Index& i) {
    const Ix at = result_place(k, x, goes, i);
    const Reg e = k.op(KernelOp::Exp,
                       {k.sub(k.to_float(k.load(x, i)), k.load(most, at))});
    k.store(sums, at, k.add(k.load(sums, at), e));
  });
  k.loop(0, y.count, [&](Ix i) {
    const Reg m = k.load(most, i);
    const Reg value = k.add(m, k.op(KernelOp::Log, {k.load(sums, i)}));
    const Reg result =
        k.select(k.equal(k.abs(m), k.number(kInfinity)), m, value);
    k.store(y, i, is_float(y.type) ? result : k.to_integer(result));
  });
}

}  // namespace

Status lower_any_reduction(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const bool is_float_sum = sums_floats(node, x.type);
  const ElementType sum_type =
      is_float_sum ? ElementType::F64 : ElementType::I64;
  const Operand sums = k.scratch(sum_type, y.known);
  const bool two_steps = node.op == Op::ReduceLogSumExp;
  const Operand most =
      two_steps ? k.scratch(ElementType::F64, y.known) : Operand();
  const std::vector<Ix> goes =
      axis_flags(k, 1, {}, x.rank(), node.integer("noop_with_empty_axes") == 0);
  if (two_steps) {
    log_sum_exp(k, goes, most, sums);
    return k.emit();
  }
  const Reg first = first_value(k, x);
  k.loop(0, y.count, [&](Ix i) { k.store(sums, i, first); });
  k.for_each(x.dims, [&](const Index& i) {
    const Ix at = result_place(k, x, goes, i);
    k.store(sums, at, combine(k, x, k.load(sums, at), k.load(x, i)));
  });
  k.loop(0, y.count, [&](Ix i) {
    const Reg value = last_step(k, k.load(sums, i), x.count, y.count);
    k.store(y, i, is_float(y.type) ? value : k.to_integer(value));
  });
  return k.emit();
}

// --- Along one axis ----------------------------------------------------------

namespace {

// Lines along `axis`: body(outer indices with 0 at the axis).
void for_each_line(K& k, const Operand& x, size_t axis,
                   const std::function<void(const Index&)>& body) {
  Index dims = x.dims;
  dims[axis] = 1;
  k.for_each(dims, body);
}

Index moved(Index i, size_t axis, Ix place) {
  i[axis] = place;
  return i;
}

// a before b, where ties are open.
Reg before(K& k, Reg a, Reg b, bool largest, bool natural) {
  if (natural)
    return k.op(KernelOp::NaturalLess, {largest ? b : a, largest ? a : b});
  const Reg is_before = largest ? k.less(b, a) : k.less(a, b);
  if (!k.is_float(a)) return is_before;
  // NaN is the largest.
  const Reg high = largest ? a : b, low = largest ? b : a;
  return k.either(is_before, k.both(k.is_nan(high), k.negated(k.is_nan(low))));
}

}  // namespace

Status lower_argument(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const auto axis =
      static_cast<size_t>(front_axis(node.integer("axis"), x.rank()));
  const bool last = node.integer("select_last_index") != 0;
  const bool largest = node.op == Op::ArgMax;
  const bool natural = x.type == ElementType::U64;
  for_each_line(k, x, axis, [&](const Index& i) {
    const Reg best = k.variable(k.load(x, i));
    const Reg place = k.variable(k.integer(0));
    k.loop(1, x.dims[axis], [&](Ix j) {
      const Reg value = k.load(x, moved(i, axis, j));
      Reg better = natural
                       ? k.op(KernelOp::NaturalLess,
                              {largest ? best : value, largest ? value : best})
                   : largest ? k.less(best, value)
                             : k.less(value, best);
      if (last) better = k.either(better, k.equal(best, value));
      k.set(place, k.select(better, k.of(j), place));
      k.set(best, k.select(better, value, best));
    });
    Index to = i;
    if (y.rank() < x.rank()) to.erase(to.begin() + static_cast<int64_t>(axis));
    k.store(y, to, place);
  });
  return k.emit();
}

Status lower_cumulative(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const bool exclusive = node.integer("exclusive") != 0;
  const bool reverse = node.integer("reverse") != 0;
  const bool is_product = node.op == Op::CumProd;
  // The axis may come at run time: its extent and the strides around it.
  const std::vector<Ix> flags = axis_flags(k, 1, {}, x.rank(), false);
  Ix extent = 1, inner = 1, behind = 0;
  for (size_t d = 0; d < x.rank(); ++d) {
    extent = extent * (flags[d] * x.dims[d] + (1 - flags[d]));
    inner = inner * (behind * x.dims[d] + (1 - behind));
    behind = behind + flags[d];
  }
  extent = k.let(extent);
  inner = k.let(inner);
  const Reg lines = k.div(k.of(x.count), k.mul(k.of(extent), k.of(inner)));
  const Reg one = is_float(x.type) ? k.number(1) : k.integer(1);
  k.loop(0, k.index(lines), [&](Ix o) {
    k.loop(0, inner, [&](Ix i) {
      const Reg total = k.variable(is_product ? one : k.zero(x));
      k.loop(0, extent, [&](Ix j) {
        const Ix step = reverse ? extent - 1 - j : j;
        const Ix at = k.let((o * extent + step) * inner + i);
        const Reg value = k.load(x, at);
        if (exclusive) k.store(y, at, total);
        k.set(total, is_product ? k.mul(total, value) : k.add(total, value));
        if (!exclusive) k.store(y, at, total);
      });
    });
  });
  return k.emit();
}

// Each element's place among those of its line, by counting.
Status lower_top_k(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({node.inputs[0]}, node.outputs));
  const Operand& x = k.in(0);
  const Operand& any = k.wants(0) ? k.out(0) : k.out(1);
  const auto axis =
      static_cast<size_t>(front_axis(node.integer("axis"), x.rank()));
  const bool largest = node.integer("largest") != 0;
  const bool natural = x.type == ElementType::U64;
  const Operand order = k.scratch(ElementType::I64, {x.known[axis]});
  const Operand room = k.scratch(ElementType::I64, {x.known[axis]});
  for_each_line(k, x, axis, [&](const Index& i) {
    const auto load = [&](Ix j) { return k.load(x, moved(i, axis, j)); };
    sort_places(k, order, room, x.dims[axis], [&](Ix a, Ix b) {
      return before(k, load(a), load(b), largest, natural);
    });
    k.loop(0, min(any.dims[axis], x.dims[axis]), [&](Ix to) {
      const Ix from = k.fetch(order, to);
      if (k.wants(0)) k.store(k.out(0), moved(i, axis, to), load(from));
      if (k.wants(1)) k.store(k.out(1), moved(i, axis, to), k.of(from));
    });
  });
  return k.emit();
}

Status lower_any_softmax(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  if (x.rank() == 0 || !is_float(x.type))
    return planner.unsupported(node, "elements of this type");
  const auto axis =
      static_cast<size_t>(front_axis(node.integer("axis"), x.rank()));
  for_each_line(k, x, axis, [&](const Index& i) {
    const Reg most = k.variable(k.number(-kInfinity));
    const Reg place = k.variable(k.integer(0));
    k.loop(0, x.dims[axis], [&](Ix j) {
      const Reg value = k.load(x, moved(i, axis, j));
      k.set(place, k.select(k.less(most, value), k.of(j), place));
      k.set(most, k.larger(most, value));
    });
    if (node.op == Op::Hardmax) {
      k.loop(0, x.dims[axis], [&](Ix j) {
        k.store(y, moved(i, axis, j), k.equal(k.of(j), place));
      });
      return;
    }
    const Reg sum = k.variable(k.number(0));
    const auto shifted = [&](Ix j) {
      return k.sub(k.load(x, moved(i, axis, j)), most);
    };
    k.loop(0, x.dims[axis], [&](Ix j) {
      k.set(sum, k.add(sum, k.op(KernelOp::Exp, {shifted(j)})));
    });
    k.loop(0, x.dims[axis], [&](Ix j) {
      const Reg value = node.op == Op::Softmax
                            ? k.div(k.op(KernelOp::Exp, {shifted(j)}), sum)
                            : k.sub(shifted(j), k.op(KernelOp::Log, {sum}));
      k.store(y, moved(i, axis, j), value);
    });
  });
  return k.emit();
}

}  // namespace hone::tensor
