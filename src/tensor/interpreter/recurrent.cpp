// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RNN, GRU and LSTM by the equations of ONNX, step by step.
//
// X: steps x batch x inputs, W: directions x gates*hidden x inputs,
// R: directions x gates*hidden x hidden, B: both biases, one behind the other.
// With layout = 1 the batch comes first in X, Y and the states.
#include <cmath>
#include <functional>

#include "tensor/interpreter/kernels.h"

namespace hone::tensor {

namespace {

using Function = std::function<double(double)>;

Result<Function> activation(const Call& call, const std::string& name,
                            std::optional<float> alpha,
                            std::optional<float> beta) {
  const auto a = [&](double fallback) {
    return alpha ? static_cast<double>(*alpha) : fallback;
  };
  const auto b = [&](double fallback) {
    return beta ? static_cast<double>(*beta) : fallback;
  };
  if (name == "Tanh") return Function([](double x) { return std::tanh(x); });
  if (name == "Sigmoid")
    return Function([](double x) { return 1 / (1 + std::exp(-x)); });
  if (name == "Relu") return Function([](double x) { return x > 0 ? x : 0; });
  if (name == "Softsign")
    return Function([](double x) { return x / (1 + std::fabs(x)); });
  if (name == "Softplus")
    return Function([](double x) { return std::log1p(std::exp(x)); });
  if (name == "Affine")
    return Function([p = a(1), q = b(0)](double x) { return p * x + q; });
  if (name == "LeakyRelu")
    return Function([p = a(0.01)](double x) { return x < 0 ? p * x : x; });
  if (name == "ThresholdedRelu")
    return Function([p = a(1)](double x) { return x > p ? x : 0; });
  if (name == "ScaledTanh")
    return Function(
        [p = a(1), q = b(1)](double x) { return p * std::tanh(q * x); });
  if (name == "HardSigmoid")
    return Function([p = a(0.2), q = b(0.5)](double x) {
      return std::min(1.0, std::max(0.0, p * x + q));
    });
  if (name == "Elu")
    return Function(
        [p = a(1)](double x) { return x < 0 ? p * std::expm1(x) : x; });
  return call.error("activation '{}'", name);
}

struct Cell {
  int gates = 1;
  std::vector<std::string> defaults;  // activations
  size_t peepholes = 0;
};

// Everything that one direction needs, read by plain indices.
struct Direction {
  std::vector<Function> f;
  const double *w, *r, *b, *p;  // b and p may be null
  double clip = 0;              // 0: none
  int64_t inputs, hidden;
  bool linear_before_reset = false, input_forget = false;

