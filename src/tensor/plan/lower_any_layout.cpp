// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operators that move elements of any type, where bounds, axes and sizes may be
// known only when the model runs; the results' sizes are known.
#include <algorithm>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

void copy_element(K& k, const Operand& y, Ix i, const Operand& x, Ix from) {
  k.store_bits(y, i, k.load_bits(x, from));
}

Ix quotient(K& k, Ix a, Ix b) { return k.index(k.div(k.of(a), k.of(b))); }

Ix clamp(Ix value, Ix low, Ix high) { return max(low, min(value, high)); }

Ix repeated(const Operand& x, size_t axis, Ix at) {
  if (is_slot(x.known[axis])) return clamp(at, 0, x.dims[axis] - 1);
  return x.known[axis] == 1 ? Ix(0) : at;
}

// Far beyond every extent, and far from overflow.
constexpr int64_t kFar = int64_t{1} << 60;

Ix inside(K& k, Ix place, Ix extent) {
  place = k.let(clamp(place, -kFar, kFar));
  // 1 for negative places.
  const Ix negative = max(min(0 - place, 1), 0);
  return k.let(clamp(place + negative * extent, 0, extent - 1));
}

Index strides_of(const Operand& x) {
  Index strides(x.rank(), 1);
  for (size_t d = x.rank(); d-- > 1;) strides[d - 1] = strides[d] * x.dims[d];
  return strides;
}

Status lower_alias(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId input = node.inputs[0], result = node.outputs[0];
  const Type& type = planner.graph()[input].type;
  if (!type.is_tensor() || !type.element || !memory_element(*type.element))
    return planner.unsupported(node, "elements of this type");
  // Whether there are as many elements as the sizes say is not certain where
  // they come at run time.
  if (planner.is_dynamic(input) != planner.is_dynamic(result) ||
      (node.op == Op::Reshape && planner.is_dynamic(node))) {
    K k(planner, node);
    HONE_RETURN_IF_ERROR(k.open({input}, {result}));
    k.loop(0, k.out(0).count,
           [&](Ix i) { copy_element(k, k.out(0), i, k.in(0), i); });
    return k.emit();
  }
  HONE_ASSIGN_OR_RETURN(Stored stored, planner.plain(input));
  // Of BitCast: the same bytes, read as another type.
  const auto element = planner.graph()[result].type.element;
  if (element)
    stored.element = memory_element(*element).value_or(stored.element);
  planner.alias(result, stored);
  return {};
}

Status lower_any_transpose(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  std::vector<int64_t> perm = node.integers("perm");
  if (perm.empty())
    for (size_t d = x.rank(); d-- > 0;) perm.push_back(static_cast<int64_t>(d));
  k.for_each(y.dims, [&](const Index& i) {
    Index from(x.rank(), 0);
    for (size_t d = 0; d < perm.size(); ++d) from[perm[d]] = i[d];
    copy_element(k, y, k.flat(y, i), x, k.flat(x, from));
  });
  return k.emit();
}

// A copy of one part of `whole`, behind parts of the sizes `before` along
// `axis`.
static Status copy_part(Planner& planner, const Node& node, ValueId from,
                        ValueId to, const Stored* whole,
                        const std::vector<int64_t>& before, int64_t axis) {
  K k(planner, node);
  HONE_RETURN_IF_ERROR(whole != nullptr ? k.open_into({from}, to, *whole)
                                        : k.open({from}, {to}));
  const Operand &x = k.in(0), &y = k.out(0);
  const bool is_join = whole != nullptr;
  Ix first = 0;
  for (const int64_t size : before) first = first + k.extra_size(size);
  first = k.let(first);
  k.for_each(is_join ? x.dims : y.dims, [&](const Index& i) {
    Index moved = i;
    moved[axis] = moved[axis] + first;
    copy_element(k, y, k.flat(y, is_join ? moved : i), x,
                 k.flat(x, is_join ? i : moved));
  });
  return is_join ? k.emit_only() : k.emit();
}

// Numbers are one size, so that kernels are shared.
static void add_size(std::vector<int64_t>& sizes, int64_t size) {
  if (sizes.empty()) sizes.push_back(0);
  if (is_slot(size))
    sizes.push_back(size);
  else
    sizes[0] += size;
}

