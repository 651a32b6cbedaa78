// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sampling of images at computed places, and boxes in them, of any float type.
#include <cmath>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

Reg no(K& k) { return k.less(k.integer(0), k.integer(0)); }
Reg yes(K& k) { return k.less(k.integer(0), k.integer(1)); }
Reg number_of(K& k, Ix i) { return k.to_float(k.of(i)); }
Reg floor_of(K& k, Reg x) { return k.op(KernelOp::Floor, {x}); }
Reg clamped(K& k, Reg x, Reg low, Reg high) {
  return k.smaller(k.larger(x, low), high);
}

// The coordinate, -1 to 1 in the grid, of element `i` of `size`.
Reg normal_coordinate(K& k, Ix i, Ix size, bool align) {
  const Reg n = number_of(k, size), at = number_of(k, i);
  const Reg one = k.number(1), two = k.number(2);
  if (!align) return k.sub(k.div(k.add(k.mul(two, at), one), n), one);
  const Reg place = k.sub(k.div(k.mul(two, at), k.sub(n, one)), one);
  return k.select(k.equal(n, one), k.number(-1), place);
}

// Mirrors a coordinate at the ends of the image until it lies within.
Reg reflect(K& k, Reg x, Reg low, Reg high) {
  const Reg span = k.sub(high, low);
  x = k.abs(k.sub(x, low));
  const Reg folds = floor_of(k, k.div(x, span));
  const Reg rest = k.sub(x, k.mul(folds, span));
  const Reg odd = k.op(KernelOp::Fmod, {folds, k.number(2)});
  const Reg place =
      k.select(k.equal(odd, k.number(0)), k.add(low, rest), k.sub(high, rest));
  return k.select(k.less(k.number(0), span), place, low);
}

struct Place {
  Ix at;     // always one of the image
  Reg good;  // whether it counts
};

struct Sampling {
  std::string mode, padding;
  bool align;

  Reg low(K& k) const { return k.number(align ? 0 : -0.5); }
  Reg high(K& k, Reg n) const { return k.sub(n, k.number(align ? 1 : 0.5)); }

  Place place(K& k, Reg at, Ix size) const {
    const Reg n = number_of(k, size), top = k.sub(n, k.number(1));
    const Reg inside =
        k.both(k.negated(k.less(at, k.number(0))), k.negated(k.less(top, at)));
    Reg other = at;
    if (padding == "reflection")
      other = k.op(KernelOp::Round, {reflect(k, at, low(k), high(k, n))});
    const Reg safe = clamped(k, k.select(inside, at, other), k.number(0), top);
    return {k.index(k.to_integer(safe)), padding == "zeros" ? inside : yes(k)};
  }
};

// Weights of the elements around x, from floor(x) - (count/2 - 1) on.
std::vector<Reg> weights(K& k, const std::string& mode, Reg x) {
  const Reg t = k.sub(x, floor_of(k, x)), one = k.number(1);
  const Reg rest = k.sub(one, t);
  if (mode == "linear") return {rest, t};
  constexpr double a = -0.75;
  const auto n = [&](double v) { return k.number(v); };
  const auto inner = [&](Reg d) {
    return k.add(k.mul(k.mul(k.sub(k.mul(n(a + 2), d), n(a + 3)), d), d), n(1));
  };
  const auto outer = [&](Reg d) {
    return k.sub(k.mul(k.mul(k.add(k.mul(k.sub(d, n(5)), d), n(8)), d), n(a)),
                 n(4 * a));
  };
  return {outer(k.add(one, t)), inner(t), inner(rest), outer(k.add(one, rest))};
}

}  // namespace