  // Gate g's sum over the inputs and over the last output.
  double input_part(int g, int64_t i, const double* x) const {
    double sum = b ? b[g * hidden + i] : 0;
    for (int64_t k = 0; k < inputs; ++k)
      sum += w[(g * hidden + i) * inputs + k] * x[k];
    return sum;
  }
  double hidden_part(int gates, int g, int64_t i, const double* h,
                     bool with_bias = true) const {
    double sum = b && with_bias ? b[(gates + g) * hidden + i] : 0;
    for (int64_t k = 0; k < hidden; ++k)
      sum += r[(g * hidden + i) * hidden + k] * h[k];
    return sum;
  }
  double clipped(double x) const {
    return clip > 0 ? std::min(clip, std::max(-clip, x)) : x;
  }
};

using Step = void (*)(const Direction&, const double* x, std::vector<double>& h,
                      std::vector<double>& c);

void rnn_step(const Direction& d, const double* x, std::vector<double>& h,
              std::vector<double>&) {
  std::vector<double> next(d.hidden);
  for (int64_t i = 0; i < d.hidden; ++i)
    next[i] = d.f[0](
        d.clipped(d.input_part(0, i, x) + d.hidden_part(1, 0, i, h.data())));
  h = next;
}

// Gates z, r, h.
void gru_step(const Direction& d, const double* x, std::vector<double>& h,
              std::vector<double>&) {
  std::vector<double> z(d.hidden), r(d.hidden), scaled(d.hidden),
      next(d.hidden);
  for (int64_t i = 0; i < d.hidden; ++i) {
    z[i] = d.f[0](
        d.clipped(d.input_part(0, i, x) + d.hidden_part(3, 0, i, h.data())));
    r[i] = d.f[0](
        d.clipped(d.input_part(1, i, x) + d.hidden_part(3, 1, i, h.data())));
    scaled[i] = r[i] * h[i];
  }
  for (int64_t i = 0; i < d.hidden; ++i) {
    const double part = d.linear_before_reset
                            ? r[i] * d.hidden_part(3, 2, i, h.data())
                            : d.hidden_part(3, 2, i, scaled.data());
    const double candidate = d.f[1](d.clipped(d.input_part(2, i, x) + part));
    next[i] = (1 - z[i]) * candidate + z[i] * h[i];
  }
  h = next;
}

// Gates i, o, f, c; peepholes i, o, f.
void lstm_step(const Direction& d, const double* x, std::vector<double>& h,
               std::vector<double>& c) {
  std::vector<double> next(d.hidden);
  for (int64_t i = 0; i < d.hidden; ++i) {
    const auto sum = [&](int g) {
      return d.input_part(g, i, x) + d.hidden_part(4, g, i, h.data());
    };
    const auto peep = [&](int g, double state) {
      return d.p ? d.p[g * d.hidden + i] * state : 0;
    };
    const double in = d.f[0](d.clipped(sum(0) + peep(0, c[i])));
    const double forget =
        d.input_forget ? 1 - in : d.f[0](d.clipped(sum(2) + peep(2, c[i])));
    const double candidate = d.f[1](d.clipped(sum(3)));
    c[i] = forget * c[i] + in * candidate;
    const double out = d.f[0](d.clipped(sum(1) + peep(1, c[i])));
    next[i] = out * d.f[2](c[i]);
  }
  h = next;
}

template <Step kStep>
Status recurrent(Call& call, const Cell& cell) {
  const Tensor& x = call.in(0);
  const Tensor& w = call.in(1);
  const Tensor& r = call.in(2);
  const bool batch_first = call.integer("layout") != 0;
  if (!is_float(x.type()) || x.rank() != 3 || w.rank() != 3 || r.rank() != 3 ||
      w.type() != x.type() || r.type() != x.type())
    return call.error("data and weights do not fit");
  const int64_t steps = x.dim(batch_first ? 1 : 0);
  const int64_t batch = x.dim(batch_first ? 0 : 1);
  const int64_t inputs = x.dim(2), directions = w.dim(0), hidden = r.dim(2);
  const int64_t gates = cell.gates;
  const std::string direction = call.text("direction");
  if (direction != "forward" && direction != "reverse" &&
      direction != "bidirectional")
    return call.error("direction '{}'", direction);
  const Dims w_dims = {direction == "bidirectional" ? 2 : 1, gates * hidden,
                       inputs};
  const Dims r_dims = {directions, gates * hidden, hidden};
  if (w.dims() != w_dims || r.dims() != r_dims ||
      (call.has_attribute("hidden_size") &&
       call.integer("hidden_size") != hidden))
    return call.error("weights {} and {} do not fit",
                      to_text(to_shape(w.dims())), to_text(to_shape(r.dims())));
  const auto check = [&](size_t input, int64_t size) -> Status {
    if (call.has(input) &&
        (call.in(input).size() != size || call.in(input).type() != x.type()))
      return call.error("input {} has {} elements; expected {}", input,
                        call.in(input).size(), size);
    return {};
  };
  HONE_RETURN_IF_ERROR(check(3, directions * 2 * gates * hidden));
  HONE_RETURN_IF_ERROR(check(5, directions * batch * hidden));
  HONE_RETURN_IF_ERROR(check(6, directions * batch * hidden));
  HONE_RETURN_IF_ERROR(check(7, directions * cell.peepholes * hidden));
  Dims lengths(batch, steps);
  if (call.has(4)) {
    HONE_ASSIGN_OR_RETURN(lengths, call.integers_of(4));
  }
  for (const int64_t length : lengths)
    if (static_cast<int64_t>(lengths.size()) != batch || length < 0 ||
        length > steps)
      return call.error("sequence lengths do not fit");

  std::vector<std::string> names = call.node().texts("activations");
  const std::vector<float> alphas = call.node().numbers("activation_alpha");
  const std::vector<float> betas = call.node().numbers("activation_beta");
  const size_t per_direction = cell.defaults.size();
  if (!call.has_attribute("activations")) {
    names.clear();
    for (int64_t d = 0; d < directions; ++d)
      names.insert(names.end(), cell.defaults.begin(), cell.defaults.end());
  }
  if (names.size() != per_direction * directions)
    return call.error("{} activations; expected {}", names.size(),
                      per_direction * directions);

  const Dims y_dims = batch_first ? Dims{batch, steps, directions, hidden}
                                  : Dims{steps, directions, batch, hidden};
  const Dims h_dims = batch_first ? Dims{batch, directions, hidden}
                                  : Dims{directions, batch, hidden};
  HONE_ASSIGN_OR_RETURN(Tensor y, call.make(x.type(), y_dims));
  HONE_ASSIGN_OR_RETURN(Tensor y_h, call.make(x.type(), h_dims));
  HONE_ASSIGN_OR_RETURN(Tensor y_c, call.make(x.type(), h_dims));
  for (int64_t d = 0; d < directions; ++d) {
    Direction one;
    // Alphas and betas belong to the functions that have one, in order.
    for (size_t i = 0; i < per_direction; ++i) {
      const size_t k = d * per_direction + i;
      HONE_ASSIGN_OR_RETURN(
          Function f,
          activation(
              call, names[k],
              k < alphas.size() ? std::optional(alphas[k]) : std::nullopt,
              k < betas.size() ? std::optional(betas[k]) : std::nullopt));
      one.f.push_back(std::move(f));
    }
    one.inputs = inputs;
    one.hidden = hidden;
    one.w = w.data<double>().data() + d * gates * hidden * inputs;
    one.r = r.data<double>().data() + d * gates * hidden * hidden;
    one.b = call.has(3)
                ? call.in(3).data<double>().data() + d * 2 * gates * hidden
                : nullptr;
    one.p = call.has(7)
                ? call.in(7).data<double>().data() + d * cell.peepholes * hidden
                : nullptr;
    one.clip = call.number("clip");
    one.linear_before_reset = call.integer("linear_before_reset") != 0;
    one.input_forget = call.integer("input_forget") != 0;
    const bool backward = direction == "reverse" || d == 1;
    for (int64_t n = 0; n < batch; ++n) {
      const int64_t at = batch_first ? n * directions + d : d * batch + n;
      std::vector<double> h(hidden, 0), c(hidden, 0);
      for (int64_t i = 0; i < hidden; ++i) {
        if (call.has(5)) h[i] = call.in(5).data<double>()[at * hidden + i];
        if (call.has(6)) c[i] = call.in(6).data<double>()[at * hidden + i];
      }
      for (int64_t s = 0; s < lengths[n]; ++s) {
        const int64_t t = backward ? lengths[n] - 1 - s : s;
        const int64_t row = batch_first ? n * steps + t : t * batch + n;
        kStep(one, x.data<double>().data() + row * inputs, h, c);
        for (double& value : h) value = narrow(x.type(), value);
        for (double& value : c) value = narrow(x.type(), value);
        const int64_t to = batch_first ? (n * steps + t) * directions + d
                                       : (t * directions + d) * batch + n;
        for (int64_t i = 0; i < hidden; ++i)
          y.data<double>()[to * hidden + i] = h[i];
      }
      for (int64_t i = 0; i < hidden; ++i) {
        y_h.data<double>()[at * hidden + i] = h[i];
        y_c.data<double>()[at * hidden + i] = c[i];
      }
    }
  }
  call.set(0, std::move(y));
  call.set(1, std::move(y_h));
  call.set(2, std::move(y_c));
  return {};
}

Status rnn(Call& call) { return recurrent<rnn_step>(call, {1, {"Tanh"}, 0}); }
Status gru(Call& call) {
  return recurrent<gru_step>(call, {3, {"Sigmoid", "Tanh"}, 0});
}
Status lstm(Call& call) {
  return recurrent<lstm_step>(call, {4, {"Sigmoid", "Tanh", "Tanh"}, 3});
}

constexpr KernelRow kRows[] = {
    {Op::GRU, gru},
    {Op::LSTM, lstm},
    {Op::RNN, rnn},
};

}  // namespace

std::span<const KernelRow> recurrent_kernels() { return kRows; }

}  // namespace hone::tensor
