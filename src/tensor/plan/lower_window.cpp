// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Convolutions and pooling of any type, rank and group, as sums over windows.
#include <cmath>
#include <limits>

#include "tensor/plan/element_window.h"
#include "tensor/plan/lower_general.h"
#include "tensor/plan/spatial.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Reg yes(K& k) { return k.less(k.integer(0), k.integer(1)); }

Index join(Ix a, Ix b, const Index& rest) {
  Index all = {a, b};
  all.insert(all.end(), rest.begin(), rest.end());
  return all;
}

Index behind_two(const Index& i) { return {i.begin() + 2, i.end()}; }

// One for all, or one for each of `at`.
Reg load_per(K& k, size_t input, Ix at) {
  const Operand& p = k.in(input);
  return k.load(p, p.rank() == 0 ? Ix(0) : repeated(p, 0, at));
}

// Which inputs of a convolution are what; -1 where it has none.
struct ConvolutionInputs {
  int x, w, bias, x_zero, w_zero;
};

Reg convolution_sum(K& k, const ElementWindow& window,
                    const ConvolutionInputs& at, const Index& i) {
  const Operand &x = k.in(at.x), &w = k.in(at.w), &y = k.out(0);
  const Ix maps = k.let(y.dims[1] / k.node().integer("group"));
  const Ix first_channel = k.let(quotient(k, i[1], maps) * w.dims[1]);
  const auto has = [&](int input) { return input >= 0 && k.has(input); };
  Reg first = k.zero(x);
  if (has(at.bias)) first = k.load(k.in(at.bias), i[1]);
  const Reg sum = k.variable(first);
  Reg w_zero = k.zero(w), x_zero = k.zero(x);
  if (has(at.w_zero)) w_zero = load_per(k, at.w_zero, i[1]);
  k.loop(0, w.dims[1], [&](Ix c) {
    const Ix channel = first_channel + c;
    if (has(at.x_zero)) x_zero = load_per(k, at.x_zero, channel);
    window.for_each_tap(k, behind_two(i),
                        [&](Reg good, const Index& place, const Index& tap) {
                          Reg value = k.load(x, join(i[0], channel, place));
                          Reg weight = k.load(w, join(i[1], c, tap));
                          if (has(at.x_zero)) value = k.sub(value, x_zero);
                          if (has(at.w_zero)) weight = k.sub(weight, w_zero);
                          const Reg more = k.add(sum, k.mul(value, weight));
                          k.set(sum, k.select(good, more, sum));
                        });
  });
  return sum;
}

}  // namespace

Status lower_any_convolution(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const bool is_quantized = node.op == Op::QLinearConv;
  const ConvolutionInputs at = is_quantized ? ConvolutionInputs{0, 3, 8, 2, 5}
                               : node.op == Op::ConvInteger
                                   ? ConvolutionInputs{0, 1, -1, 2, 3}
                                   : ConvolutionInputs{0, 1, 2, -1, -1};
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& y = k.out(0);
  HONE_ASSIGN_OR_RETURN(const ElementWindow window,
                        element_window(k, k.in(0), &k.in(at.w)));
  k.for_each(y.dims, [&](const Index& i) {
    const Reg sum = convolution_sum(k, window, at, i);
    if (!is_quantized) return k.store(y, i, sum);
    const Reg scale = k.mul(k.load(k.in(1), 0), load_per(k, 4, i[1]));
    k.store(y, i,
            quantized(k, k.mul(k.to_float(sum), scale), k.load(k.in(6), 0),
                      k.load(k.in(7), 0), y.type));
  });
  return k.emit();
}

Status lower_convolution_transpose(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &w = k.in(1), &y = k.out(0);
  const size_t axes = x.rank() - 2;
  const auto strides = list_or(node, "strides", 1, axes);
  const auto dilations = list_or(node, "dilations", 1, axes);
  const Index before = transposed_pads(k);
  const Ix each = k.let(x.dims[1] / node.integer("group"));
  const Index kernel = behind_two(w.dims);
  k.for_each(y.dims, [&](const Index& i) {
    Reg first = k.zero(x);
    if (k.has(2)) first = k.load(k.in(2), i[1]);
    const Reg sum = k.variable(first);
    const Ix group = i[1] / w.dims[1];
    k.for_each(kernel, [&](const Index& tap) {
      // Which element of x this tap moved here, if any.
      Reg good = yes(k);
      Index place;
      for (size_t d = 0; d < axes; ++d) {
        const Ix from = k.let(i[d + 2] + before[d] - tap[d] * dilations[d]);
        place.push_back(k.let(clamp(from / strides[d], 0, x.dims[d + 2] - 1)));
        good =
            k.both(good, k.equal(k.of(from), k.of(place.back() * strides[d])));
      }
      k.loop(0, each, [&](Ix c) {
        const Ix channel = group * each + c;
        const Reg term = k.mul(k.load(x, join(i[0], channel, place)),
                               k.load(w, join(channel, i[1] % w.dims[1], tap)));
        k.set(sum, k.select(good, k.add(sum, term), sum));
      });
    });
    k.store(y, i, sum);
  });
  return k.emit();
}