Status lower_affine_grid(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({node.inputs[0]}, node.outputs));
  const Operand &theta = k.in(0), &y = k.out(0);
  const bool align = node.integer("align_corners") != 0;
  const auto axes = static_cast<int64_t>(y.rank()) - 2;
  k.for_each(y.dims, [&](const Index& i) {
    const Ix row = i[axes + 1];
    Reg sum = k.load(theta, {i[0], row, axes});
    // The grid's first coordinate belongs to the last axis.
    for (int64_t d = 0; d < axes; ++d) {
      const Reg at = normal_coordinate(k, i[axes - d], y.dims[axes - d], align);
      sum = k.add(sum, k.mul(k.load(theta, {i[0], row, d}), at));
    }
    k.store(y, i, sum);
  });
  return k.emit();
}

Status lower_grid_sample(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &grid = k.in(1), &y = k.out(0);
  const Sampling s = {node.text("mode"), node.text("padding_mode"),
                      node.integer("align_corners") != 0};
  const size_t axes = x.rank() - 2;
  k.for_each(y.dims, [&](const Index& i) {
    std::vector<Reg> where;
    for (size_t d = 0; d < axes; ++d) {
      Index at = i;
      at.erase(at.begin() + 1);
      at.emplace_back(static_cast<int64_t>(axes - 1 - d));
      const Reg g = k.load(grid, at), n = number_of(k, x.dims[d + 2]);
      const Reg one = k.number(1), half = k.number(0.5);
      const Reg top = k.sub(n, one);
      Reg p = s.align ? k.mul(k.mul(k.add(g, one), half), top)
                      : k.mul(k.sub(k.mul(k.add(g, one), n), one), half);
      p = k.select(k.is_nan(p), k.number(-1), p);
      p = clamped(k, p, k.number(-1e9), k.number(1e9));
      if (s.padding == "reflection" && s.mode != "cubic")
        p = reflect(k, p, s.low(k), s.high(k, n));
      if (s.padding == "border" ||
          (s.padding == "reflection" && s.mode != "cubic"))
        p = clamped(k, p, k.number(0), top);
      where.push_back(p);
    }
    const bool nearest = s.mode == "nearest";
    std::vector<std::vector<Reg>> w;
    for (const Reg p : where)
      w.push_back(nearest ? std::vector<Reg>{k.number(1)}
                          : weights(k, s.mode, p));
    // Every axis' places, then every combination.
    std::vector<std::vector<Place>> places(axes);
    for (size_t d = 0; d < axes; ++d)
      for (size_t t = 0; t < w[d].size(); ++t) {
        const auto shift =
            static_cast<double>(t) - (static_cast<double>(w[d].size()) / 2 - 1);
        const Reg at = nearest ? k.op(KernelOp::Round, {where[d]})
                               : k.add(floor_of(k, where[d]), k.number(shift));
        places[d].push_back(s.place(k, at, x.dims[d + 2]));
      }
    const Reg sum = k.variable(k.number(0));
    const std::function<void(size_t, Reg, Reg, Index)> combine =
        [&](size_t d, Reg weight, Reg good, Index at) {
          if (d == axes) {
            const Reg term = k.mul(weight, k.load(x, at));
            k.set(sum, k.select(good, k.add(sum, term), sum));
            return;
          }
          for (size_t t = 0; t < w[d].size(); ++t) {
            Index longer = at;
            longer.push_back(places[d][t].at);
            combine(d + 1, k.mul(weight, w[d][t]),
                    k.both(good, places[d][t].good), longer);
          }
        };
    combine(0, k.number(1), yes(k), {i[0], i[1]});
    k.store(y, i, sum);
  });
  return k.emit();
}

