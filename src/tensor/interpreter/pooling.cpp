// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <cmath>
#include <limits>

#include "tensor/interpreter/kernels.h"
#include "tensor/interpreter/window.h"

namespace hone::tensor {

namespace {

// Windows over all of the spatial axes of x.
struct Pool {
  Window window;
  Dims dims;
  int64_t area = 0;
};

Result<Pool> plan_pool(const Call& call, const Tensor& x) {
  if (x.rank() < 3) return call.error("data of rank {}", x.rank());
  Pool pool;
  HONE_ASSIGN_OR_RETURN(
      pool.window,
      plan_window(call, {x.dims().begin() + 2, x.dims().end()}, {}));
  pool.dims = {x.dim(0), x.dim(1)};
  pool.dims.insert(pool.dims.end(), pool.window.output.begin(),
                   pool.window.output.end());
  pool.area = *count_elements(pool.window.input);
  return pool;
}

Status max_pool(Call& call) {
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const Pool pool, plan_pool(call, x));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), pool.dims));
  HONE_ASSIGN_OR_RETURN(Tensor places, call.make(ElementType::I64, pool.dims));
  const bool by_column = call.integer("storage_order") != 0;
  HONE_RETURN_IF_ERROR(on_number(call, x.type(), [&](auto form) -> Status {
    using T = decltype(form);
    Dims at(pool.dims.size(), 0);
    for (int64_t i = 0; i < y.size(); ++i, next_index(pool.dims, at)) {
      const int64_t origin = (at[0] * x.dim(1) + at[1]) * pool.area;
      int64_t best = -1;
      for_each_tap(
          pool.window, std::span(at).subspan(2), [&](int64_t place, int64_t) {
            if (best < 0 ||
                x.data<T>()[origin + place] > x.data<T>()[origin + best])
              best = place;
          });
      if (best < 0) {
        // A window of pads only: the type's least number.
        if constexpr (std::is_same_v<T, double>)
          y.data<T>()[i] = -std::numeric_limits<double>::infinity();
        places.data<int64_t>()[i] = -1;
        continue;
      }
      y.data<T>()[i] = x.data<T>()[origin + best];
      if (by_column) {
        Dims where(pool.window.input.size());
        unravel(best, pool.window.input, where);
        best = 0;
        for (size_t axis = where.size(); axis > 0; --axis)
          best = best * pool.window.input[axis - 1] + where[axis - 1];
      }
      places.data<int64_t>()[i] = origin + best;
    }
    return {};
  }));
  call.set(0, std::move(y));
  call.set(1, std::move(places));
  return {};
}

// How many of the window's elements lie in the padded input.
double padded_count(const Window& w, std::span<const int64_t> at) {
  double count = 1;
  for (int64_t i = 0; i < w.axes(); ++i) {
    int64_t inside = 0;
    for (int64_t k = 0; k < w.kernel[i]; ++k) {
      const int64_t place =
          at[i] * w.strides[i] + k * w.dilations[i] - w.before[i];
      inside += place < w.input[i] + w.after[i];
    }
    count *= static_cast<double>(inside);
  }
  return count;
}

Status average_pool(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type())) return call.bad_type(x.type());
  HONE_ASSIGN_OR_RETURN(const Pool pool, plan_pool(call, x));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), pool.dims));
  const bool with_pads = call.integer("count_include_pad") != 0;
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const int64_t origin = (at[0] * x.dim(1) + at[1]) * pool.area;
    double sum = 0, count = 0;
    for_each_tap(pool.window, at.subspan(2), [&](int64_t place, int64_t) {
      sum += x.data<double>()[origin + place];
      ++count;
    });
    return sum / (with_pads ? padded_count(pool.window, at.subspan(2)) : count);
  });
  call.set(0, std::move(y));
  return {};
}

Status lp_pool(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type())) return call.bad_type(x.type());
  HONE_ASSIGN_OR_RETURN(const Pool pool, plan_pool(call, x));
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), pool.dims));
  const auto p = static_cast<double>(call.integer("p"));
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const int64_t origin = (at[0] * x.dim(1) + at[1]) * pool.area;
    double sum = 0;
    for_each_tap(pool.window, at.subspan(2), [&](int64_t place, int64_t) {
      sum += std::pow(std::fabs(x.data<double>()[origin + place]), p);
    });
    return std::pow(sum, 1 / p);
  });
  call.set(0, std::move(y));
  return {};
}

// F(plane of x) for each image and channel.
template <double (*F)(const Call&, std::span<const double>)>
Status global_pool(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type())) return call.bad_type(x.type());
  if (x.rank() < 2) return call.error("data of rank {}", x.rank());
  Dims dims(x.rank(), 1);
  dims[0] = x.dim(0);
  dims[1] = x.dim(1);
  const int64_t planes = dims[0] * dims[1];
  const int64_t area = planes == 0 ? 0 : x.size() / planes;
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    return F(call,
             x.data<double>().subspan((at[0] * x.dim(1) + at[1]) * area, area));
  });
  call.set(0, std::move(y));
  return {};
}

double mean_of(const Call&, std::span<const double> plane) {
  double sum = 0;
  for (const double value : plane) sum += value;
  return sum / static_cast<double>(plane.size());
}

