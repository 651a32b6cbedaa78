// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Normalisations: statistics over some of the axes, then element by element.
#include <algorithm>
#include <cmath>
#include <limits>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

Status need_float(const Call& call) {
  if (!is_float(call.in(0).type())) return call.bad_type(call.in(0).type());
  return {};
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

template <typename Range>
Moments moments(const Range& values) {
  Moments m;
  for (const double value : values) m.mean += value;
  m.mean /= static_cast<double>(values.size());
  for (const double value : values)
    m.variance += (value - m.mean) * (value - m.mean);
  m.variance /= static_cast<double>(values.size());
  return m;
}

// A line of x along an axis, as numbers.
struct Line {
  int64_t start, stride, count;
};

std::vector<Line> lines(const Tensor& x, int64_t axis) {
  const int64_t stride = dense_strides(x.dims())[axis];
  const int64_t count = x.dim(axis);
  std::vector<Line> all;
  for (int64_t i = 0; count > 0 && i < x.size(); ++i)
    if (i / stride % count == 0) all.push_back({i, stride, count});
  return all;
}

// Applies F to each line along the axis: F(values) -> values.
template <std::vector<double> (*F)(const Call&, std::vector<double>)>
Status along_axis(Call& call) {
  HONE_RETURN_IF_ERROR(need_float(call));
  const Tensor& x = call.in(0);
  if (x.rank() == 0) {
    const auto one = F(call, {x.data<double>()[0]});
    call.set(0, Tensor::scalar(x.type(), one[0]));
    return {};
  }
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), x.rank()));
  Tensor y = x;
  for (const Line& line : lines(x, axis)) {
    std::vector<double> values(line.count);
    for (int64_t i = 0; i < line.count; ++i)
      values[i] = x.data<double>()[line.start + i * line.stride];
    values = F(call, std::move(values));
    for (int64_t i = 0; i < line.count; ++i)
      y.data<double>()[line.start + i * line.stride] =
          narrow(x.type(), values[i]);
  }
  call.set(0, std::move(y));
  return {};
}

std::vector<double> softmax(const Call&, std::vector<double> x) {
  const double most = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (double& value : x) sum += value = std::exp(value - most);
  for (double& value : x) value /= sum;
  return x;
}

std::vector<double> log_softmax(const Call&, std::vector<double> x) {
  const double most = *std::max_element(x.begin(), x.end());
  double sum = 0;
  for (const double value : x) sum += std::exp(value - most);
  for (double& value : x) value -= most + std::log(sum);
  return x;
}

std::vector<double> hardmax(const Call&, std::vector<double> x) {
  const auto best = std::max_element(x.begin(), x.end()) - x.begin();
  std::fill(x.begin(), x.end(), 0);
  x[best] = 1;
  return x;
}

std::vector<double> lp_normalize(const Call& call, std::vector<double> x) {
  const auto p = static_cast<double>(call.integer("p"));
  double sum = 0;
  for (const double value : x) sum += std::pow(std::fabs(value), p);
  const double norm = std::pow(sum, 1 / p);
  for (double& value : x) value = norm == 0 ? 0 : value / norm;
  return x;
}

