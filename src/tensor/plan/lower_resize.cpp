// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Resize of any type: each output element is a weighted sum of input elements
// around the place that it maps to, axis by axis. Scales and sizes may come at
// run time; the result's sizes are known.
#include <cmath>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

struct Options {
  std::string mode, transform, nearest;
  double cubic;
  bool exclude_outside, antialias;
};

struct Axis {
  Ix input;
  Reg in, out, scale, roi_start, roi_end;
  bool is_moved;
};

Reg map_back(K& k, const Options& o, const Axis& a, Reg y) {
  const Reg one = k.number(1), half = k.number(0.5);
  const Reg out = k.mul(a.scale, a.in), last = k.sub(a.in, one);
  const Reg is_single = k.equal(out, one);
  if (o.transform == "align_corners")
    return k.select(is_single, k.number(0),
                    k.div(k.mul(y, last), k.sub(out, one)));
  if (o.transform == "asymmetric") return k.div(y, a.scale);
  // Of opset 11 and 12.
  if (o.transform == "tf_half_pixel_for_nn")
    return k.div(k.add(y, half), a.scale);
  if (o.transform == "tf_crop_and_resize") {
    const Reg span = k.mul(k.sub(a.roi_end, a.roi_start), last);
    return k.add(k.mul(a.roi_start, last),
                 k.select(is_single, k.mul(span, half),
                          k.div(k.mul(y, span), k.sub(out, one))));
  }
  const Reg middle = k.sub(k.div(k.add(y, half), a.scale), half);
  if (o.transform == "pytorch_half_pixel")
    return k.select(is_single, k.number(-0.5), middle);
  if (o.transform == "half_pixel_symmetric")
    return k.add(middle,
                 k.mul(k.mul(a.in, half), k.sub(one, k.div(a.out, out))));
  return middle;
}

Reg cubic_weight(K& k, Reg x, double a) {
  const auto n = [&](double v) { return k.number(v); };
  x = k.abs(x);
  const Reg near =
      k.add(k.mul(k.mul(k.sub(k.mul(n(a + 2), x), n(a + 3)), x), x), n(1));
  const Reg far = k.sub(
      k.mul(k.mul(k.add(k.mul(k.sub(x, n(5)), x), n(8)), x), n(a)), n(4 * a));
  return k.select(k.op(KernelOp::LessEqual, {x, n(1)}), near,
                  k.select(k.less(x, n(2)), far, n(0)));
}

Reg nearest_place(K& k, const std::string& mode, Reg x) {
  const Reg half = k.number(0.5);
  if (mode == "floor") return k.op(KernelOp::Floor, {x});
  if (mode == "ceil") return k.op(KernelOp::Ceil, {x});
  if (mode == "round_prefer_ceil")
    return k.op(KernelOp::Floor, {k.add(x, half)});
  return k.op(KernelOp::Ceil, {k.sub(x, half)});
}

Options options_of(const Node& node) {
  return {.mode = node.text("mode"),
          .transform = node.text("coordinate_transformation_mode"),
          .nearest = node.text("nearest_mode"),
          .cubic = node.number("cubic_coeff_a"),
          .exclude_outside = node.integer("exclude_outside") != 0,
          .antialias = node.integer("antialias") != 0};
}

Reg tap_weight(K& k, const Options& o, const Axis& a, Reg distance, Ix n) {
  const Reg w = o.mode == "linear"
                    ? k.larger(k.number(0), k.sub(k.number(1), k.abs(distance)))
                    : cubic_weight(k, distance, o.cubic);
  if (!o.exclude_outside) return w;
  const Reg outside = k.either(k.less(k.of(n), k.integer(0)),
                               k.negated(k.less(k.of(n), k.of(a.input))));
  return k.select(outside, k.number(0), w);
}

class Resizer {
 public:
  Resizer(K& k, Options o, std::vector<Axis> axes, Index i)
      : k_(k), o_(std::move(o)), axes_(std::move(axes)), i_(std::move(i)) {}

