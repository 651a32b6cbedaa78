// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sampling of images at computed places, and boxes in them.
#include <algorithm>
#include <cmath>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// The coordinate, -1 to 1 in the grid, of element `i` of `size`.
double normal_coordinate(int64_t i, int64_t size, bool align) {
  const auto n = static_cast<double>(size);
  const auto at = static_cast<double>(i);
  if (align) return size == 1 ? -1 : -1 + 2 * at / (n - 1);
  return (2 * at + 1) / n - 1;
}

Status affine_grid(Call& call) {
  const Tensor& theta = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Dims size, call.integers_of(1));
  const bool align = call.integer("align_corners") != 0;
  const auto axes = static_cast<int64_t>(size.size()) - 2;
  if ((axes != 2 && axes != 3) || !is_float(theta.type()) ||
      theta.dims() != Dims{size[0], axes, axes + 1})
    return call.error("theta and size do not fit");
  Dims dims = {size[0]};
  dims.insert(dims.end(), size.begin() + 2, size.end());
  dims.push_back(axes);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(theta.type(), dims));
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const double* row = theta.data<double>().data() +
                        (at[0] * axes + at[axes + 1]) * (axes + 1);
    double sum = row[axes];
    // The grid's first coordinate belongs to the last axis.
    for (int64_t i = 0; i < axes; ++i)
      sum += row[i] * normal_coordinate(at[axes - i], dims[axes - i], align);
    return sum;
  });
  call.set(0, std::move(y));
  return {};
}

// Mirrors a coordinate at the ends of the image until it lies within.
double reflect(double x, double low, double high) {
  const double span = high - low;
  if (span <= 0) return low;
  x = std::fabs(x - low);
  const double folds = std::floor(x / span);
  const double rest = x - folds * span;
  return std::fmod(folds, 2) == 0 ? low + rest : high - rest;
}

struct Sampling {
  std::string mode, padding;
  bool align;

  // The element of `size` that an integer place means, or -1 for zero.
  int64_t place(int64_t at, int64_t size) const {
    if (at >= 0 && at < size) return at;
    if (padding == "zeros") return -1;
    if (padding == "border") return std::clamp<int64_t>(at, 0, size - 1);
    const double low = align ? 0 : -0.5;
    const double high = static_cast<double>(size) - (align ? 1 : 0.5);
    return std::clamp<int64_t>(static_cast<int64_t>(std::nearbyint(reflect(
                                   static_cast<double>(at), low, high))),
                               0, size - 1);
  }
};

// Weights of the elements around x, from floor(x) - (count/2 - 1) on.
std::vector<double> weights(const std::string& mode, double x) {
  const double t = x - std::floor(x);
  if (mode == "linear") return {1 - t, t};
  constexpr double a = -0.75;
  const auto inner = [](double d) {
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  };
  const auto outer = [](double d) { return ((d - 5) * d + 8) * d * a - 4 * a; };
  return {outer(1 + t), inner(t), inner(1 - t), outer(2 - t)};
}

Status grid_sample(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& grid = call.in(1);
  const Sampling s = {call.text("mode"), call.text("padding_mode"),
                      call.integer("align_corners") != 0};
  if (s.mode != "linear" && s.mode != "nearest" && s.mode != "cubic")
    return call.error("mode '{}'", s.mode);
  if (s.padding != "zeros" && s.padding != "border" &&
      s.padding != "reflection")
    return call.error("padding_mode '{}'", s.padding);
  const int64_t axes = x.rank() - 2;
  if (!is_float(x.type()) || !is_float(grid.type()) || axes < 1 ||
      grid.rank() != x.rank() || grid.dim(0) != x.dim(0) ||
      grid.dim(axes + 1) != axes)
    return call.error("data and grid do not fit");
  Dims dims = {x.dim(0), x.dim(1)};
  dims.insert(dims.end(), grid.dims().begin() + 1, grid.dims().end() - 1);
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  const Dims space(x.dims().begin() + 2, x.dims().end());
  const int64_t area = *count_elements(space);
  if (area == 0 && y.size() > 0) return call.error("nothing to sample");
  Dims grid_dims(grid.dims().begin(), grid.dims().end() - 1);
  const Dims grid_strides = dense_strides(grid_dims);
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    int64_t spot = at[0] * grid_strides[0];
    for (int64_t i = 0; i < axes; ++i) spot += at[i + 2] * grid_strides[i + 1];
    const double* to = grid.data<double>().data() + spot * axes;
    const double* plane =
        x.data<double>().data() + (at[0] * x.dim(1) + at[1]) * area;
    std::vector<double> where(axes);
    for (int64_t i = 0; i < axes; ++i) {
      const auto n = static_cast<double>(space[i]);
      const double g = to[axes - 1 - i];
      double p = s.align ? (g + 1) / 2 * (n - 1) : ((g + 1) * n - 1) / 2;
      if (std::isnan(p)) p = -1;
      p = std::clamp(p, -1e9, 1e9);
      if (s.padding == "border") p = std::clamp(p, 0.0, n - 1);
      if (s.padding == "reflection" && s.mode != "cubic") {
        p = s.align ? reflect(p, 0, n - 1) : reflect(p, -0.5, n - 0.5);
        p = std::clamp(p, 0.0, n - 1);
      }
      where[i] = p;
    }
    if (s.mode == "nearest") {
      int64_t from = 0;
      for (int64_t i = 0; i < axes; ++i) {
        const int64_t place =
            s.place(static_cast<int64_t>(std::nearbyint(where[i])), space[i]);
        if (place < 0) return 0;
        from = from * space[i] + place;
      }
      return plane[from];
    }
    std::vector<std::vector<double>> w;
    for (const double p : where) w.push_back(weights(s.mode, p));
    const auto count = static_cast<int64_t>(w[0].size());
    const Dims counts(axes, count);
    Dims k(axes, 0);
    double sum = 0;
    do {
      double weight = 1;
      int64_t from = 0;
      bool inside = true;
      for (int64_t i = 0; i < axes && inside; ++i) {
        const int64_t place = s.place(
            static_cast<int64_t>(std::floor(where[i])) - (count / 2 - 1) + k[i],
            space[i]);
        inside = place >= 0;
        weight *= w[i][k[i]];
        from = from * space[i] + place;
      }
      if (inside) sum += weight * plane[from];
    } while (next_index(counts, k));
    return sum;
  });
  call.set(0, std::move(y));
  return {};
}

