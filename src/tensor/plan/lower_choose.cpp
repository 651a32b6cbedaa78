// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators whose results are as many as the data say: a slot that was written
// before (size_rules.cpp), or what the model declares; what is more is dropped.
#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

Status lower_non_zero(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const Reg found = k.variable(k.integer(0));
  k.for_each(x.dims, [&](const Index& i) {
    const Reg value = k.load(x, i);
    k.when(k.negated(k.equal(value, zero_of(k, value))), [&] {
      const Ix to = k.index(found);
      k.builder().when_less(to, y.dims[1], [&] {
        for (size_t d = 0; d < x.rank(); ++d)
          k.store(y, {static_cast<int64_t>(d), to}, k.of(i[d]));
      });
      k.set(found, k.add(found, k.integer(1)));
    });
  });
  return k.emit();
}

namespace {

// An operand as rows along `axis`, each a slice of the rest; flat without one.
struct Slices {
  Ix count = 1, outer = 1, inner = 1;

  Slices(K& k, const Operand& x) {
    count = x.count;
    if (!k.node().has("axis")) return;
    const auto axis =
        static_cast<size_t>(front_axis(k.node().integer("axis"), x.rank()));
    count = x.dims[axis];
    for (size_t d = 0; d < x.rank(); ++d) {
      if (d < axis) outer = k.let(outer * x.dims[d]);
      if (d > axis) inner = k.let(inner * x.dims[d]);
    }
  }
  Ix place(Ix row, Ix o, Ix i) const { return (o * count + row) * inner + i; }
};

}  // namespace

Status lower_compress(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &condition = k.in(1), &y = k.out(0);
  const Slices from(k, x), to(k, y);
  const Reg found = k.variable(k.integer(0));
  k.loop(0, min(condition.count, from.count), [&](Ix row) {
    k.when(k.less(k.integer(0), k.load(condition, row)), [&] {
      const Ix at = k.index(found);
      k.builder().when_less(at, to.count, [&] {
        k.for_each({from.outer, from.inner}, [&](const Index& i) {
          copy_element(k, y, to.place(at, i[0], i[1]), x,
                       from.place(row, i[0], i[1]));
        });
      });
      k.set(found, k.add(found, k.integer(1)));
    });
  });
  return k.emit();
}

namespace {

// -1, 0, 1: slice a before, equal to, behind slice b.
Reg compare_slices(K& k, const Operand& x, const Slices& s, Ix a, Ix b) {
  const Reg order = k.variable(k.integer(0));
  const bool natural = x.type == ElementType::U64;
  const auto less = [&](Reg p, Reg q) {
    return natural ? k.op(KernelOp::NaturalLess, {p, q}) : k.less(p, q);
  };
  k.for_each({s.outer, s.inner}, [&](const Index& i) {
    const Reg p = k.load(x, s.place(a, i[0], i[1]));
    const Reg q = k.load(x, s.place(b, i[0], i[1]));
    const Reg own = k.select(less(p, q), k.integer(-1), k.to_bit(less(q, p)));
    k.set(order, k.select(k.equal(order, k.integer(0)), own, order));
  });
  return order;
}

// The first slice that equals slice i.
Reg first_equal(K& k, const Operand& x, const Slices& s, Ix i) {
  const Reg own = k.variable(k.of(i));
  k.loop(0, i, [&](Ix j) {
    const Reg same =
        k.both(k.equal(compare_slices(k, x, s, j, i), k.integer(0)),
               k.equal(own, k.of(i)));
    k.set(own, k.select(same, k.of(j), own));
  });
  return own;
}

}  // namespace

Reg count_unique(K& k) {
  const Operand& x = k.in(0);
  const Slices s(k, x);
  const Reg found = k.variable(k.integer(0));
  k.loop(0, s.count, [&](Ix i) {
    const Reg is_first = k.equal(first_equal(k, x, s, i), k.of(i));
    k.set(found, k.add(found, k.to_bit(is_first)));
  });
  return found;
}

// A slice belongs to the first one that equals it; where a group stands is how
// many groups stand before it. Quadratic in the number of slices.
Status lower_unique(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& x = k.in(0);
  // Of the whole input, if its sizes are only known at run time.
  std::vector<int64_t> rows = x.known;
  if (node.has("axis"))
    rows = {x.known[front_axis(node.integer("axis"), x.rank())]};
  const Operand first = k.scratch(ElementType::I64, rows);
  const Operand place = k.scratch(ElementType::I64, rows);
  const Slices s(k, x);
  const bool sorted = node.integer("sorted") != 0;
  const Reg zero = k.integer(0), one = k.integer(1);
  k.loop(0, s.count, [&](Ix i) { k.store(first, i, first_equal(k, x, s, i)); });
  k.loop(0, s.count, [&](Ix i) {
    const Reg before = k.variable(zero);
    k.loop(0, s.count, [&](Ix j) {
      const Reg leads = k.equal(k.load(first, j), k.of(j));
      const Reg earlier = sorted ? k.less(compare_slices(k, x, s, j, i), zero)
                                 : k.less(k.of(j), k.of(i));
      k.set(before, k.add(before, k.to_bit(k.both(leads, earlier))));
    });
    k.store(place, i, before);
  });
  const auto limit = [&](size_t output, Ix at, const std::function<void()>& f) {
    if (k.wants(output)) k.builder().when_less(at, k.out(output).dims[0], f);
  };
  if (k.wants(3))
    k.loop(0, k.out(3).count, [&](Ix i) { k.store(k.out(3), i, zero); });
  k.loop(0, s.count, [&](Ix i) {
    const Ix group = k.index(k.load(first, i));
    const Ix to = k.fetch(place, group);
    if (k.wants(2)) k.store(k.out(2), i, k.of(to));
    limit(3, to,
          [&] { k.store(k.out(3), to, k.add(k.load(k.out(3), to), one)); });
    k.when(k.equal(k.of(group), k.of(i)), [&] {
      limit(1, to, [&] { k.store(k.out(1), to, k.of(i)); });
      if (!k.wants(0)) return;
      const Slices out(k, k.out(0));
      k.builder().when_less(to, out.count, [&] {
        k.for_each({s.outer, s.inner}, [&](const Index& j) {
          copy_element(k, k.out(0), out.place(to, j[0], j[1]), x,
                       s.place(i, j[0], j[1]));
        });
      });
    });
  });
  return k.emit();
}

}  // namespace hone::tensor
