// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Normalisations of any float type: moments in f64, one rounding.
#include <cmath>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

struct Moments {
  Reg mean, variance;
};

// Of the elements first, first + 1, … of x.
Moments moments(K& k, const Operand& x, Ix first, Ix count) {
  const Reg n = k.to_float(k.of(count));
  const Reg sum = k.variable(k.number(0)), squares = k.variable(k.number(0));
  k.loop(0, count, [&](Ix i) { k.set(sum, k.add(sum, k.load(x, first + i))); });
  const Reg mean = k.div(sum, n);
  k.loop(0, count, [&](Ix i) {
    const Reg d = k.sub(k.load(x, first + i), mean);
    k.set(squares, k.add(squares, k.mul(d, d)));
  });
  return {mean, k.div(squares, n)};
}

Reg inverse_root(K& k, Reg variance) {
  const Reg shifted = k.add(variance, k.number(k.node().number("epsilon")));
  return k.div(k.number(1), k.op(KernelOp::Sqrt, {shifted}));
}

Ix product(const Index& dims, size_t from, size_t until) {
  Ix count = 1;
  for (size_t d = from; d < until; ++d) count = count * dims[d];
  return count;
}

}  // namespace

Status lower_group_normalization(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const Ix groups = node.op == Op::InstanceNormalization
                        ? x.dims[1]
                        : Ix(node.integer("num_groups"));
  const Ix each =
      node.op == Op::InstanceNormalization ? Ix(1) : k.let(x.dims[1] / groups);
  const Ix area = k.let(product(x.dims, 2, x.rank()));
  const Ix block = k.let(area * each);
  k.for_each({x.dims[0], groups}, [&](const Index& i) {
    const Ix first = k.let((i[0] * groups + i[1]) * block);
    const Moments m = moments(k, x, first, block);
    const Reg factor = inverse_root(k, m.variance);
    k.for_each({each, area}, [&](const Index& j) {
      const Ix c = i[1] * each + j[0], at = k.let(first + j[0] * area + j[1]);
      const Reg unit = k.mul(k.sub(k.load(x, at), m.mean), factor);
      k.store(y, at,
              k.add(k.mul(unit, k.load(k.in(1), c)), k.load(k.in(2), c)));
    });
  });
  return k.emit();
}

Status lower_any_layer_normalization(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const bool is_rms = node.op == Op::RMSNormalization;
  const Operand& x = k.in(0);
  const auto axis =
      static_cast<size_t>(front_axis(node.integer("axis"), x.rank()));
  const Index outer(x.dims.begin(), x.dims.begin() + axis);
  const Index inner(x.dims.begin() + axis, x.dims.end());
  const Ix block = k.let(product(inner, 0, inner.size()));
  k.for_each(outer, [&](const Index& i) {
    Ix row = 0;
    for (size_t d = 0; d < axis; ++d) row = row * x.dims[d] + i[d];
    row = k.let(row);
    const Ix first = k.let(row * block);
    Moments m = moments(k, x, first, block);
    if (is_rms) {
      m.variance = k.add(m.variance, k.mul(m.mean, m.mean));
      m.mean = k.number(0);
    }
    const Reg factor = inverse_root(k, m.variance);
    k.for_each(inner, [&](const Index& j) {
      Index full = i;
      full.insert(full.end(), j.begin(), j.end());
      const Ix at = k.let(k.flat(x, full));
      Reg value = k.mul(k.sub(k.load(x, at), m.mean), factor);
      if (k.has(1))
        value = k.mul(value, k.load(k.in(1), k.broadcast(k.in(1), full)));
      if (k.has(2))
        value = k.add(value, k.load(k.in(2), k.broadcast(k.in(2), full)));
      if (k.wants(0)) k.store(k.out(0), at, value);
    });
    if (k.wants(1)) k.store(k.out(1), row, m.mean);
    if (k.wants(2)) k.store(k.out(2), row, factor);
  });
  return k.emit();
}