// Linear between the four pixels around; 0 more than one pixel outside. `best`
// gives the largest of the four weighted pixels in place of their sum.
double roi_pixel(const double* plane, int64_t height, int64_t width, double y,
                 double x, bool best) {
  if (y < -1 || y > static_cast<double>(height) || x < -1 ||
      x > static_cast<double>(width))
    return 0;
  y = std::max(y, 0.0);
  x = std::max(x, 0.0);
  const int64_t y0 = std::min(static_cast<int64_t>(y), height - 1);
  const int64_t x0 = std::min(static_cast<int64_t>(x), width - 1);
  const int64_t y1 = std::min(y0 + 1, height - 1);
  const int64_t x1 = std::min(x0 + 1, width - 1);
  const double dy = y0 == height - 1 ? 0 : y - static_cast<double>(y0);
  const double dx = x0 == width - 1 ? 0 : x - static_cast<double>(x0);
  const double parts[] = {(1 - dy) * (1 - dx) * plane[y0 * width + x0],
                          (1 - dy) * dx * plane[y0 * width + x1],
                          dy * (1 - dx) * plane[y1 * width + x0],
                          dy * dx * plane[y1 * width + x1]};
  return best ? *std::max_element(parts, parts + 4)
              : parts[0] + parts[1] + parts[2] + parts[3];
}

Status roi_align(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& rois = call.in(1);
  const std::string transform = call.text("coordinate_transformation_mode");
  const std::string mode = call.text("mode");
  const int64_t height = call.integer("output_height");
  const int64_t width = call.integer("output_width");
  if (!is_float(x.type()) || x.rank() != 4 || rois.rank() != 2 ||
      !is_float(rois.type()) || rois.dim(1) != 4 || height < 1 || width < 1)
    return call.error("data and regions do not fit");
  if ((mode != "avg" && mode != "max") ||
      (transform != "half_pixel" && transform != "output_half_pixel"))
    return call.error("mode '{}', coordinates '{}'", mode, transform);
  HONE_ASSIGN_OR_RETURN(const Dims images, call.integers_of(2));
  if (static_cast<int64_t>(images.size()) != rois.dim(0))
    return call.error("{} images for {} regions", images.size(), rois.dim(0));
  for (const int64_t image : images)
    if (image < 0 || image >= x.dim(0))
      return call.error("image {} of {}", image, x.dim(0));
  if (x.dim(2) == 0 || x.dim(3) == 0) return call.error("nothing to sample");
  const bool half = transform == "half_pixel";
  const double scale = call.number("spatial_scale");
  const int64_t ratio = call.integer("sampling_ratio");
  HONE_ASSIGN_OR_RETURN(
      Tensor y, call.make(x.type(), {rois.dim(0), x.dim(1), height, width}));
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const double* roi = rois.data<double>().data() + at[0] * 4;
    const double shift = half ? 0.5 : 0;
    const double x0 = roi[0] * scale - shift, y0 = roi[1] * scale - shift;
    double w = roi[2] * scale - shift - x0, h = roi[3] * scale - shift - y0;
    if (!half) {
      w = std::max(w, 1.0);
      h = std::max(h, 1.0);
    }
    const double cell_w = w / static_cast<double>(width);
    const double cell_h = h / static_cast<double>(height);
    const auto samples = [&](double cell) {
      return ratio > 0
                 ? ratio
                 : static_cast<int64_t>(std::clamp(std::ceil(cell), 1.0, 1e6));
    };
    const int64_t rows = samples(cell_h), columns = samples(cell_w);
    const double* plane =
        x.data<double>().data() +
        (images[at[0]] * x.dim(1) + at[1]) * x.dim(2) * x.dim(3);
    double sum = 0, best = -INFINITY;
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t c = 0; c < columns; ++c) {
        const double py =
            y0 + (static_cast<double>(at[2]) +
                  (static_cast<double>(r) + 0.5) / static_cast<double>(rows)) *
                     cell_h;
        const double px = x0 + (static_cast<double>(at[3]) +
                                (static_cast<double>(c) + 0.5) /
                                    static_cast<double>(columns)) *
                                   cell_w;
        const double value =
            roi_pixel(plane, x.dim(2), x.dim(3), py, px, mode == "max");
        sum += value;
        best = std::max(best, value);
      }
    return mode == "max"
               ? best
               : sum /
                     static_cast<double>(std::max<int64_t>(rows * columns, 1));
  });
  call.set(0, std::move(y));
  return {};
}

