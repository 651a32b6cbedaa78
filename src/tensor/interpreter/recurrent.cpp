// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RNN, GRU and LSTM by the equations of ONNX, step by step.
//
// X: steps x batch x inputs, W: directions x gates*hidden x inputs,
// R: directions x gates*hidden x hidden, B: both biases, one behind the other.
// With layout = 1 the batch comes first in X, Y and the states.
#include <algorithm>
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
  int64_t inputs = 0, hidden = 0;
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

// Sizes of a layer, and where its lines lie: batch first or steps first.
struct Layer {
  int64_t steps = 0, batch = 0, inputs = 0, directions = 0, hidden = 0;
  bool batch_first = false, reverse = false;
  Dims lengths;  // how many steps each line of the batch has

  Dims sequence_dims() const {
    return batch_first ? Dims{batch, steps, directions, hidden}
                       : Dims{steps, directions, batch, hidden};
  }
  Dims state_dims() const {
    return batch_first ? Dims{batch, directions, hidden}
                       : Dims{directions, batch, hidden};
  }
  // Lines of x, of y, and of states.
  int64_t x_line(int64_t n, int64_t t) const {
    return batch_first ? n * steps + t : t * batch + n;
  }
  int64_t y_line(int64_t n, int64_t t, int64_t d) const {
    return batch_first ? (n * steps + t) * directions + d
                       : (t * directions + d) * batch + n;
  }
  int64_t state_line(int64_t n, int64_t d) const {
    return batch_first ? n * directions + d : d * batch + n;
  }
};

// Checks everything that the steps index.
Result<Layer> read_layer(const Call& call, const Cell& cell) {
  const Tensor& x = call.in(0);
  const Tensor& w = call.in(1);
  const Tensor& r = call.in(2);
  if (!is_float(x.type()) || x.rank() != 3 || w.rank() != 3 || r.rank() != 3 ||
      w.type() != x.type() || r.type() != x.type())
    return call.error("data and weights do not fit");
  Layer layer;
  layer.batch_first = call.integer("layout") != 0;
  layer.steps = x.dim(layer.batch_first ? 1 : 0);
  layer.batch = x.dim(layer.batch_first ? 0 : 1);
  layer.inputs = x.dim(2);
  layer.directions = w.dim(0);
  layer.hidden = r.dim(2);
  const std::string direction = call.text("direction");
  if (direction != "forward" && direction != "reverse" &&
      direction != "bidirectional")
    return call.error("direction '{}'", direction);
  layer.reverse = direction == "reverse";
  const int64_t rows = cell.gates * layer.hidden;
  const Dims w_dims = {direction == "bidirectional" ? 2 : 1, rows,
                       layer.inputs};
  const Dims r_dims = {layer.directions, rows, layer.hidden};
  if (w.dims() != w_dims || r.dims() != r_dims ||
      (call.has_attribute("hidden_size") &&
       call.integer("hidden_size") != layer.hidden))
    return call.error("weights {} and {} do not fit",
                      to_text(to_shape(w.dims())), to_text(to_shape(r.dims())));
  const int64_t states = layer.directions * layer.batch * layer.hidden;
  const std::pair<size_t, int64_t> expected[] = {
      {3, layer.directions * 2 * rows},
      {5, states},
      {6, states},
      {7,
       layer.directions * static_cast<int64_t>(cell.peepholes) * layer.hidden}};
  for (const auto& [input, size] : expected)
    if (call.has(input) &&
        (call.in(input).size() != size || call.in(input).type() != x.type()))
      return call.error("input {} has {} elements; expected {}", input,
                        call.in(input).size(), size);
  layer.lengths.assign(layer.batch, layer.steps);
  if (call.has(4)) {
    HONE_ASSIGN_OR_RETURN(layer.lengths, call.integers_of(4));
  }
  for (const int64_t length : layer.lengths)
    if (static_cast<int64_t>(layer.lengths.size()) != layer.batch ||
        length < 0 || length > layer.steps)
      return call.error("sequence lengths do not fit");
  return layer;
}

// The activations of all directions, one behind the other.
Result<std::vector<Function>> read_functions(const Call& call, const Cell& cell,
                                             const Layer& layer) {
  std::vector<std::string> names = call.node().texts("activations");
  const std::vector<float> alphas = call.node().numbers("activation_alpha");
  const std::vector<float> betas = call.node().numbers("activation_beta");
  if (!call.has_attribute("activations")) {
    names.clear();
    for (int64_t d = 0; d < layer.directions; ++d)
      names.insert(names.end(), cell.defaults.begin(), cell.defaults.end());
  }
  const size_t expected = cell.defaults.size() * layer.directions;
  if (names.size() != expected)
    return call.error("{} activations; expected {}", names.size(), expected);
  const auto at = [](const std::vector<float>& list, size_t i) {
    return i < list.size() ? std::optional(list[i]) : std::nullopt;
  };
  std::vector<Function> functions;
  for (size_t i = 0; i < names.size(); ++i) {
    HONE_ASSIGN_OR_RETURN(
        functions.emplace_back(),
        activation(call, names[i], at(alphas, i), at(betas, i)));
  }
  return functions;
}