Status lower_any_concat(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const ValueId result = node.outputs[0];
  if (!planner.is_used(result)) return {};
  const int64_t axis =
      front_axis(node.integer("axis"), planner.dims(result).size());
  const Stored whole = planner.new_plain(result);
  std::vector<int64_t> before;
  for (const ValueId input : node.inputs) {
    HONE_RETURN_IF_ERROR(
        copy_part(planner, node, input, result, &whole, before, axis));
    add_size(before, planner.dims(input)[axis]);
  }
  planner.define(result, whole);
  return {};
}

Status lower_any_split(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const int64_t axis =
      front_axis(node.integer("axis"), planner.dims(node.inputs[0]).size());
  std::vector<int64_t> before;
  for (const ValueId output : node.outputs) {
    if (output == kNone) return planner.unsupported(node, "a part left out");
    if (planner.is_used(output))
      HONE_RETURN_IF_ERROR(copy_part(planner, node, node.inputs[0], output,
                                     nullptr, before, axis));
    add_size(before, planner.dims(output)[axis]);
  }
  return {};
}

Status lower_any_expand(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({node.inputs[0]}, node.outputs));
  const Operand &x = k.in(0), &y = k.out(0);
  k.for_each(y.dims, [&](const Index& i) {
    Index from;
    const size_t missing = y.rank() - x.rank();
    for (size_t d = 0; d < x.rank(); ++d)
      from.push_back(x.known[d] == 1 ? Ix(0)
                     : is_slot(x.known[d])
                         ? k.floor_mod(i[missing + d], x.dims[d])
                         : i[missing + d] % x.dims[d]);
    copy_element(k, y, k.flat(y, i), x, k.flat(x, from));
  });
  return k.emit();
}

std::vector<Ix> by_axis(K& k, size_t values, size_t axes, size_t rank,
                        int64_t other, Ix first, Ix count) {
  std::vector<Reg> found;
  for (size_t d = 0; d < rank; ++d)
    found.push_back(k.variable(k.integer(other)));
  k.loop(0, count, [&](Ix j) {
    const Ix axis = k.has(axes) ? inside(k, k.fetch(k.in(axes), j),
                                         static_cast<int64_t>(rank))
                                : j;
    const Reg value = k.load(k.in(values), first + j), at = k.of(axis);
    for (size_t d = 0; d < rank; ++d)
      k.set(found[d], k.select(k.equal(at, k.integer(static_cast<int64_t>(d))),
                               value, found[d]));
  });
  std::vector<Ix> result;
  for (const Reg r : found) result.push_back(k.index(r));
  return result;
}

SliceBounds slice_bounds(K& k) {
  const Operand& x = k.in(0);
  const Ix count = k.in(1).count;
  SliceBounds b = {by_axis(k, 1, 3, x.rank(), 0, 0, count),
                   by_axis(k, 2, 3, x.rank(), kFar, 0, count),
                   std::vector<Ix>(x.rank(), 1)};
  if (k.has(4)) b.steps = by_axis(k, 4, 3, x.rank(), 1, 0, count);
  for (size_t d = 0; d < x.rank(); ++d) {
    const Ix size = x.dims[d];
    // 1 where the slice goes backward: it begins at the last element at most,
    // and ends before the first.
    const Ix back = k.let(max(min(0 - b.steps[d], 1), 0));
    const auto place = [&](Ix at, Ix low, Ix high) {
      at = k.let(clamp(at, -kFar, kFar));
      const Ix negative = max(min(0 - at, 1), 0);
      return k.let(clamp(at + negative * size, low, high));
    };
    b.starts[d] = place(b.starts[d], 0 - back, size - back);
    b.ends[d] = place(b.ends[d], 0 - back, size - back);
    const Ix far = max(size, 1);
    const Ix step = k.let(clamp(b.steps[d], 0 - far, far));
    // 0 becomes 1: the model says nothing of it.
    b.steps[d] = k.let(step + 1 - min(max(step * step, 0), 1));
  }
  return b;
}

Status lower_any_slice(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const SliceBounds bounds = slice_bounds(k);
  k.for_each(y.dims, [&](const Index& i) {
    Index from;
    for (size_t d = 0; d < x.rank(); ++d)
      from.push_back(k.let(
          clamp(bounds.starts[d] + i[d] * bounds.steps[d], 0, x.dims[d] - 1)));
    copy_element(k, y, k.flat(y, i), x, k.flat(x, from));
  });
  return k.emit();
}

