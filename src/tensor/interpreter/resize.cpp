// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Resize: each output element is a weighted sum of input elements around the
// place that it maps to, axis by axis.
#include "tensor/interpreter/resize.h"

#include <algorithm>
#include <cmath>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

using Tap = ResizeTap;

struct Axis {
  int64_t input, output;
  double scale;
  double roi_start = 0, roi_end = 1;
};

struct Options {
  std::string mode, transform, nearest;
  double cubic;
  bool exclude_outside, antialias;
};

// The input coordinate of an output coordinate. Sizes in formulas are those
// that the scale gives, before they are cut down to whole numbers.
double map_back(const Options& o, const Axis& a, double y) {
  const auto in = static_cast<double>(a.input);
  const double out = a.scale * in;
  if (o.transform == "align_corners")
    return out == 1 ? 0 : y * (in - 1) / (out - 1);
  if (o.transform == "asymmetric") return y / a.scale;
  if (o.transform == "tf_half_pixel_for_nn") return (y + 0.5) / a.scale;
  if (o.transform == "pytorch_half_pixel" && out == 1) return -0.5;
  if (o.transform == "tf_crop_and_resize") {
    const double span = (a.roi_end - a.roi_start) * (in - 1);
    return a.roi_start * (in - 1) +
           (out == 1 ? span / 2 : y * span / (out - 1));
  }
  const double middle = (y + 0.5) / a.scale - 0.5;
  if (o.transform == "half_pixel_symmetric")
    return middle + in / 2 * (1 - static_cast<double>(a.output) / out);
  return middle;
}

double cubic_weight(double x, double a) {
  x = std::fabs(x);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((x - 5) * x + 8) * x * a - 4 * a;
  return 0;
}

int64_t nearest_place(const std::string& mode, double x) {
  if (mode == "floor") return static_cast<int64_t>(std::floor(x));
  if (mode == "ceil") return static_cast<int64_t>(std::ceil(x));
  if (mode == "round_prefer_ceil")
    return static_cast<int64_t>(std::floor(x + 0.5));
  return static_cast<int64_t>(std::ceil(x - 0.5));
}

// Places are within the axis: beyond the ends the last element is repeated.
std::vector<Tap> taps_at(const Options& o, const Axis& a, double x) {
  std::vector<Tap> taps;
  if (o.mode == "nearest") {
    taps = {{nearest_place(o.nearest, x), 1}};
  } else {
    const bool linear = o.mode == "linear";
    // Shrinking with antialias widens the kernel.
    const double squeeze = o.antialias ? std::min(a.scale, 1.0) : 1.0;
    const double reach = (linear ? 1 : 2) / squeeze;
    double sum = 0;
    for (auto i = static_cast<int64_t>(std::floor(x - reach)) + 1;
         static_cast<double>(i) < x + reach; ++i) {
      const double distance = (static_cast<double>(i) - x) * squeeze;
      double weight = linear ? std::max(0.0, 1 - std::fabs(distance))
                             : cubic_weight(distance, o.cubic);
      if (o.exclude_outside && (i < 0 || i >= a.input)) weight = 0;
      taps.push_back({i, weight});
      sum += weight;
    }
    for (Tap& tap : taps)
      if (sum != 0) tap.weight /= sum;
  }
  for (Tap& tap : taps)
    tap.place = std::clamp<int64_t>(tap.place, 0, a.input - 1);
  return taps;
}

Result<std::vector<double>> numbers_of(const Call& call, size_t input) {
  const Tensor& x = call.in(input);
  if (!is_float(x.type()) || x.rank() != 1)
    return call.error("input {} is no vector of floats", input);
  return std::vector<double>(x.data<double>().begin(), x.data<double>().end());
}

// Sizes and scales from the inputs, for the axes that the node names.
Result<std::vector<Axis>> plan_axes(const Call& call, const Dims& input) {
  const auto rank = static_cast<int64_t>(input.size());
  std::vector<Axis> plan;
  for (const int64_t size : input) plan.push_back({size, size, 1});
  Dims axes = call.integers("axes");
  if (!call.has_attribute("axes"))
    for (int64_t i = 0; i < rank; ++i) axes.push_back(i);
  for (int64_t& axis : axes) {
    HONE_ASSIGN_OR_RETURN(axis, call.axis(axis, rank));
  }
  const bool by_sizes = call.has(3) && call.in(3).size() > 0;
  const bool by_scales = call.has(2) && call.in(2).size() > 0;
  if (by_sizes == by_scales)
    return call.error("expected either scales or sizes");
  if (by_scales) {
    HONE_ASSIGN_OR_RETURN(const std::vector<double> scales,
                          numbers_of(call, 2));
    if (scales.size() != axes.size())
      return call.error("{} scales for {} axes", scales.size(), axes.size());
    for (size_t i = 0; i < axes.size(); ++i) {
      Axis& a = plan[axes[i]];
      a.scale = scales[i];
      const double size = std::floor(a.scale * static_cast<double>(a.input));
      if (!(a.scale > 0) || size > 1e15)
        return call.error("a scale of {}", a.scale);
      a.output = static_cast<int64_t>(size);
    }
  } else {
    HONE_ASSIGN_OR_RETURN(const Dims sizes, call.integers_of(3));
    if (sizes.size() != axes.size())
      return call.error("{} sizes for {} axes", sizes.size(), axes.size());
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < axes.size(); ++i) {
      Axis& a = plan[axes[i]];
      if (sizes[i] < 0) return call.error("a size of {}", sizes[i]);
      a.output = sizes[i];
      a.scale = static_cast<double>(sizes[i]) / static_cast<double>(a.input);
      least = std::min(least, a.scale);
      most = std::max(most, a.scale);
    }
    const std::string policy = call.text("keep_aspect_ratio_policy");
    if (policy == "not_larger" || policy == "not_smaller") {
      for (const int64_t axis : axes) {
        Axis& a = plan[axis];
        a.scale = policy == "not_larger" ? least : most;
        a.output = static_cast<int64_t>(
            std::floor(a.scale * static_cast<double>(a.input) + 0.5));
      }
    } else if (policy != "stretch") {
      return call.error("keep_aspect_ratio_policy '{}'", policy);
    }
  }
  if (call.has(1) && call.in(1).size() > 0) {
    HONE_ASSIGN_OR_RETURN(const std::vector<double> roi, numbers_of(call, 1));
    if (roi.size() != 2 * axes.size())
      return call.error("{} numbers in roi", roi.size());
    for (size_t i = 0; i < axes.size(); ++i) {
      plan[axes[i]].roi_start = roi[i];
      plan[axes[i]].roi_end = roi[i + axes.size()];
    }
  }
  return plan;
}

}  // namespace