namespace {

// Linear between the four pixels around; 0 more than one pixel outside.
Reg roi_pixel(K& k, const Operand& x, Ix image, Ix channel, Reg py, Reg px,
              bool best) {
  const Reg height = number_of(k, x.dims[2]), width = number_of(k, x.dims[3]);
  const Reg minus = k.number(-1), zero = k.number(0), one = k.number(1);
  const Reg outside = k.either(k.either(k.less(py, minus), k.less(height, py)),
                               k.either(k.less(px, minus), k.less(width, px)));
  struct Pair {
    Ix low, high;
    Reg part;
  };
  const auto around = [&](Reg p, Reg size, Ix extent) {
    p = k.larger(p, zero);
    const Reg low = k.smaller(floor_of(k, p), k.sub(size, one));
    const Ix at = k.let(clamp(k.index(k.to_integer(low)), 0, extent - 1));
    const Reg is_last = k.equal(low, k.sub(size, one));
    return Pair{at, k.let(min(at + 1, extent - 1)),
                k.select(is_last, zero, k.sub(p, low))};
  };
  const Pair v = around(py, height, x.dims[2]),
             h = around(px, width, x.dims[3]);
  const auto part = [&](Ix row, Ix column, Reg wy, Reg wx) {
    return k.mul(k.mul(wy, wx), k.load(x, {image, channel, row, column}));
  };
  const Reg ry = k.sub(one, v.part), rx = k.sub(one, h.part);
  const Reg a = part(v.low, h.low, ry, rx), b = part(v.low, h.high, ry, h.part);
  const Reg c = part(v.high, h.low, v.part, rx);
  const Reg d = part(v.high, h.high, v.part, h.part);
  const Reg value = best ? k.larger(k.larger(a, b), k.larger(c, d))
                         : k.add(k.add(k.add(a, b), c), d);
  return k.select(outside, zero, value);
}

}  // namespace

Status lower_roi_align(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &rois = k.in(1), &y = k.out(0);
  const bool half = node.text("coordinate_transformation_mode") == "half_pixel";
  const bool is_max = node.text("mode") == "max";
  const int64_t ratio = node.integer("sampling_ratio");
  const Reg scale = k.number(node.number("spatial_scale"));
  const Reg shift = k.number(half ? 0.5 : 0);
  k.for_each(y.dims, [&](const Index& i) {
    const Ix image = inside(k, k.fetch(k.in(2), i[0]), x.dims[0]);
    const auto corner = [&](int64_t n) {
      return k.sub(k.mul(k.load(rois, {i[0], n}), scale), shift);
    };
    std::vector<Reg> first, cell;
    std::vector<Ix> samples;
    for (int64_t d = 0; d < 2; ++d) {  // rows, then columns
      first.push_back(corner(1 - d));
      Reg size = k.sub(corner(3 - d), first.back());
      if (!half) size = k.larger(size, k.number(1));
      cell.push_back(k.div(size, number_of(k, y.dims[2 + d])));
      const Reg count = clamped(k, k.op(KernelOp::Ceil, {cell.back()}),
                                k.number(1), k.number(1e6));
      samples.push_back(ratio > 0 ? Ix(ratio) : k.index(k.to_integer(count)));
    }
    const Reg sum = k.variable(k.number(is_max ? -INFINITY : 0));
    k.for_each({samples[0], samples[1]}, [&](const Index& j) {
      std::vector<Reg> at;
      for (int64_t d = 0; d < 2; ++d) {
        const Reg part = k.div(k.add(number_of(k, j[d]), k.number(0.5)),
                               number_of(k, samples[d]));
        at.push_back(k.add(
            first[d], k.mul(k.add(number_of(k, i[2 + d]), part), cell[d])));
      }
      const Reg value = roi_pixel(k, x, image, i[1], at[0], at[1], is_max);
      k.set(sum, is_max ? k.larger(sum, value) : k.add(sum, value));
    });
    const Reg count = number_of(k, samples[0] * samples[1]);
    k.store(y, i, is_max ? sum : k.div(sum, count));
  });
  return k.emit();
}