// Corners in order, whichever way the box is given.
struct Box {
  double y0, x0, y1, x1;
  double area() const { return (y1 - y0) * (x1 - x0); }
};

Box read_box(const double* b, bool centred) {
  if (centred)
    return {b[1] - b[3] / 2, b[0] - b[2] / 2, b[1] + b[3] / 2, b[0] + b[2] / 2};
  return {std::min(b[0], b[2]), std::min(b[1], b[3]), std::max(b[0], b[2]),
          std::max(b[1], b[3])};
}

double overlap(const Box& a, const Box& b) {
  const double h = std::min(a.y1, b.y1) - std::max(a.y0, b.y0);
  const double w = std::min(a.x1, b.x1) - std::max(a.x0, b.x0);
  if (h <= 0 || w <= 0 || a.area() <= 0 || b.area() <= 0) return 0;
  return h * w / (a.area() + b.area() - h * w);
}

Status non_max_suppression(Call& call) {
  const Tensor& boxes = call.in(0);
  const Tensor& scores = call.in(1);
  if (!is_float(boxes.type()) || !is_float(scores.type()) ||
      boxes.rank() != 3 || boxes.dim(2) != 4 || scores.rank() != 3 ||
      scores.dim(0) != boxes.dim(0) || scores.dim(2) != boxes.dim(1))
    return call.error("boxes and scores do not fit");
  int64_t most = 0;
  if (call.has(2)) {
    HONE_ASSIGN_OR_RETURN(most, call.integer_of(2));
  }
  for (size_t i = 3; i < 5; ++i)
    if (call.has(i) && (call.in(i).size() != 1 || !is_float(call.in(i).type())))
      return call.error("input {} is not one float", i);
  const double limit = call.has(3) ? call.in(3).number(0) : 0;
  const bool centred = call.integer("center_point_box") != 0;
  const int64_t count = boxes.dim(1);
  Dims selected;
  int64_t found = 0;
  for (int64_t n = 0; n < boxes.dim(0); ++n)
    for (int64_t c = 0; c < scores.dim(1); ++c) {
      const auto score =
          scores.data<double>().subspan((n * scores.dim(1) + c) * count, count);
      Dims order;
      for (int64_t i = 0; i < count; ++i)
        if (!call.has(4) || score[i] > call.in(4).number(0)) order.push_back(i);
      sort_numbers(order,
                   [&](int64_t a, int64_t b) { return score[a] > score[b]; });
      std::vector<Box> kept;
      for (const int64_t i : order) {
        if (static_cast<int64_t>(kept.size()) >= most) break;
        const Box box = read_box(
            boxes.data<double>().data() + (n * count + i) * 4, centred);
        const bool hidden = std::any_of(
            kept.begin(), kept.end(),
            [&](const Box& other) { return overlap(box, other) > limit; });
        if (hidden) continue;
        kept.push_back(box);
        selected.insert(selected.end(), {n, c, i});
        ++found;
      }
    }
  call.set(0, Tensor::integers(selected).reshaped({found, 3}));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::AffineGrid, affine_grid},
    {Op::GridSample, grid_sample},
    {Op::NonMaxSuppression, non_max_suppression},
    {Op::RoiAlign, roi_align},
};

}  // namespace

std::span<const KernelRow> image_kernels() { return kRows; }

}  // namespace hone::tensor