Status lower_any_batch_normalization(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& x = k.in(0);
  const bool training = node.integer("training_mode") != 0;
  const Reg momentum = k.number(node.number("momentum"));
  const Reg rest = k.sub(k.number(1), momentum);
  const Ix channels = x.rank() > 1 ? x.dims[1] : Ix(1);
  const Ix area =
      k.let(product(x.dims, std::min<size_t>(2, x.rank()), x.rank()));
  const Ix images = x.dims[0];
  k.loop(0, channels, [&](Ix c) {
    const auto each = [&](const std::function<void(Ix)>& body) {
      k.for_each({images, area}, [&](const Index& i) {
        body(k.let((i[0] * channels + c) * area + i[1]));
      });
    };
    Moments m = {k.load(k.in(3), c), k.load(k.in(4), c)};
    if (training) {
      const Reg n = k.to_float(k.of(images * area));
      const Reg sum = k.variable(k.number(0)), squares = k.variable(sum);
      each([&](Ix at) { k.set(sum, k.add(sum, k.load(x, at))); });
      const Reg mean = k.div(sum, n);
      each([&](Ix at) {
        const Reg d = k.sub(k.load(x, at), mean);
        k.set(squares, k.add(squares, k.mul(d, d)));
      });
      const Reg variance = k.div(squares, n);
      const auto mixed = [&](Reg old, Reg now) {
        return k.add(k.mul(old, momentum), k.mul(now, rest));
      };
      if (k.wants(1)) k.store(k.out(1), c, mixed(m.mean, mean));
      if (k.wants(2)) k.store(k.out(2), c, mixed(m.variance, variance));
      m = {mean, variance};
    }
    const Reg factor = k.mul(k.load(k.in(1), c), inverse_root(k, m.variance));
    const Reg shift = k.load(k.in(2), c);
    if (k.wants(0))
      each([&](Ix at) {
        const Reg unit = k.sub(k.load(x, at), m.mean);
        k.store(k.out(0), at, k.add(k.mul(unit, factor), shift));
      });
  });
  return k.emit();
}

Status lower_lp_normalization(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const auto axis = front_axis(node.integer("axis"), x.rank());
  const Reg p = k.number(static_cast<double>(node.integer("p")));
  Index lines = x.dims;
  lines[axis] = 1;
  k.for_each(lines, [&](const Index& i) {
    const auto at = [&](Ix j) {
      Index place = i;
      place[axis] = j;
      return k.let(k.flat(x, place));
    };
    const Reg sum = k.variable(k.number(0));
    k.loop(0, x.dims[axis], [&](Ix j) {
      k.set(sum, k.add(sum, k.op(KernelOp::Pow, {k.abs(k.load(x, at(j))), p})));
    });
    const Reg norm = k.op(KernelOp::Pow, {sum, k.div(k.number(1), p)});
    const Reg is_zero = k.equal(norm, k.number(0));
    k.loop(0, x.dims[axis], [&](Ix j) {
      const Ix place = at(j);
      k.store(y, place,
              k.select(is_zero, k.number(0), k.div(k.load(x, place), norm)));
    });
  });
  return k.emit();
}

Status lower_lrn(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const int64_t size = node.integer("size");
  const Reg alpha = k.number(node.number("alpha") / static_cast<double>(size));
  const Reg beta = k.number(node.number("beta"));
  const Reg bias = k.number(node.number("bias"));
  k.for_each(y.dims, [&](const Index& i) {
    const Ix low = max(i[1] - (size - 1) / 2, 0);
    const Ix high = min(i[1] + (size / 2 + 1), x.dims[1]);
    const Reg sum = k.variable(k.number(0));
    k.loop(low, high, [&](Ix c) {
      Index at = i;
      at[1] = c;
      const Reg value = k.load(x, at);
      k.set(sum, k.add(sum, k.mul(value, value)));
    });
    const Reg scale =
        k.op(KernelOp::Pow, {k.add(bias, k.mul(alpha, sum)), beta});
    k.store(y, i, k.div(k.load(x, i), scale));
  });
  return k.emit();
}

// Over any axes: the moments of each element's group are summed anew, which is
// slow and needs no table.
Status lower_mean_variance(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  Index outer = x.dims, inner(x.rank(), 1);
  for (const int64_t given : node.integers("axes")) {
    const int64_t axis = front_axis(given, x.rank());
    std::swap(outer[axis], inner[axis]);
  }
  Ix members = 1;
  for (const Ix extent : inner) members = members * extent;
  const Reg n = k.to_float(k.of(members));
  k.for_each(outer, [&](const Index& i) {
    const auto each = [&](const std::function<void(Ix)>& body) {
      k.for_each(inner, [&](const Index& j) {
        Index at;
        for (size_t d = 0; d < x.rank(); ++d) at.push_back(i[d] + j[d]);
        body(k.let(k.flat(x, at)));
      });
    };
    const Reg sum = k.variable(k.number(0)), squares = k.variable(sum);
    each([&](Ix at) { k.set(sum, k.add(sum, k.load(x, at))); });
    const Reg mean = k.div(sum, n);
    each([&](Ix at) {
      const Reg d = k.sub(k.load(x, at), mean);
      k.set(squares, k.add(squares, k.mul(d, d)));
    });
    const Reg deviation =
        k.add(k.op(KernelOp::Sqrt, {k.div(squares, n)}), k.number(1e-9));
    each([&](Ix at) {
      k.store(y, at, k.div(k.sub(k.load(x, at), mean), deviation));
    });
  });
  return k.emit();
}

}  // namespace hone::tensor