Status lower_deform_conv(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &weights = k.in(1), &y = k.out(0);
  HONE_ASSIGN_OR_RETURN(const ElementWindow w, element_window(k, x, &weights));
  const Ix maps = k.let(y.dims[1] / node.integer("group"));
  const Ix per_set = k.let(x.dims[1] / node.integer("offset_group"));
  const size_t axes = w.kernel.size();
  Ix taps = 1;
  for (const Ix size : w.kernel) taps = taps * size;
  k.for_each(y.dims, [&](const Index& i) {
    Reg first = k.number(0);
    if (k.has(3)) first = k.load(k.in(3), i[1]);
    const Reg sum = k.variable(first);
    const Ix group = k.let(quotient(k, i[1], maps) * weights.dims[1]);
    k.loop(0, weights.dims[1], [&](Ix c) {
      const Ix channel = k.let(group + c);
      const Ix set = quotient(k, channel, per_set);
      k.for_each(w.kernel, [&](const Index& tap) {
        Ix number = 0;
        for (size_t d = 0; d < axes; ++d)
          number = number * w.kernel[d] + tap[d];
        const Ix row = k.let(set * taps + number);
        std::vector<Reg> where;
        for (size_t d = 0; d < axes; ++d) {
          const Ix own =
              i[d + 2] * w.strides[d] + tap[d] * w.dilations[d] - w.before[d];
          const Ix line =
              row * static_cast<int64_t>(axes) + static_cast<int64_t>(d);
          where.push_back(
              k.add(k.to_float(k.of(own)),
                    k.load(k.in(2), join(i[0], line, behind_two(i)))));
        }
        Reg value = linear_sample(k, x, {i[0], channel}, where);
        if (k.has(4))
          value = k.mul(value, k.load(k.in(4), join(i[0], row, behind_two(i))));
        const Reg weight = k.load(weights, join(i[1], c, tap));
        k.set(sum, k.add(sum, k.mul(value, weight)));
      });
    });
    k.store(y, i, sum);
  });
  return k.emit();
}

Reg linear_sample(K& k, const Operand& x, const Index& outer,
                  const std::vector<Reg>& where) {
  Reg sum = k.number(0);
  for (int corner = 0; corner < 1 << where.size(); ++corner) {
    Reg weight = k.number(1), good = yes(k);
    Index place = outer;
    for (size_t d = 0; d < where.size(); ++d) {
      const Reg low = k.op(KernelOp::Floor, {where[d]});
      const Reg part = k.sub(where[d], low);
      const bool high = (corner >> d & 1) != 0;
      weight = k.mul(weight, high ? part : k.sub(k.number(1), part));
      const Reg at = k.add(k.to_integer(low), k.integer(high ? 1 : 0));
      const Ix limit = x.dims[outer.size() + d] - 1;
      place.push_back(k.let(clamp(k.index(at), 0, limit)));
      good = k.both(good, k.equal(at, k.of(place.back())));
    }
    const Reg term = k.mul(weight, k.load(x, place));
    sum = k.add(sum, k.select(good, term, k.number(0)));
  }
  return sum;
}

