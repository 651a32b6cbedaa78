// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RNN, GRU and LSTM of any float type, step by step, by the equations of ONNX.
// The states stand in f64 tables and are rounded after every step.
#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

struct Activation {
  std::string name;
  std::optional<float> alpha, beta;
};

std::optional<Reg> activate(K& k, const Activation& f, Reg x) {
  const auto alpha = [&](double other) {
    return k.number(f.alpha ? static_cast<double>(*f.alpha) : other);
  };
  const auto beta = [&](double other) {
    return k.number(f.beta ? static_cast<double>(*f.beta) : other);
  };
  const Reg zero = k.number(0), one = k.number(1);
  if (f.name == "Tanh") return k.op(KernelOp::Tanh, {x});
  if (f.name == "Sigmoid") return sigmoid(k, x);
  if (f.name == "Relu") return k.select(k.less(zero, x), x, zero);
  if (f.name == "Softsign") return k.div(x, k.add(one, k.abs(x)));
  if (f.name == "Softplus")
    return k.op(KernelOp::Log1p, {k.op(KernelOp::Exp, {x})});
  if (f.name == "Affine") return k.add(k.mul(alpha(1), x), beta(0));
  if (f.name == "LeakyRelu")
    return k.select(k.less(x, zero), k.mul(alpha(0.01), x), x);
  if (f.name == "ThresholdedRelu")
    return k.select(k.less(alpha(1), x), x, zero);
  if (f.name == "ScaledTanh")
    return k.mul(alpha(1), k.op(KernelOp::Tanh, {k.mul(beta(1), x)}));
  if (f.name == "HardSigmoid")
    return k.smaller(one,
                     k.larger(zero, k.add(k.mul(alpha(0.2), x), beta(0.5))));
  if (f.name == "Elu")
    return k.select(k.less(x, zero),
                    k.mul(alpha(1), k.op(KernelOp::Expm1, {x})), x);
  return {};
}

// One direction of one node.
class Direction {
 public:
  Direction(K& k, int64_t number, const Operand& h, const Operand& c,
            const Operand& next, const Operand& gate)
      : k_(k),
        d_(number),
        gates_(k.node().op == Op::LSTM  ? 4
               : k.node().op == Op::GRU ? 3
                                        : 1),
        hidden_(k.in(2).dims[2]),
        h_(h),
        c_(c),
        next_(next),
        gate_(gate) {
    const Node& node = k.node();
    std::vector<std::string> names = node.texts("activations");
    const std::vector<std::string> all = {"Sigmoid", "Tanh", "Tanh"};
    const std::vector<std::string> usual =
        node.op == Op::LSTM  ? all
        : node.op == Op::GRU ? std::vector<std::string>{"Sigmoid", "Tanh"}
                             : std::vector<std::string>{"Tanh"};
    const auto alphas = node.numbers("activation_alpha");
    const auto betas = node.numbers("activation_beta");
    for (size_t i = 0; i < usual.size(); ++i) {
      const size_t at = static_cast<size_t>(d_) * usual.size() + i;
      Activation f = {at < names.size() ? names[at] : usual[i], {}, {}};
      if (at < alphas.size()) f.alpha = alphas[at];
      if (at < betas.size()) f.beta = betas[at];
      functions_.push_back(std::move(f));
    }
  }

  bool knows_functions() {
    for (const Activation& f : functions_)
      if (!activate(k_, f, k_.number(0))) return false;
    return true;
  }

  // From the row of x that begins at element `x`.
  void step(Ix x) {
    k_.loop(0, hidden_, [&](Ix i) {
      switch (k_.node().op) {
        case Op::LSTM:
          return lstm(x, i);
        case Op::GRU:
          return gru_gates(x, i);
        default:
          k_.store(next_, i, apply(0, k_.add(input(0, i, x), carried(0, i))));
      }
    });
    if (k_.node().op == Op::GRU)
      k_.loop(0, hidden_, [&](Ix i) { gru_result(x, i); });
    k_.loop(0, hidden_, [&](Ix i) {
      k_.store(h_, i, k_.rounded(k_.in(0).type, k_.load(next_, i)));
      if (k_.node().op == Op::LSTM)
        k_.store(c_, i, k_.rounded(k_.in(0).type, k_.load(c_, i)));
    });
  }

 private:
  Reg apply(size_t f, Reg x) {
    const double clip = k_.node().number("clip");
    if (clip > 0)
      x = k_.smaller(k_.number(clip), k_.larger(k_.number(-clip), x));
    return *activate(k_, functions_[f], x);
  }
  Reg bias(int gate, Ix i) {
    if (!k_.has(3)) return k_.number(0);
    return k_.load(k_.in(3), (d_ * 2 * gates_ + gate) * hidden_ + i);
  }
  // A gate's sum over the inputs.
  Reg input(int gate, Ix i, Ix x) {
    const Operand& w = k_.in(1);
    const Reg sum = k_.variable(bias(gate, i));
    const Ix row = (d_ * gates_ + gate) * hidden_ + i;
    k_.loop(0, w.dims[2], [&](Ix j) {
      k_.set(sum, k_.add(sum, k_.mul(k_.load(w, row * w.dims[2] + j),
                                     k_.load(k_.in(0), x + j))));
    });
    return sum;
  }
  // Its sum over a state.
  Reg carried(int gate, Ix i, const Operand& state) {
    const Reg sum = k_.variable(bias(static_cast<int>(gates_) + gate, i));
    const Ix row = (d_ * gates_ + gate) * hidden_ + i;
    k_.loop(0, hidden_, [&](Ix j) {
      k_.set(sum, k_.add(sum, k_.mul(k_.load(k_.in(2), row * hidden_ + j),
                                     k_.load(state, j))));
    });
    return sum;
  }
  Reg carried(int gate, Ix i) { return carried(gate, i, h_); }
  Reg peephole(int gate, Ix i, Reg state) {
    if (!k_.has(7)) return k_.number(0);
    return k_.mul(k_.load(k_.in(7), (d_ * 3 + gate) * hidden_ + i), state);
  }