  void write() {
    for (const Axis& a : axes_) {
      const Reg y = k_.to_float(k_.of(i_[at_.size()]));
      at_.push_back(a.is_moved ? map_back(k_, o_, a, y) : y);
    }
    sum_ = k_.variable(k_.number(0));
    tap(0, k_.number(1), {});
    Reg value = sum_;
    if (o_.transform == "tf_crop_and_resize") {
      Reg outside = k_.less(k_.number(0), k_.number(0));
      for (size_t d = 0; d < axes_.size(); ++d)
        if (axes_[d].is_moved)
          outside = k_.either(
              outside,
              k_.either(k_.less(at_[d], k_.number(0)),
                        k_.less(k_.sub(axes_[d].in, k_.number(1)), at_[d])));
      value = k_.select(
          outside, k_.number(k_.node().number("extrapolation_value")), value);
    }
    const Operand& y = k_.out(0);
    k_.store(y, i_,
             is_float(y.type) ? value
                              : k_.to_integer(k_.op(KernelOp::Round, {value})));
  }

 private:
  // Multiplies the weights of axis d's taps in.
  void tap(size_t d, Reg weight, Index place) {
    if (d == axes_.size()) {
      const Reg x = k_.to_float(k_.load(k_.in(0), place));
      k_.set(sum_, k_.add(sum_, k_.mul(weight, x)));
      return;
    }
    const Axis& a = axes_[d];
    const auto next = [&](Ix at, Reg own) {
      Index longer = place;
      longer.push_back(k_.let(clamp(at, 0, a.input - 1)));
      tap(d + 1, own, longer);
    };
    if (!a.is_moved) return next(i_[d], weight);
    if (o_.mode == "nearest")
      return next(
          k_.index(k_.to_integer(nearest_place(k_, o_.nearest, at_[d]))),
          weight);
    const bool linear = o_.mode == "linear";
    const Reg squeeze =
        o_.antialias ? k_.smaller(a.scale, k_.number(1)) : k_.number(1);
    const Reg reach = k_.div(k_.number(linear ? 1 : 2), squeeze);
    const Reg low = k_.op(KernelOp::Floor, {k_.sub(at_[d], reach)});
    const Reg high = k_.op(KernelOp::Ceil, {k_.add(at_[d], reach)});
    const Ix first = k_.index(k_.add(k_.to_integer(low), k_.integer(1)));
    const Ix last = k_.index(k_.to_integer(high));
    const auto weight_at = [&](Ix n) {
      return tap_weight(
          k_, o_, a, k_.mul(k_.sub(k_.to_float(k_.of(n)), at_[d]), squeeze), n);
    };
    const Reg total = k_.variable(k_.number(0));
    k_.loop(first, last,
            [&](Ix n) { k_.set(total, k_.add(total, weight_at(n))); });
    const Reg safe =
        k_.select(k_.equal(total, k_.number(0)), k_.number(1), total);
    k_.loop(first, last,
            [&](Ix n) { next(n, k_.mul(weight, k_.div(weight_at(n), safe))); });
  }

  K& k_;
  Options o_;
  std::vector<Axis> axes_;
  Index i_;
  std::vector<Reg> at_;
  Reg sum_;
};

bool has_numbers(const K& k, size_t input) {
  return k.has(input) && k.in(input).known != std::vector<int64_t>{0};
}

