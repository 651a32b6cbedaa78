// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Gathers and scatters of any type. An index that names no element reads or
// writes the nearest one: kernels never leave their memory.
#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

Status lower_gather(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &at = k.in(1), &y = k.out(0);
  const auto axis =
      static_cast<size_t>(front_axis(node.integer("axis"), x.rank()));
  k.for_each(y.dims, [&](const Index& i) {
    const Index which(i.begin() + axis, i.begin() + axis + at.rank());
    Index from(i.begin(), i.begin() + axis);
    from.push_back(inside(k, k.fetch(at, k.flat(at, which)), x.dims[axis]));
    from.insert(from.end(), i.begin() + axis + at.rank(), i.end());
    copy_element(k, y, k.flat(y, i), x, k.flat(x, from));
  });
  return k.emit();
}

Status lower_gather_elements(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &at = k.in(1), &y = k.out(0);
  const int64_t axis = front_axis(node.integer("axis"), x.rank());
  k.for_each(y.dims, [&](const Index& i) {
    Index from = i;
    from[axis] = inside(k, k.fetch(at, k.flat(at, i)), x.dims[axis]);
    copy_element(k, y, k.flat(y, i), x, k.flat(x, from));
  });
  return k.emit();
}

// The slice of x that row `row` of `at` (its indices but for the last) names,
// behind `batch` axes in common; the slice's own indices are `rest`.
static Ix slice_place(K& k, const Operand& x, const Operand& at,
                      const Index& row, int64_t batch, const Index& rest) {
  Index from(row.begin(), row.begin() + batch);
  const int64_t width = at.known.back();
  for (int64_t d = 0; d < width; ++d) {
    Index which = row;
    which.emplace_back(d);
    from.push_back(
        inside(k, k.fetch(at, k.flat(at, which)), x.dims[batch + d]));
  }
  from.insert(from.end(), rest.begin(), rest.end());
  return k.let(k.flat(x, from));
}

Status lower_gather_nd(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &at = k.in(1), &y = k.out(0);
  const int64_t batch = node.integer("batch_dims");
  const auto rows = static_cast<int64_t>(at.rank()) - 1;
  k.for_each(y.dims, [&](const Index& i) {
    const Index row(i.begin(), i.begin() + rows);
    const Index rest(i.begin() + rows, i.end());
    copy_element(k, y, k.flat(y, i), x,
                 slice_place(k, x, at, row, batch, rest));
  });
  return k.emit();
}

// y = x, then updates one after the other.
static void copy_all(K& k) {
  k.loop(0, k.out(0).count,
         [&](Ix i) { copy_element(k, k.out(0), i, k.in(0), i); });
}

static void update(K& k, Ix to, const Operand& from, Ix at) {
  const Operand& y = k.out(0);
  const std::string how = k.node().text("reduction");
  if (how.empty() || how == "none") return copy_element(k, y, to, from, at);
  const Reg old = k.load(y, to), next = k.load(from, at);
  const bool natural = y.type == ElementType::U64;
  const Reg is_less =
      natural ? k.op(KernelOp::NaturalLess, {old, next}) : k.less(old, next);
  k.store(y, to,
          how == "add"   ? k.add(old, next)
          : how == "mul" ? k.mul(old, next)
          : how == "max" ? k.select(is_less, next, old)
                         : k.select(is_less, old, next));
}

Status lower_scatter_elements(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &at = k.in(1), &y = k.out(0);
  const int64_t axis = front_axis(node.integer("axis"), y.rank());
  copy_all(k);
  k.for_each(at.dims, [&](const Index& i) {
    Index to = i;
    const Ix from = k.let(k.flat(at, i));
    to[axis] = inside(k, k.fetch(at, from), y.dims[axis]);
    update(k, k.let(k.flat(y, to)), k.in(2), from);
  });
  return k.emit();
}

Status lower_scatter_nd(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &at = k.in(1), &updates = k.in(2), &y = k.out(0);
  const auto rows = static_cast<int64_t>(at.rank()) - 1;
  copy_all(k);
  k.for_each(updates.dims, [&](const Index& i) {
    const Index row(i.begin(), i.begin() + rows);
    const Index rest(i.begin() + rows, i.end());
    update(k, slice_place(k, y, at, row, 0, rest), updates,
           k.let(k.flat(updates, i)));
  });
  return k.emit();
}

Status lower_tensor_scatter(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &updates = k.in(1), &y = k.out(0);
  const int64_t axis = front_axis(node.integer("axis"), y.rank());
  const bool circular = node.text("mode") == "circular";
  copy_all(k);
  k.for_each(updates.dims, [&](const Index& i) {
    Ix place = i[axis];
    if (k.has(2)) place = place + k.fetch(k.in(2), i[0]);
    place = k.let(place);
    if (circular) place = k.floor_mod(place, y.dims[axis]);
    Index to = i;
    to[axis] = k.let(clamp(place, 0, y.dims[axis] - 1));
    update(k, k.let(k.flat(y, to)), updates, k.let(k.flat(updates, i)));
  });
  return k.emit();
}

}  // namespace hone::tensor
