// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Losses over classes: data are batch x classes x places, targets are classes.
#include <cmath>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// The loss from logarithms of probabilities.
Status negative_log_likelihood(Call& call, const Tensor& logs) {
  const Tensor& target = call.in(1);
  if (!is_float(logs.type()) || logs.rank() < 2 || !is_integer(target.type()))
    return call.error("data and targets do not fit");
  const int64_t batch = logs.dim(0), classes = logs.dim(1);
  Dims dims = logs.dims();
  dims.erase(dims.begin() + 1);
  if (target.dims() != dims || (call.has(2) && call.in(2).size() != classes))
    return call.error("data and targets do not fit");
  const int64_t places = batch == 0 ? 0 : target.size() / batch;
  const bool ignores = call.has_attribute("ignore_index");
  const int64_t ignored = call.integer("ignore_index");
  Tensor losses(logs.type(), dims);
  double sum = 0, weights = 0;
  for (int64_t i = 0; i < target.size(); ++i) {
    const int64_t label = target.integer_at(i);
    if (ignores && label == ignored) continue;
    if (label < 0 || label >= classes)
      return call.error("class {} of {}", label, classes);
    const double weight = call.has(2) ? call.in(2).number(label) : 1;
    const double loss =
        -weight * logs.data<double>()[(i / places * classes + label) * places +
                                      i % places];
    losses.data<double>()[i] = narrow(logs.type(), loss);
    sum += loss;
    weights += weight;
  }
  const std::string reduction = call.text("reduction");
  if (reduction == "none")
    call.set(0, std::move(losses));
  else if (reduction == "sum")
    call.set(0, Tensor::scalar(logs.type(), sum));
  else if (reduction == "mean")
    call.set(0, Tensor::scalar(logs.type(), sum / weights));
  else
    return call.error("reduction '{}'", reduction);
  return {};
}

Status nll(Call& call) { return negative_log_likelihood(call, call.in(0)); }

Status cross_entropy(Call& call) {
  const Tensor& x = call.in(0);
  if (!is_float(x.type()) || x.rank() < 2)
    return call.error("expected batches of classes");
  Tensor logs = x;
  const int64_t classes = x.dim(1), places = dense_strides(x.dims())[1];
  for (int64_t i = 0; i < x.size(); ++i) {
    const int64_t first = i - i / places % classes * places;
    double most = -INFINITY, sum = 0;
    for (int64_t c = 0; c < classes; ++c)
      most = std::max(most, x.data<double>()[first + c * places]);
    for (int64_t c = 0; c < classes; ++c)
      sum += std::exp(x.data<double>()[first + c * places] - most);
    logs.data<double>()[i] =
        narrow(x.type(), x.data<double>()[i] - most - std::log(sum));
  }
  HONE_RETURN_IF_ERROR(negative_log_likelihood(call, logs));
  call.set(1, std::move(logs));
  return {};
}

constexpr KernelRow kRows[] = {
    {Op::NegativeLogLikelihoodLoss, nll},
    {Op::SoftmaxCrossEntropyLoss, cross_entropy},
};

}  // namespace

std::span<const KernelRow> loss_kernels() { return kRows; }

}  // namespace hone::tensor