Status lower_col2im(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const size_t axes = planner.dims(node.outputs[0]).size() - 2;
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const auto strides = list_or(node, "strides", 1, axes);
  const auto dilations = list_or(node, "dilations", 1, axes);
  const auto pads = list_or(node, "pads", 0, 2 * axes);
  Index kernel, blocks;
  for (size_t d = 0; d < axes; ++d) {
    kernel.push_back(k.fetch(k.in(2), static_cast<int64_t>(d)));
    blocks.push_back(k.let((y.dims[d + 2] + (pads[d] + pads[d + axes]) -
                            (kernel[d] - 1) * dilations[d] - 1) /
                               strides[d] +
                           1));
  }
  Ix taps = 1;
  for (const Ix size : kernel) taps = k.let(taps * size);
  k.loop(0, y.count, [&](Ix i) { k.store(y, i, k.zero(y)); });
  Index all = {y.dims[0], y.dims[1]};
  all.insert(all.end(), kernel.begin(), kernel.end());
  all.insert(all.end(), blocks.begin(), blocks.end());
  k.for_each(all, [&](const Index& i) {
    Ix tap = 0, column = 0;
    Reg good = yes(k);
    Index to = {i[0], i[1]};
    for (size_t d = 0; d < axes; ++d) {
      const Ix t = i[2 + d], b = i[2 + axes + d];
      tap = tap * kernel[d] + t;
      column = column * blocks[d] + b;
      const Ix at = k.let(b * strides[d] + t * dilations[d] - pads[d]);
      to.push_back(k.let(clamp(at, 0, y.dims[d + 2] - 1)));
      good = k.both(good, k.equal(k.of(at), k.of(to.back())));
    }
    // The kernel's size comes at run time: places stay inside all the same.
    const Ix line = k.let(clamp(i[1] * taps + tap, 0, x.dims[1] - 1));
    const Ix last = k.let(clamp(column, 0, x.dims[2] - 1));
    const Reg value = k.load(x, {i[0], line, last});
    const Reg old = k.load(y, to);
    k.store(y, to, k.select(good, k.add(old, value), old));
  });
  return k.emit();
}

// --- Pooling -----------------------------------------------------------------

namespace {

Status max_pool(K& k, const ElementWindow& window) {
  const Operand &x = k.in(0), &any = k.wants(0) ? k.out(0) : k.out(1);
  const bool by_column = k.node().integer("storage_order") != 0;
  k.for_each(any.dims, [&](const Index& i) {
    const Reg none = is_float(x.type) ? k.number(-kInfinity) : k.integer(0);
    const Reg best = k.variable(none), place = k.variable(k.integer(-1));
    window.for_each_tap(
        k, behind_two(i), [&](Reg good, const Index& at, const Index&) {
          const Index full = join(i[0], i[1], at);
          const Reg value = k.load(x, full);
          const Reg is_first = k.less(place, k.integer(0));
          const Reg better =
              k.both(good, k.either(is_first, k.less(best, value)));
          Ix number = 0;
          for (size_t d = 0; d < at.size(); ++d) {
            const size_t axis = by_column ? at.size() - 1 - d : d;
            number = number * x.dims[2 + axis] + at[axis];
          }
          Ix area = 1;
          for (const Ix extent : behind_two(x.dims)) area = area * extent;
          number = (i[0] * x.dims[1] + i[1]) * area + number;
          k.set(best, k.select(better, value, best));
          k.set(place, k.select(better, k.of(number), place));
        });
    if (k.wants(0)) k.store(k.out(0), i, best);
    if (k.wants(1)) k.store(k.out(1), i, place);
  });
  return k.emit();
}

// How many of the window's elements lie in the padded input.
Reg padded_count(K& k, const ElementWindow& w, const Index& out) {
  Reg count = k.number(1);
  for (size_t d = 0; d < out.size(); ++d) {
    const Ix room =
        w.input[d] + w.after[d] + w.before[d] - 1 - out[d] * w.strides[d];
    const Ix inside = clamp(room / w.dilations[d] + 1, 0, w.kernel[d]);
    count = k.mul(count, k.to_float(k.of(inside)));
  }
  return count;
}

}  // namespace

Status lower_any_pooling(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  HONE_ASSIGN_OR_RETURN(const ElementWindow window,
                        element_window(k, k.in(0), nullptr));
  if (node.op == Op::MaxPool) return max_pool(k, window);
  const Operand &x = k.in(0), &y = k.out(0);
  const Reg p = k.number(static_cast<double>(node.integer("p")));
  const bool with_pads = node.integer("count_include_pad") != 0;
  k.for_each(y.dims, [&](const Index& i) {
    const Reg sum = k.variable(k.number(0)), count = k.variable(k.number(0));
    window.for_each_tap(
        k, behind_two(i), [&](Reg good, const Index& at, const Index&) {
          Reg value = k.load(x, join(i[0], i[1], at));
          if (node.op == Op::LpPool)
            value = k.op(KernelOp::Pow, {k.abs(value), p});
          k.set(sum, k.select(good, k.add(sum, value), sum));
          k.set(count, k.select(good, k.add(count, k.number(1)), count));
        });
    if (node.op == Op::LpPool)
      return k.store(y, i, k.op(KernelOp::Pow, {sum, k.div(k.number(1), p)}));
    k.store(
        y, i,
        k.div(sum, with_pads ? padded_count(k, window, behind_two(i)) : count));
  });
  return k.emit();
}