// Where a place outside of an extent reads, by mode; for `constant` it is any.
static Ix padded_place(const std::string& mode, Ix at, Ix size, K& k) {
  if (mode == "edge" || mode == "constant") return clamp(at, 0, size - 1);
  if (mode == "wrap") return k.floor_mod(at, size);
  const Ix period = k.let(max(2 * (size - 1), 1));
  const Ix place = k.floor_mod(at, period);
  return k.let(clamp(min(place, period - place), 0, size - 1));
}

Status lower_pad(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const std::string mode = node.text("mode");
  const Ix count =
      k.has(3) ? k.in(3).count : Ix(static_cast<int64_t>(x.rank()));
  const std::vector<Ix> before = by_axis(k, 1, 3, x.rank(), 0, 0, count);
  Reg fill = k.zero(x);
  if (k.has(2)) fill = k.load(k.in(2), 0);
  k.for_each(y.dims, [&](const Index& i) {
    Index from;
    Reg good = k.less(k.integer(0), k.integer(1));
    for (size_t d = 0; d < x.rank(); ++d) {
      const Ix at = k.let(i[d] - before[d]);
      from.push_back(k.let(padded_place(mode, at, x.dims[d], k)));
      if (mode == "constant")
        good = k.both(good, k.equal(k.of(at), k.of(from.back())));
      // Of no element none is near.
      if (x.known[d] <= 0)
        good = k.both(good, k.less(k.integer(0), k.of(x.dims[d])));
    }
    k.when(
        good, [&] { copy_element(k, y, k.flat(y, i), x, k.flat(x, from)); },
        [&] { k.store(y, i, fill); });
  });
  return k.emit();
}

Status lower_center_crop_pad(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({node.inputs[0]}, node.outputs));
  const Operand &x = k.in(0), &y = k.out(0);
  // What the kernel is told comes before what it computes.
  std::vector<std::optional<Ix>> known(x.rank());
  for (size_t d = 0; d < x.rank(); ++d)
    if (!is_slot(x.known[d]) && !is_slot(y.known[d]))
      known[d] = k.extra_size((x.known[d] - y.known[d]) / 2);
  Index shift;
  for (size_t d = 0; d < x.rank(); ++d)
    shift.push_back(
        known[d] ? *known[d]
                 : k.index(k.div(k.of(x.dims[d] - y.dims[d]), k.integer(2))));
  k.for_each(y.dims, [&](const Index& i) {
    Index from;
    Reg good = k.less(k.integer(0), k.integer(1));
    for (size_t d = 0; d < x.rank(); ++d) {
      const Ix at = k.let(i[d] + shift[d]);
      from.push_back(k.let(clamp(at, 0, x.dims[d] - 1)));
      good = k.both(good, k.equal(k.of(at), k.of(from.back())));
    }
    k.when(
        good, [&] { copy_element(k, y, k.flat(y, i), x, k.flat(x, from)); },
        [&] { k.store(y, i, k.zero(y)); });
  });
  return k.emit();
}

Status lower_reverse_sequence(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const int64_t time = front_axis(node.integer("time_axis"), x.rank());
  const int64_t batch = front_axis(node.integer("batch_axis"), x.rank());
  k.for_each(y.dims, [&](const Index& i) {
    const Ix length = k.fetch(k.in(1), i[batch]);
    // Behind the length, places stay.
    const Ix before = max(min(length - i[time], 1), 0);
    Index from = i;
    from[time] = k.let(clamp(i[time] + before * (length - 1 - 2 * i[time]), 0,
                             x.dims[time] - 1));
    copy_element(k, y, k.flat(y, i), x, k.flat(x, from));
  });
  return k.emit();
}

Status lower_space_to_depth(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const int64_t b = node.integer("blocksize");
  const bool is_crd = node.text("mode") == "CRD";
  const bool to_depth = node.op == Op::SpaceToDepth;
  // Depth is channels and block, in either order.
  const Operand &wide = to_depth ? x : y, &deep = to_depth ? y : x;
  k.for_each(deep.dims, [&](const Index& i) {
    const Ix channels = wide.dims[1];
    const Ix block = is_crd ? i[1] % (b * b) : i[1] / channels;
    const Ix channel = is_crd ? i[1] / (b * b) : i[1] % channels;
    const Index at = {i[0], channel, i[2] * b + block / b,
                      i[3] * b + block % b};
    const Ix w = k.flat(wide, at), d = k.flat(deep, i);
    copy_element(k, y, to_depth ? d : w, x, to_depth ? w : d);
  });
  return k.emit();
}

}  // namespace hone::tensor