double max_of(const Call&, std::span<const double> plane) {
  double most = -std::numeric_limits<double>::infinity();
  for (const double value : plane) most = std::max(most, value);
  return most;
}

double norm_of(const Call& call, std::span<const double> plane) {
  const auto p = static_cast<double>(call.integer("p"));
  double sum = 0;
  for (const double value : plane) sum += std::pow(std::fabs(value), p);
  return std::pow(sum, 1 / p);
}

// Puts values back to the places that max pooling took them from.
Status max_unpool(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& places = call.in(1);
  if (x.rank() < 3 || places.dims() != x.dims() ||
      places.type() != ElementType::I64)
    return call.error("data and places do not fit");
  const size_t axes = x.rank() - 2;
  const Dims kernel = call.integers("kernel_shape");
  Dims strides = call.integers("strides"), pads = call.integers("pads");
  if (strides.empty()) strides.assign(axes, 1);
  if (pads.empty()) pads.assign(2 * axes, 0);
  if (kernel.size() != axes || strides.size() != axes ||
      pads.size() != 2 * axes)
    return call.error("attributes do not fit {} spatial axes", axes);
  Dims inferred = {x.dim(0), x.dim(1)};
  for (size_t i = 0; i < axes; ++i)
    inferred.push_back((x.dim(i + 2) - 1) * strides[i] + kernel[i] - pads[i] -
                       pads[i + axes]);
  Dims dims = inferred;
  if (call.has(2)) {
    HONE_ASSIGN_OR_RETURN(dims, call.integers_of(2));
    if (dims.size() != inferred.size()) return call.error("output_shape");
  }
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), dims));
  // Places count in the inferred sizes; the output may be larger.
  Dims at(dims.size());
  const Dims to = dense_strides(dims);
  const int64_t room = count_elements(inferred).value_or(0);
  for (int64_t i = 0; i < x.size(); ++i) {
    const int64_t place = places.integer_at(i);
    if (place < 0 || place >= room)
      return call.error("place {} of {}", place, room);
    unravel(place, inferred, at);
    for (size_t axis = 0; axis < at.size(); ++axis)
      if (at[axis] >= dims[axis]) return call.error("place {}", place);
    y.set_bits(dot(at, to), x.bits(i));
  }
  call.set(0, std::move(y));
  return {};
}

// Regions of interest are cut into cells; each cell's largest value.
Status max_roi_pool(Call& call) {
  const Tensor& x = call.in(0);
  const Tensor& rois = call.in(1);
  const Dims cells = call.integers("pooled_shape");
  const double scale = call.number("spatial_scale");
  if (!is_float(x.type()) || x.rank() != 4 || rois.type() != x.type() ||
      rois.rank() != 2 || rois.dim(1) != 5 || cells.size() != 2 ||
      cells[0] < 1 || cells[1] < 1)
    return call.error("data, regions and pooled_shape do not fit");
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), {rois.dim(0), x.dim(1),
                                                       cells[0], cells[1]}));
  for (int64_t r = 0; r < rois.dim(0); ++r)
    if (const double image = rois.data<double>()[r * 5];
        !(image >= 0 && image < static_cast<double>(x.dim(0))))
      return call.error("region {} of image {}", r, image);
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const double* roi = rois.data<double>().data() + at[0] * 5;
    int64_t low[2], high[2];
    for (int i = 0; i < 2; ++i) {
      const double first = std::round(roi[i == 0 ? 2 : 1] * scale);
      const double last = std::round(roi[i == 0 ? 4 : 3] * scale);
      const double size = std::max(last - first + 1, 1.0);
      const double cell = size / static_cast<double>(cells[i]);
      const auto c = static_cast<double>(at[2 + i]);
      const auto limit = static_cast<double>(x.dim(2 + i));
      low[i] = static_cast<int64_t>(
          std::clamp(std::floor(c * cell) + first, 0.0, limit));
      high[i] = static_cast<int64_t>(
          std::clamp(std::ceil((c + 1) * cell) + first, 0.0, limit));
    }
    const auto image = static_cast<int64_t>(roi[0]);
    double best = 0;
    bool found = false;
    for (int64_t row = low[0]; row < high[0]; ++row)
      for (int64_t column = low[1]; column < high[1]; ++column) {
        const double value =
            x.data<double>()[((image * x.dim(1) + at[1]) * x.dim(2) + row) *
                                 x.dim(3) +
                             column];
        if (!found || value > best) best = value;
        found = true;
      }
    return best;
  });
  call.set(0, std::move(y));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::AveragePool, average_pool},
    {Op::GlobalAveragePool, global_pool<mean_of>},
    {Op::GlobalLpPool, global_pool<norm_of>},
    {Op::GlobalMaxPool, global_pool<max_of>},
    {Op::LpPool, lp_pool},
    {Op::MaxPool, max_pool},
    {Op::MaxRoiPool, max_roi_pool},
    {Op::MaxUnpool, max_unpool},
};

}  // namespace

std::span<const KernelRow> pooling_kernels() { return kRows; }

}  // namespace hone::tensor