Status lower_global_pooling(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const Reg p = k.number(static_cast<double>(node.integer("p")));
  const bool is_max = node.op == Op::GlobalMaxPool;
  k.for_each(y.dims, [&](const Index& i) {
    const Reg sum = k.variable(k.number(is_max ? -kInfinity : 0));
    const Reg count = k.variable(k.number(0));
    k.for_each(behind_two(x.dims), [&](const Index& at) {
      Reg value = k.load(x, join(i[0], i[1], at));
      if (node.op == Op::GlobalLpPool)
        value = k.op(KernelOp::Pow, {k.abs(value), p});
      k.set(sum, is_max ? k.select(k.less(sum, value), value, sum)
                        : k.add(sum, value));
      k.set(count, k.add(count, k.number(1)));
    });
    Reg value = sum;
    if (node.op == Op::GlobalAveragePool) value = k.div(sum, count);
    if (node.op == Op::GlobalLpPool)
      value = k.op(KernelOp::Pow, {sum, k.div(k.number(1), p)});
    k.store(y, i, value);
  });
  return k.emit();
}

Status lower_max_unpool(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const size_t axes = x.rank() - 2;
  const auto kernel = node.integers("kernel_shape");
  const auto strides = list_or(node, "strides", 1, axes);
  const auto pads = list_or(node, "pads", 0, 2 * axes);
  // Places count in the sizes that pooling had.
  Index inferred = {x.dims[0], x.dims[1]};
  for (size_t d = 0; d < axes; ++d)
    inferred.push_back(k.let((x.dims[d + 2] - 1) * strides[d] + kernel[d] -
                             pads[d] - pads[d + axes]));
  k.loop(0, y.count, [&](Ix i) { k.store(y, i, k.zero(y)); });
  k.for_each(x.dims, [&](const Index& i) {
    Ix rest = k.fetch(k.in(1), k.flat(k.in(1), i));
    Index to(y.rank(), 0);
    for (size_t d = y.rank(); d-- > 0;) {
      to[d] = k.let(clamp(k.floor_mod(rest, inferred[d]), 0, y.dims[d] - 1));
      rest = k.floor_div(rest, inferred[d]);
    }
    copy_element(k, y, k.flat(y, to), x, k.flat(x, i));
  });
  return k.emit();
}

Status lower_max_roi_pool(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &rois = k.in(1), &y = k.out(0);
  const Reg scale = k.number(node.number("spatial_scale"));
  // Halves away from zero.
  const auto round = [&](Reg v) {
    const Reg size = k.op(KernelOp::Floor, {k.add(k.abs(v), k.number(0.5))});
    return k.select(k.less(v, k.number(0)), k.neg(size), size);
  };
  k.for_each(y.dims, [&](const Index& i) {
    Index low, high;
    for (int64_t d = 0; d < 2; ++d) {
      const auto bound = [&](int64_t at) {
        return round(k.mul(k.load(rois, {i[0], at}), scale));
      };
      const Reg first = bound(2 - d), last = bound(4 - d);
      const Reg size =
          k.larger(k.add(k.sub(last, first), k.number(1)), k.number(1));
      const Reg cell = k.div(size, k.to_float(k.of(y.dims[2 + d])));
      const auto place = [&](Ix c, KernelOp how) {
        const Reg at =
            k.add(k.op(how, {k.mul(k.to_float(k.of(c)), cell)}), first);
        return k.let(clamp(k.index(k.to_integer(at)), 0, x.dims[2 + d]));
      };
      low.push_back(place(i[2 + d], KernelOp::Floor));
      high.push_back(place(i[2 + d] + 1, KernelOp::Ceil));
    }
    const Ix image =
        inside(k, k.index(k.to_integer(k.load(rois, {i[0], 0}))), x.dims[0]);
    const Reg best = k.variable(k.number(0)), found = k.variable(k.integer(0));
    k.loop(low[0], high[0], [&](Ix row) {
      k.loop(low[1], high[1], [&](Ix column) {
        const Reg value = k.load(x, {image, i[1], row, column});
        const Reg better =
            k.either(k.equal(found, k.integer(0)), k.less(best, value));
        k.set(best, k.select(better, value, best));
        k.set(found, k.integer(1));
      });
    });
    k.store(y, i, best);
  });
  return k.emit();
}

}  // namespace hone::tensor