Result<std::vector<ResizeTaps>> resize_taps(const Call& call,
                                            const Dims& input) {
  const Options o = {.mode = call.text("mode"),
                     .transform = call.text("coordinate_transformation_mode"),
                     .nearest = call.text("nearest_mode"),
                     .cubic = call.number("cubic_coeff_a"),
                     .exclude_outside = call.integer("exclude_outside") != 0,
                     .antialias = call.integer("antialias") != 0};
  constexpr std::string_view kTransforms[] = {
      "align_corners",       "asymmetric",           "half_pixel",
      "pytorch_half_pixel",  "half_pixel_symmetric", "tf_crop_and_resize",
      "tf_half_pixel_for_nn"};
  if (std::find(std::begin(kTransforms), std::end(kTransforms), o.transform) ==
      std::end(kTransforms))
    return call.error("coordinate_transformation_mode '{}'", o.transform);
  if (o.mode != "nearest" && o.mode != "linear" && o.mode != "cubic")
    return call.error("mode '{}'", o.mode);
  if (o.nearest != "round_prefer_floor" && o.nearest != "round_prefer_ceil" &&
      o.nearest != "floor" && o.nearest != "ceil")
    return call.error("nearest_mode '{}'", o.nearest);
  HONE_ASSIGN_OR_RETURN(const std::vector<Axis> plan, plan_axes(call, input));
  std::vector<ResizeTaps> taps;
  for (const Axis& a : plan) {
    if (a.output > call.limits().elements)
      return call.error("a size of {}", a.output);
    taps.emplace_back();
    for (int64_t y = 0; y < a.output; ++y) {
      if (a.input == a.output && a.scale == 1 && a.roi_start == 0 &&
          a.roi_end == 1) {
        taps.back().push_back({{y, 1}});
        continue;
      }
      const double at = map_back(o, a, static_cast<double>(y));
      const bool outside = o.transform == "tf_crop_and_resize" &&
                           (at < 0 || at > static_cast<double>(a.input - 1));
      taps.back().push_back(outside ? std::vector<Tap>() : taps_at(o, a, at));
    }
  }
  return taps;
}

namespace {

Status resize(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const std::vector<ResizeTaps> taps,
                        resize_taps(call, x.dims()));
  const double extrapolation = call.number("extrapolation_value");
  Dims dims;
  for (const ResizeTaps& axis : taps)
    dims.push_back(static_cast<int64_t>(axis.size()));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  if (y.size() > 0 && x.size() == 0) return call.error("nothing to resize");
  const Dims strides = dense_strides(x.dims());
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    const auto data = x.data<T>();
    call.fill(y, [&](std::span<const int64_t> at) -> T {
      Dims counts;
      for (size_t i = 0; i < at.size(); ++i) {
        counts.push_back(static_cast<int64_t>(taps[i][at[i]].size()));
        if (counts.back() == 0) return static_cast<T>(extrapolation);
      }
      double sum = 0;
      Dims k(at.size(), 0);
      do {
        double weight = 1;
        int64_t place = 0;
        for (size_t i = 0; i < at.size(); ++i) {
          const Tap& tap = taps[i][at[i]][k[i]];
          weight *= tap.weight;
          place += tap.place * strides[i];
        }
        sum += weight * static_cast<double>(data[place]);
      } while (next_index(counts, k));
      // Integers are rounded to the nearest, ties to even.
      if constexpr (!std::is_same_v<T, double>)
        return static_cast<T>(std::nearbyint(sum));
      return static_cast<T>(sum);
    });
    return {};
  }));
  call.set(0, std::move(y));
  return {};
}

constexpr KernelRow kRows[] = {{Op::Resize, resize}};

}  // namespace

std::span<const KernelRow> resize_kernels() { return kRows; }

}  // namespace hone::tensor