std::vector<Axis> plan_axes(K& k, const Index& y) {
  const Operand& x = k.in(0);
  const Node& node = k.node();
  std::vector<int64_t> named = node.integers("axes");
  if (!node.has("axes"))
    for (size_t d = 0; d < x.rank(); ++d)
      named.push_back(static_cast<int64_t>(d));
  std::vector<Axis> axes;
  for (size_t d = 0; d < x.rank(); ++d)
    axes.push_back({x.dims[d], k.to_float(k.of(x.dims[d])),
                    k.to_float(k.of(y[d])), k.number(1), k.number(0),
                    k.number(1), false});
  const bool by_scales = has_numbers(k, 2);
  std::optional<Reg> common;
  const std::string policy = node.text("keep_aspect_ratio_policy");
  for (size_t i = 0; i < named.size(); ++i) {
    Axis& a = axes[front_axis(named[i], x.rank())];
    const auto n = static_cast<int64_t>(i);
    a.is_moved = true;
    a.scale = by_scales ? k.load(k.in(2), n)
                        : k.div(k.to_float(k.load(k.in(3), n)), a.in);
    if (has_numbers(k, 1)) {
      a.roi_start = k.load(k.in(1), n);
      a.roi_end = k.load(k.in(1), n + static_cast<int64_t>(named.size()));
    }
    common = !common                  ? a.scale
             : policy == "not_larger" ? k.smaller(*common, a.scale)
                                      : k.larger(*common, a.scale);
  }
  if (!by_scales && (policy == "not_larger" || policy == "not_smaller"))
    for (const int64_t axis : named)
      axes[front_axis(axis, x.rank())].scale = *common;
  // An axis that keeps its extent, by a scale that is known to be 1, is copied.
  const auto scales =
      node.has_input(2) ? k.planner().floats(node.inputs[2]) : std::nullopt;
  for (size_t i = 0; scales && i < named.size() && i < scales->size(); ++i)
    if ((*scales)[i] == 1 && !has_numbers(k, 1))
      axes[front_axis(named[i], x.rank())].is_moved = false;
  return axes;
}

}  // namespace

Result<std::vector<ResizeTable>> add_resize_tables(Planner& planner,
                                                   const Node& node) {
  const Options o = options_of(node);
  if (o.antialias || o.transform == "tf_crop_and_resize")
    return planner.unsupported(node, "a window of open width");
  const int64_t taps = o.mode == "nearest" ? 1 : o.mode == "linear" ? 2 : 4;
  std::vector<ResizeTable> tables;
  const std::vector<int64_t>& to = planner.dims(node.outputs[0]);
  for (size_t d = 0; d < to.size(); ++d) {
    K k(planner, node);
    HONE_RETURN_IF_ERROR(k.open(node.inputs, {}));
    ResizeTable table = {.axis = d, .taps = taps};
    Index y;
    for (const int64_t size : to) y.push_back(k.extra_size(size));
    const Operand places =
        k.scratch(ElementType::I64, {to[d], taps}, &table.places);
    Operand weights;
    if (taps > 1)
      weights = k.scratch(ElementType::F32, {to[d], taps}, &table.weights);
    const Axis a = plan_axes(k, y)[d];
    if (!a.is_moved) continue;
    k.loop(0, y[d], [&](Ix i) {
      const Reg at = map_back(k, o, a, k.to_float(k.of(i)));
      const auto place = [&](Ix n) {
        return k.of(k.let(clamp(n, 0, a.input - 1)));
      };
      if (taps == 1)
        return k.store(
            places, i,
            place(k.index(k.to_integer(nearest_place(k, o.nearest, at)))));
      const Reg low =
          k.op(KernelOp::Floor,
               {k.sub(at, k.number(static_cast<double>(taps) / 2))});
      const Ix first = k.index(k.add(k.to_integer(low), k.integer(1)));
      std::vector<Reg> shares;
      Reg total = k.number(0);
      for (int64_t t = 0; t < taps; ++t) {
        const Ix n = k.let(first + t);
        const Reg distance = k.sub(k.to_float(k.of(n)), at);
        shares.push_back(tap_weight(k, o, a, distance, n));
        total = k.add(total, shares.back());
      }
      total = k.select(k.equal(total, k.number(0)), k.number(1), total);
      for (int64_t t = 0; t < taps; ++t) {
        k.store(places, {i, t}, place(first + t));
        k.store(weights, {i, t}, k.div(shares[t], total));
      }
    });
    HONE_RETURN_IF_ERROR(k.emit_only());
    tables.push_back(table);
  }
  return tables;
}

Status lower_resize(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Options o = options_of(node);
  const std::vector<Axis> axes = plan_axes(k, k.out(0).dims);
  k.for_each(k.out(0).dims,
             [&](const Index& i) { Resizer(k, o, axes, i).write(); });
  return k.emit();
}

}  // namespace hone::tensor