Direction direction_of(const Call& call, const Cell& cell, const Layer& layer,
                       const std::vector<Function>& functions, int64_t d) {
  const int64_t rows = cell.gates * layer.hidden;
  const auto part = [&](size_t input, int64_t size) -> const double* {
    return call.has(input) ? call.in(input).data<double>().data() + d * size
                           : nullptr;
  };
  const auto first =
      functions.begin() + d * static_cast<int64_t>(cell.defaults.size());
  return {.f = {first, first + static_cast<int64_t>(cell.defaults.size())},
          .w = part(1, rows * layer.inputs),
          .r = part(2, rows * layer.hidden),
          .b = part(3, 2 * rows),
          .p = part(7, static_cast<int64_t>(cell.peepholes) * layer.hidden),
          .clip = call.number("clip"),
          .inputs = layer.inputs,
          .hidden = layer.hidden,
          .linear_before_reset = call.integer("linear_before_reset") != 0,
          .input_forget = call.integer("input_forget") != 0};
}

struct Outputs {
  Tensor y, h, c;
};

// Line `n` of the batch in direction `d`, through all of its steps.
void run_line(const Call& call, const Layer& layer, const Direction& direction,
              Step step, int64_t n, int64_t d, Outputs& out) {
  const Tensor& x = call.in(0);
  const int64_t hidden = layer.hidden;
  const int64_t state = layer.state_line(n, d) * hidden;
  const auto given = [&](size_t input) {
    if (!call.has(input)) return std::vector<double>(hidden, 0);
    const auto line = call.in(input).data<double>().subspan(state, hidden);
    return std::vector<double>(line.begin(), line.end());
  };
  std::vector<double> h = given(5), c = given(6);
  const int64_t length = layer.lengths[n];
  for (int64_t s = 0; s < length; ++s) {
    const int64_t t = layer.reverse || d == 1 ? length - 1 - s : s;
    step(direction, x.data<double>().data() + layer.x_line(n, t) * layer.inputs,
         h, c);
    for (double& value : h) value = narrow(x.type(), value);
    for (double& value : c) value = narrow(x.type(), value);
    std::ranges::copy(
        h, out.y.data<double>().begin() + layer.y_line(n, t, d) * hidden);
  }
  std::ranges::copy(h, out.h.data<double>().begin() + state);
  std::ranges::copy(c, out.c.data<double>().begin() + state);
}

Status recurrent(Call& call, const Cell& cell, Step step) {
  HONE_ASSIGN_OR_RETURN(const Layer layer, read_layer(call, cell));
  HONE_ASSIGN_OR_RETURN(const std::vector<Function> functions,
                        read_functions(call, cell, layer));
  const ElementType type = call.in(0).type();
  Outputs out;
  HONE_ASSIGN_OR_RETURN(out.y, call.make(type, layer.sequence_dims()));
  HONE_ASSIGN_OR_RETURN(out.h, call.make(type, layer.state_dims()));
  HONE_ASSIGN_OR_RETURN(out.c, call.make(type, layer.state_dims()));
  for (int64_t d = 0; d < layer.directions; ++d) {
    const Direction one = direction_of(call, cell, layer, functions, d);
    for (int64_t n = 0; n < layer.batch; ++n)
      run_line(call, layer, one, step, n, d, out);
  }
  call.set(0, std::move(out.y));
  call.set(1, std::move(out.h));
  call.set(2, std::move(out.c));
  return {};
}

Status rnn(Call& call) { return recurrent(call, {1, {"Tanh"}, 0}, rnn_step); }
Status gru(Call& call) {
  return recurrent(call, {3, {"Sigmoid", "Tanh"}, 0}, gru_step);
}
Status lstm(Call& call) {
  return recurrent(call, {4, {"Sigmoid", "Tanh", "Tanh"}, 3}, lstm_step);
}

constexpr KernelRow kRows[] = {
    {Op::GRU, gru},
    {Op::LSTM, lstm},
    {Op::RNN, rnn},
};

}  // namespace

std::span<const KernelRow> recurrent_kernels() { return kRows; }

}  // namespace hone::tensor