  // Gates i, o, f, c; peepholes i, o, f.
  void lstm(Ix x, Ix i) {
    const auto sum = [&](int g) {
      return k_.add(input(g, i, x), carried(g, i));
    };
    const Reg old = k_.load(c_, i);
    const Reg in = apply(0, k_.add(sum(0), peephole(0, i, old)));
    const Reg forget = k_.node().integer("input_forget") != 0
                           ? k_.sub(k_.number(1), in)
                           : apply(0, k_.add(sum(2), peephole(2, i, old)));
    const Reg candidate = apply(1, sum(3));
    const Reg c = k_.add(k_.mul(forget, old), k_.mul(in, candidate));
    k_.store(c_, i, c);
    const Reg out = apply(0, k_.add(sum(1), peephole(1, i, c)));
    k_.store(next_, i, k_.mul(out, *activate(k_, functions_[2], c)));
  }

  // Gates z, r, h: z and r (or r times h) go into a table first.
  bool is_linear() { return k_.node().integer("linear_before_reset") != 0; }
  void gru_gates(Ix x, Ix i) {
    const Reg z = apply(0, k_.add(input(0, i, x), carried(0, i)));
    const Reg r = apply(0, k_.add(input(1, i, x), carried(1, i)));
    k_.store(gate_, i, z);
    k_.store(gate_, i + hidden_, is_linear() ? r : k_.mul(r, k_.load(h_, i)));
  }
  void gru_result(Ix x, Ix i) {
    const Reg z = k_.load(gate_, i);
    Reg part;
    if (is_linear()) {
      part = k_.mul(k_.load(gate_, i + hidden_), carried(2, i));
    } else {
      Operand reset = gate_;
      const Reg sum = k_.variable(bias(5, i));
      const Ix row = (d_ * gates_ + 2) * hidden_ + i;
      k_.loop(0, hidden_, [&](Ix j) {
        k_.set(sum, k_.add(sum, k_.mul(k_.load(k_.in(2), row * hidden_ + j),
                                       k_.load(reset, j + hidden_))));
      });
      part = sum;
    }
    const Reg candidate = apply(1, k_.add(input(2, i, x), part));
    k_.store(next_, i,
             k_.add(k_.mul(k_.sub(k_.number(1), z), candidate),
                    k_.mul(z, k_.load(h_, i))));
  }

  K& k_;
  int64_t d_, gates_;
  Ix hidden_;
  const Operand &h_, &c_, &next_, &gate_;
  std::vector<Activation> functions_;
};

}  // namespace

Status lower_any_recurrence(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& x = k.in(0);
  const bool batch_first = node.integer("layout") != 0;
  const Ix steps = x.dims[batch_first ? 1 : 0];
  const Ix batch = x.dims[batch_first ? 0 : 1];
  const Ix hidden = k.in(2).dims[2];
  const int64_t directions = node.text("direction") == "bidirectional" ? 2 : 1;
  const int64_t units = k.in(2).known[2];
  const Operand h = k.scratch(ElementType::F64, {units});
  const Operand c = k.scratch(ElementType::F64, {units});
  const Operand next = k.scratch(ElementType::F64, {units});
  const Operand gate = k.scratch(ElementType::F64, {2, units});
  for (int64_t d = 0; d < directions; ++d) {
    Direction one(k, d, h, c, next, gate);
    if (!one.knows_functions())
      return planner.unsupported(node, "an activation that is not known");
    const bool backward = node.text("direction") == "reverse" || d == 1;
    k.loop(0, batch, [&](Ix n) {
      const Ix at = k.let(batch_first ? n * directions + d : d * batch + n);
      k.loop(0, hidden, [&](Ix i) {
        const auto first = [&](size_t input) {
          return k.has(input) ? k.load(k.in(input), at * hidden + i)
                              : k.number(0);
        };
        k.store(h, i, first(5));
        k.store(c, i, first(6));
      });
      Ix length = steps;
      if (k.has(4)) length = k.let(clamp(k.fetch(k.in(4), n), 0, steps));
      // What lies behind a shorter sequence is 0.
      const auto result_row = [&](Ix t) {
        return batch_first ? (n * steps + t) * directions + d
                           : (t * directions + d) * batch + n;
      };
      if (k.wants(0))
        k.for_each({steps, hidden}, [&](const Index& i) {
          k.store(k.out(0), result_row(i[0]) * hidden + i[1], k.number(0));
        });
      k.loop(0, length, [&](Ix s) {
        const Ix t = k.let(backward ? length - 1 - s : s);
        const Ix row = batch_first ? n * steps + t : t * batch + n;
        one.step(k.let(row * x.dims[2]));
        if (k.wants(0))
          k.loop(0, hidden, [&](Ix i) {
            k.store(k.out(0), result_row(t) * hidden + i, k.load(h, i));
          });
      });
      k.loop(0, hidden, [&](Ix i) {
        if (k.wants(1)) k.store(k.out(1), at * hidden + i, k.load(h, i));
        if (k.wants(2)) k.store(k.out(2), at * hidden + i, k.load(c, i));
      });
    });
  }
  return k.emit();
}

}  // namespace hone::tensor