namespace {

struct Box {
  Reg y0, x0, y1, x1;
};

Box read_box(K& k, Ix image, Ix box) {
  const auto at = [&](int64_t n) { return k.load(k.in(0), {image, box, n}); };
  const Reg a = at(0), b = at(1), c = at(2), d = at(3);
  if (k.node().integer("center_point_box") == 0)
    return {k.smaller(a, c), k.smaller(b, d), k.larger(a, c), k.larger(b, d)};
  const Reg half = k.number(0.5);
  const Reg w = k.mul(c, half), h = k.mul(d, half);
  return {k.sub(b, h), k.sub(a, w), k.add(b, h), k.add(a, w)};
}

Reg overlap(K& k, const Box& a, const Box& b) {
  const auto area = [&](const Box& box) {
    return k.mul(k.sub(box.y1, box.y0), k.sub(box.x1, box.x0));
  };
  const Reg h = k.sub(k.smaller(a.y1, b.y1), k.larger(a.y0, b.y0));
  const Reg w = k.sub(k.smaller(a.x1, b.x1), k.larger(a.x0, b.x0));
  const Reg zero = k.number(0), common = k.mul(h, w);
  const auto none = [&](Reg v) { return k.op(KernelOp::LessEqual, {v, zero}); };
  const Reg empty = k.either(k.either(none(h), none(w)),
                             k.either(none(area(a)), none(area(b))));
  const Reg all = k.sub(k.add(area(a), area(b)), common);
  return k.select(empty, zero, k.div(common, all));
}

}  // namespace

Reg for_each_kept_box(K& k, const std::function<void(Ix, Ix, Ix, Ix)>& body) {
  const Operand& scores = k.in(1);
  // 0 open, 1 kept, 2 gone.
  const Operand state = k.scratch(ElementType::I64, {scores.known[2]});
  const Ix count = scores.dims[2];
  const Ix most = k.has(2) ? k.fetch(k.in(2), 0) : Ix(0);
  const Reg limit = k.has(3) ? k.load(k.in(3), 0) : k.number(0);
  const Reg found = k.variable(k.integer(0));
  k.for_each({scores.dims[0], scores.dims[1]}, [&](const Index& i) {
    k.loop(0, count, [&](Ix j) {
      const Reg score = k.load(scores, {i[0], i[1], j});
      Reg gone = no(k);
      if (k.has(4)) gone = k.negated(k.less(k.load(k.in(4), 0), score));
      k.store(state, j, k.select(gone, k.integer(2), k.integer(0)));
    });
    k.loop(0, min(most, count), [&](Ix) {
      // The best open box.
      const Reg best = k.variable(k.integer(-1));
      const Reg top = k.variable(k.number(-INFINITY));
      k.loop(0, count, [&](Ix j) {
        const Reg score = k.load(scores, {i[0], i[1], j});
        const Reg open = k.equal(k.load(state, j), k.integer(0));
        const Reg is_first = k.less(best, k.integer(0));
        const Reg better = k.both(open, k.either(is_first, k.less(top, score)));
        k.set(best, k.select(better, k.of(j), best));
        k.set(top, k.select(better, score, top));
      });
      k.when(k.negated(k.less(best, k.integer(0))), [&] {
        const Ix chosen = k.index(best);
        body(k.index(found), i[0], i[1], chosen);
        k.set(found, k.add(found, k.integer(1)));
        k.store(state, chosen, k.integer(1));
        const Box own = read_box(k, i[0], chosen);
        k.loop(0, count, [&](Ix j) {
          const Reg hidden =
              k.both(k.equal(k.load(state, j), k.integer(0)),
                     k.less(limit, overlap(k, own, read_box(k, i[0], j))));
          k.store(state, j, k.select(hidden, k.integer(2), k.load(state, j)));
        });
      });
    });
  });
  return found;
}

// Boxes behind what the model declares are dropped.
Status lower_non_max_suppression(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& y = k.out(0);
  for_each_kept_box(k, [&](Ix row, Ix image, Ix label, Ix box) {
    k.builder().when_less(row, y.dims[0], [&] {
      k.store(y, {row, 0}, k.of(image));
      k.store(y, {row, 1}, k.of(label));
      k.store(y, {row, 2}, k.of(box));
    });
  });
  return k.emit();
}

}  // namespace hone::tensor