// scale, bias, mean, variance: one number a channel.
Status batch_normalization(Call& call) {
  HONE_RETURN_IF_ERROR(need_float(call));
  const Tensor& x = call.in(0);
  const int64_t channels = x.rank() > 1 ? x.dim(1) : 1;
  for (size_t i = 1; i < 5; ++i)
    if (!is_float(call.in(i).type()) || call.in(i).size() != channels)
      return call.error("input {} has {} numbers for {} channels", i,
                        call.in(i).size(), channels);
  const bool training = call.integer("training_mode") != 0;
  const double epsilon = call.number("epsilon");
  const double momentum = call.number("momentum");
  const Dims strides = dense_strides(x.dims());
  Tensor y = x;
  if (!training) {
    call.fill(y, [&](std::span<const int64_t> at) {
      int64_t element = 0;
      for (size_t d = 0; d < at.size(); ++d) element += at[d] * strides[d];
      const int64_t c = at.size() > 1 ? at[1] : 0;
      const double factor =
          call.in(1).number(c) / std::sqrt(call.in(4).number(c) + epsilon);
      return (x.data<double>()[element] - call.in(3).number(c)) * factor +
             call.in(2).number(c);
    });
    call.set(0, std::move(y));
    return {};
  }
  const int64_t area = x.rank() > 1 ? strides[1] : x.size();
  Tensor running_mean = call.in(3), running_var = call.in(4);
  for (int64_t c = 0; c < channels; ++c) {
    std::vector<int64_t> places;
    for (int64_t plane = c * area; plane < x.size(); plane += channels * area)
      for (int64_t i = plane; i < plane + area; ++i) places.push_back(i);
    std::vector<double> values;
    for (const int64_t i : places) values.push_back(x.data<double>()[i]);
    const Moments m = moments(values);
    running_mean.data<double>()[c] =
        narrow(running_mean.type(),
               call.in(3).number(c) * momentum + m.mean * (1 - momentum));
    running_var.data<double>()[c] =
        narrow(running_var.type(),
               call.in(4).number(c) * momentum + m.variance * (1 - momentum));
    const double factor =
        call.in(1).number(c) / std::sqrt(m.variance + epsilon);
    for (const int64_t i : places)
      y.data<double>()[i] =
          narrow(x.type(), (x.data<double>()[i] - m.mean) * factor +
                               call.in(2).number(c));
  }
  call.set(0, std::move(y));
  call.set(1, std::move(running_mean));
  call.set(2, std::move(running_var));
  return {};
}

// Groups of channels of one image; one group a channel for InstanceNorm.
Status group_normalization(Call& call) {
  HONE_RETURN_IF_ERROR(need_float(call));
  const Tensor& x = call.in(0);
  if (x.rank() < 2) return call.error("data of rank {}", x.rank());
  const int64_t channels = x.dim(1);
  const int64_t groups = call.op() == Op::InstanceNormalization
                             ? channels
                             : call.integer("num_groups");
  if (groups < 1 || channels % groups != 0 || call.in(1).size() != channels ||
      call.in(2).size() != channels)
    return call.error("{} groups, scale and bias for {} channels", groups,
                      channels);
  const double epsilon = call.number("epsilon");
  const int64_t area = dense_strides(x.dims())[1];
  const int64_t block = channels / groups * area;
  Tensor y = x;
  for (int64_t start = 0; block > 0 && start < x.size(); start += block) {
    const auto values = x.data<double>().subspan(start, block);
    const Moments m = moments(values);
    const double factor = 1 / std::sqrt(m.variance + epsilon);
    for (int64_t i = 0; i < block; ++i) {
      const int64_t c = (start + i) / area % channels;
      y.data<double>()[start + i] = narrow(
          x.type(), (values[i] - m.mean) * factor * call.in(1).number(c) +
                        call.in(2).number(c));
    }
  }
  call.set(0, std::move(y));
  return {};
}

// Over all axes from `axis` on. RMS: without mean and bias.
Status layer_normalization(Call& call) {
  HONE_RETURN_IF_ERROR(need_float(call));
  const bool is_rms = call.op() == Op::RMSNormalization;
  const Tensor& x = call.in(0);
  HONE_ASSIGN_OR_RETURN(const int64_t axis,
                        call.axis(call.integer("axis"), x.rank()));
  const double epsilon = call.number("epsilon");
  Dims stat_dims = x.dims();
  for (int64_t i = axis; i < x.rank(); ++i) stat_dims[i] = 1;
  int64_t block = 1;
  for (int64_t i = axis; i < x.rank(); ++i) block *= x.dim(i);
  std::vector<Dims> strides;
  for (size_t i = 1; i < 3; ++i) {
    strides.emplace_back();
    if (!call.has(i)) continue;
    const Dims* shapes[] = {&x.dims(), &call.in(i).dims()};
    HONE_ASSIGN_OR_RETURN(const Dims wide, broadcast(call, shapes));
    if (wide != x.dims() || !is_float(call.in(i).type()))
      return call.error("input {} does not fit the data", i);
    strides.back() = broadcast_strides(call.in(i).dims(), x.rank());
  }
  const ElementType stash =
      call.integer("stash_type") == 1 ? ElementType::F32 : x.type();
  HONE_ASSIGN_OR_RETURN(Tensor mean, call.make(stash, stat_dims));
  HONE_ASSIGN_OR_RETURN(Tensor deviation, call.make(stash, stat_dims));
  Tensor y = x;
  Dims at(x.rank(), 0);
  for (int64_t b = 0; block > 0 && b < mean.size(); ++b) {
    const auto values = x.data<double>().subspan(b * block, block);
    Moments m = moments(values);
    if (is_rms) {
      m.variance += m.mean * m.mean;
      m.mean = 0;
    }
    const double factor = 1 / std::sqrt(m.variance + epsilon);
    mean.data<double>()[b] = narrow(stash, m.mean);
    deviation.data<double>()[b] = narrow(stash, factor);
    for (int64_t i = 0; i < block; ++i, next_index(x.dims(), at)) {
      // The normalised value is of x's type before it is scaled.
      double value = (values[i] - m.mean) * factor;
      if (call.has(1)) value *= call.in(1).number(dot(at, strides[0]));
      if (call.has(2)) value += call.in(2).number(dot(at, strides[1]));
      y.data<double>()[b * block + i] = narrow(x.type(), value);
    }
  }
  call.set(0, std::move(y));
  call.set(1, std::move(mean));
  call.set(2, std::move(deviation));
  return {};
}

