// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Steps of optimisers. Inputs: rate, number of the step, then for n weights n
// tensors each of weights, gradients and states; outputs in the same order.
#include <cmath>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

// One element: the weight and its states, changed in place.
struct Element {
  double weight, gradient;
  double state[2];
};

using Update = void (*)(const Call&, double rate, double step, Element&);

template <Update kUpdate, int kStates>
Status optimise(Call& call) {
  constexpr size_t kGroups = 2 + kStates;
  const size_t count = (call.inputs() - 2) / kGroups;
  if (call.in(0).size() != 1 || call.in(1).size() != 1 || count == 0 ||
      call.inputs() != 2 + kGroups * count)
    return call.error("{} inputs", call.inputs());
  const double rate = call.in(0).number(0), step = call.in(1).number(0);
  for (size_t w = 0; w < count; ++w) {
    const Tensor& weights = call.in(2 + w);
    std::vector<Tensor> results(1 + kStates, weights);
    for (size_t g = 0; g < kGroups; ++g)
      if (const Tensor& x = call.in(2 + g * count + w);
          !is_float(x.type()) || x.dims() != weights.dims())
        return call.error("weights, gradients and states differ in sizes");
    for (int64_t i = 0; i < weights.size(); ++i) {
      Element e = {weights.number(i), call.in(2 + count + w).number(i), {}};
      for (size_t s = 0; s < kStates; ++s)
        e.state[s] = call.in(2 + (2 + s) * count + w).number(i);
      kUpdate(call, rate, step, e);
      results[0].data<double>()[i] = narrow(weights.type(), e.weight);
      for (size_t s = 0; s < kStates; ++s)
        results[1 + s].data<double>()[i] = narrow(weights.type(), e.state[s]);
    }
    for (size_t r = 0; r < results.size(); ++r)
      call.set(r * count + w, std::move(results[r]));
  }
  return {};
}

void adagrad(const Call& call, double rate, double step, Element& e) {
  const double decayed = rate / (1 + step * call.number("decay_factor"));
  const double g = e.gradient + call.number("norm_coefficient") * e.weight;
  e.state[0] += g * g;
  e.weight -= decayed * g / (std::sqrt(e.state[0]) + call.number("epsilon"));
}

void adam(const Call& call, double rate, double step, Element& e) {
  const double alpha = call.number("alpha"), beta = call.number("beta");
  const double g = e.gradient + call.number("norm_coefficient") * e.weight;
  e.state[0] = alpha * e.state[0] + (1 - alpha) * g;
  e.state[1] = beta * e.state[1] + (1 - beta) * g * g;
  if (step > 0)
    rate *= std::sqrt(1 - std::pow(beta, step)) / (1 - std::pow(alpha, step));
  e.weight -=
      rate * e.state[0] / (std::sqrt(e.state[1]) + call.number("epsilon"));
  e.weight *= 1 - call.number("norm_coefficient_post");
}

void momentum(const Call& call, double rate, double step, Element& e) {
  const double alpha = call.number("alpha");
  const double beta = step > 0 ? call.number("beta") : 1;
  const double g = e.gradient + call.number("norm_coefficient") * e.weight;
  e.state[0] = alpha * e.state[0] + beta * g;
  e.weight -= rate * (call.text("mode") == "nesterov" ? g + alpha * e.state[0]
                                                      : e.state[0]);
}

constexpr KernelRow kRows[] = {
    {Op::Adagrad, optimise<adagrad, 1>},
    {Op::Adam, optimise<adam, 2>},
    {Op::Momentum, optimise<momentum, 1>},
};

}  // namespace

std::span<const KernelRow> training_kernels() { return kRows; }

}  // namespace hone::tensor
