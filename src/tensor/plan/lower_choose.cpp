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

void sort_places(K& k, const Operand& order, const Operand& room, Ix count,
                 const std::function<Reg(Ix, Ix)>& is_before) {
  k.loop(0, count, [&](Ix i) { k.store(order, i, k.of(i)); });
  // Runs of 1, 2, 4, … places are merged two by two.
  constexpr int64_t kMostDoublings = 62;
  const Reg width = k.variable(k.integer(1));
  k.loop(0, kMostDoublings, [&](Ix) {
    k.when(k.less(width, k.of(count)), [&] {
      const Ix run = k.index(width);
      const Ix both = k.let(run * 2);
      k.loop(0, quotient(k, count + both - 1, both), [&](Ix number) {
        const Ix low = k.let(number * both);
        const Ix middle = k.let(min(low + run, count));
        const Ix high = k.let(min(low + both, count));
        const Reg a = k.variable(k.of(low)), b = k.variable(k.of(middle));
        k.loop(low, high, [&](Ix to) {
          const auto next = [&](Reg from) {
            return k.fetch(order, k.let(min(k.index(from), count - 1)));
          };
          const Ix left = next(a), right = next(b);
          const Reg no_left = k.negated(k.less(a, k.of(middle)));
          const Reg takes_right = k.both(
              k.less(b, k.of(high)), k.either(no_left, is_before(right, left)));
          k.store(room, to, k.select(takes_right, k.of(right), k.of(left)));
          const Reg step = k.to_bit(takes_right);
          k.set(b, k.add(b, step));
          k.set(a, k.add(a, k.sub(k.integer(1), step)));
        });
      });
      k.loop(0, count,
             [&](Ix i) { k.store(order, i, k.of(k.fetch(room, i))); });
    });
    k.set(width, k.add(width, width));
  });
}

namespace {

// -1, 0, 1: slice a before, equal to, behind slice b. NaN stands last.
Reg compare_slices(K& k, const Operand& x, const Slices& s, Ix a, Ix b) {
  const Reg order = k.variable(k.integer(0));
  const bool natural = x.type == ElementType::U64;
  const auto less = [&](Reg p, Reg q) {
    if (natural) return k.op(KernelOp::NaturalLess, {p, q});
    if (!k.is_float(p)) return k.less(p, q);
    return k.either(k.less(p, q), k.both(k.is_nan(q), k.negated(k.is_nan(p))));
  };
  k.for_each({s.outer, s.inner}, [&](const Index& i) {
    const Reg p = k.load(x, s.place(a, i[0], i[1]));
    const Reg q = k.load(x, s.place(b, i[0], i[1]));
    const Reg own = k.select(less(p, q), k.integer(-1), k.to_bit(less(q, p)));
    k.set(order, k.select(k.equal(order, k.integer(0)), own, order));
  });
  return order;
}

// The slices of a Unique in order, and memory beside it.
struct SortedSlices {
  Operand order, room;

  explicit SortedSlices(K& k) {
    const Operand& x = k.in(0);
    // Of the whole input, if its sizes are only known at run time.
    std::vector<int64_t> rows = x.known;
    if (k.node().has("axis"))
      rows = {x.known[front_axis(k.node().integer("axis"), x.rank())]};
    order = k.scratch(ElementType::I64, rows);
    room = k.scratch(ElementType::I64, rows);
  }

  void sort(K& k, const Slices& s) const {
    sort_places(k, order, room, s.count, [&](Ix a, Ix b) {
      return k.less(compare_slices(k, k.in(0), s, a, b), k.integer(0));
    });
  }

  // Whether the slice at `at` differs from the one before it.
  Reg is_first(K& k, const Slices& s, Ix at) const {
    const Ix before = k.fetch(order, k.let(max(at - 1, 0)));
    const Reg differs =
        k.less(compare_slices(k, k.in(0), s, before, k.fetch(order, at)),
               k.integer(0));
    return k.either(k.equal(k.of(at), k.integer(0)), differs);
  }
};

}  // namespace

Reg count_unique(K& k) {
  const SortedSlices sorted(k);
  const Slices s(k, k.in(0));
  sorted.sort(k, s);
  const Reg found = k.variable(k.integer(0));
  k.loop(0, s.count, [&](Ix i) {
    k.set(found, k.add(found, k.to_bit(sorted.is_first(k, s, i))));
  });
  return found;
}

// Equal slices stand behind each other once they are sorted; the first of them
// is the one that comes first in the input, since ties stay.
Status lower_unique(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& x = k.in(0);
  const SortedSlices sorted(k);
  // Of each slice: the first one that equals it, and where that one goes.
  const Operand first = k.scratch(ElementType::I64, sorted.order.known);
  const Operand place = k.scratch(ElementType::I64, sorted.order.known);
  const Slices s(k, x);
  const Reg zero = k.integer(0), one = k.integer(1);
  sorted.sort(k, s);
  const Reg leader = k.variable(zero), groups = k.variable(zero);
  k.loop(0, s.count, [&](Ix i) {
    const Ix own = k.fetch(sorted.order, i);
    k.when(sorted.is_first(k, s, i), [&] {
      k.set(leader, k.of(own));
      k.store(place, own, groups);
      k.set(groups, k.add(groups, one));
    });
    k.store(first, own, leader);
  });
  if (node.integer("sorted") == 0) {
    k.set(groups, zero);
    k.loop(0, s.count, [&](Ix i) {
      k.when(k.equal(k.load(first, i), k.of(i)), [&] {
        k.store(place, i, groups);
        k.set(groups, k.add(groups, one));
      });
    });
  }
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