Status mean_variance(Call& call) {
  HONE_RETURN_IF_ERROR(need_float(call));
  const Tensor& x = call.in(0);
  std::vector<bool> goes(x.rank(), false);
  for (const int64_t given : call.integers("axes")) {
    HONE_ASSIGN_OR_RETURN(const int64_t axis, call.axis(given, x.rank()));
    goes[axis] = true;
  }
  // Elements by the coordinates that stay.
  Dims key_strides(x.rank(), 0);
  int64_t keys = 1;
  for (int64_t i = x.rank() - 1; i >= 0; --i)
    if (!goes[i]) {
      key_strides[i] = keys;
      keys *= x.dim(i);
    }
  std::vector<std::vector<double>> groups(keys);
  std::vector<int64_t> key(x.size());
  Dims at(x.rank(), 0);
  for (int64_t i = 0; i < x.size(); ++i, next_index(x.dims(), at)) {
    key[i] = dot(at, key_strides);
    groups[key[i]].push_back(x.data<double>()[i]);
  }
  std::vector<Moments> found;
  for (const auto& group : groups) found.push_back(moments(group));
  Tensor y = x;
  for (int64_t i = 0; i < x.size(); ++i) {
    const Moments& m = found[key[i]];
    y.data<double>()[i] = narrow(x.type(), (x.data<double>()[i] - m.mean) /
                                               (std::sqrt(m.variance) + 1e-9));
  }
  call.set(0, std::move(y));
  return {};
}

// Squares of neighbouring channels.
Status lrn(Call& call) {
  HONE_RETURN_IF_ERROR(need_float(call));
  const Tensor& x = call.in(0);
  const int64_t size = call.integer("size");
  if (x.rank() < 2 || size < 1) return call.error("{} neighbours", size);
  const double alpha = call.number("alpha"), beta = call.number("beta");
  const double bias = call.number("bias");
  const int64_t channels = x.dim(1), area = dense_strides(x.dims())[1];
  const Dims strides = dense_strides(x.dims());
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), x.dims()));
  call.fill(y, [&](std::span<const int64_t> at) -> double {
    const int64_t place = dot(at, strides), c = at[1];
    const int64_t low = std::max<int64_t>(0, c - (size - 1) / 2);
    const int64_t high = std::min(channels - 1, c + size / 2);
    double sum = 0;
    for (int64_t i = low; i <= high; ++i) {
      const double value = x.data<double>()[place + (i - c) * area];
      sum += value * value;
    }
    return x.data<double>()[place] /
           std::pow(bias + alpha / static_cast<double>(size) * sum, beta);
  });
  call.set(0, std::move(y));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::BatchNormalization, batch_normalization},
    {Op::GroupNormalization, group_normalization},
    {Op::Hardmax, along_axis<hardmax>},
    {Op::InstanceNormalization, group_normalization},
    {Op::LRN, lrn},
    {Op::LayerNormalization, layer_normalization},
    {Op::LogSoftmax, along_axis<log_softmax>},
    {Op::LpNormalization, along_axis<lp_normalize>},
    {Op::MeanVarianceNormalization, mean_variance},
    {Op::RMSNormalization, layer_normalization},
    {Op::Softmax, along_axis<softmax>},
};

}  // namespace

std::span<const KernelRow> normalize_kernels() { return kRows; }

}  // namespace hone::tensor
