// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/recurrent.h"

namespace hone::tensor {

int recurrent_gates(RecurrentCell cell) {
  switch (cell) {
    case RecurrentCell::Lstm:
      return 4;
    case RecurrentCell::Gru:
    case RecurrentCell::GruLinear:
      return 3;
    case RecurrentCell::Rnn:
      return 1;
  }
  return 0;
}

namespace {

class RecurrentWriter {
 public:
  explicit RecurrentWriter(const RecurrentTile& tile)
      : t_(tile),
        b_("recurrent", tile.lanes),
        all_(recurrent_gates(tile.cell)),
        wide_(tile.cell == RecurrentCell::Gru ? 2 : all_) {
    for (Pointer* pointer :
         {&gates_, &r_, &bias_, &h0_, &c0_, &state_, &y_, &yh_, &yc_}) {
      constexpr const char* kNames[] = {"gates", "r", "bias", "h0", "c0",
                                        "state", "y", "yh",   "yc"};
      *pointer = b_.pointer(kNames[pointers_++]);
    }
    for (Ix* size :
         {&begin_, &end_, &steps_, &batch_, &hidden_, &depth_, &gates_step_,
          &gates_batch_, &y_step_, &y_batch_, &h_batch_}) {
      constexpr const char* kNames[] = {
          "begin",      "end",         "steps",  "batch",   "hidden", "depth",
          "gates_step", "gates_batch", "y_step", "y_batch", "h_batch"};
      *size = b_.size(kNames[sizes_++]);
    }
    sum_ = b_.variables("sum", static_cast<size_t>(all_) * t_.split);
  }

  VectorKernel write() && {
    b_.loop("task", begin_, end_, 1, [&](Ix) {
      blocks_ = b_.let("blocks", (hidden_ + (t_.lanes - 1)) / t_.lanes);
      row_ = b_.let("row", blocks_ * t_.lanes);
      plane_ = b_.let("plane", batch_ * row_);
      write_first();
      b_.loop("step", 0, steps_, 1, [&](Ix step) { write_step(step); });
      write_last();
    });
    return std::move(b_).finish();
  }

 private:
  // Tables of [batch][row]: h twice, the cell, z, and r times h.
  Ix table(int number) const { return plane_ * number; }

  void each(const std::function<void(Ix n, Ix block, Ix left)>& body) {
    b_.loop("block", 0, blocks_, 1, [&](Ix block) {
      const Ix left = b_.let("left", hidden_ - block * t_.lanes);
      b_.loop("n", 0, batch_, 1, [&](Ix n) { body(n, block, left); });
    });
  }

  Ix at(Ix table, Ix n, Ix block) const {
    return table + n * row_ + block * t_.lanes;
  }
  Ix outside(Ix n, Ix block) const { return n * h_batch_ + block * t_.lanes; }

  void write_first() {
    each([&](Ix n, Ix block, Ix left) {
      b_.store(state_, at(table(0), n, block),
               b_.load(h0_, outside(n, block), left));
      if (t_.cell == RecurrentCell::Lstm)
        b_.store(state_, at(table(2), n, block),
                 b_.load(c0_, outside(n, block), left));
    });
  }

  void write_last() {
    const Ix old = b_.let("old", steps_ % 2 * plane_);
    each([&](Ix n, Ix block, Ix left) {
      b_.store(yh_, outside(n, block), b_.load(state_, at(old, n, block)),
               left);
      if (t_.cell == RecurrentCell::Lstm)
        b_.store(yc_, outside(n, block),
                 b_.load(state_, at(table(2), n, block)), left);
    });
  }

  void write_step(Ix step) {
    old_ = b_.let("old", step % 2 * plane_);
    new_ = b_.let("new", plane_ - old_);
    each([&](Ix n, Ix block, Ix left) {
      from_ = b_.let("from", step * gates_step_ + n * gates_batch_ +
                                 block * (all_ * t_.lanes));
      bias_at_ = b_.let("bias_at", block * t_.lanes);
      to_ = b_.let("to", step * y_step_ + n * y_batch_ + block * t_.lanes);
      write_sums(wide_, block * (wide_ * t_.lanes) * depth_, old_ + n * row_);
      switch (t_.cell) {
        case RecurrentCell::Lstm:
          return write_lstm(n, block, left);
        case RecurrentCell::Gru:
          return write_reset(n, block);
        case RecurrentCell::GruLinear:
          return write_linear(n, block, left);
        case RecurrentCell::Rnn:
          return give(n, block, left, apply(t_.candidate, sum(0)));
      }
    });
    if (t_.cell != RecurrentCell::Gru) return;
    const Ix behind = b_.let("behind", blocks_ * (2 * t_.lanes) * depth_);
    each([&](Ix n, Ix block, Ix left) {
      from_ = b_.let("from", step * gates_step_ + n * gates_batch_ +
                                 (block * all_ + 2) * t_.lanes);
      to_ = b_.let("to", step * y_step_ + n * y_batch_ + block * t_.lanes);
      write_sums(1, behind + block * t_.lanes * depth_, table(4) + n * row_);
      mix(n, block, left, b_.load(state_, at(table(3), n, block)),
          apply(t_.candidate, sum(0)));
    });
  }

  // sum(g) = gates + r * state for the first `count` gates.
  void write_sums(int count, Ix r, Ix state) {
    for (int s = 0; s < t_.split; ++s)
      for (int g = 0; g < count; ++g) {
        const Reg target = sum_[s * count + g];
        if (s > 0)
          b_.set_constant(target, 0);
        else if (is_apart(g))
          b_.set_load(target, bias_, bias_at_);
        else
          b_.set_load(target, gates_, from_ + g * t_.lanes);
      }
    const Ix start = b_.let("start", r);
    const Ix h = b_.let("h", state);
    b_.loop("k", 0, depth_, t_.split, [&](Ix k) {
      for (int s = 0; s < t_.split; ++s) {
        const Reg x = b_.broadcast(state_, h + k + s);
        for (int g = 0; g < count; ++g) {
          const Reg target = sum_[s * count + g];
          const Reg weights =
              b_.load(r_, start + (k + s) * (count * t_.lanes) + g * t_.lanes);
          b_.set(target, KernelOp::Fma, {x, weights, target});
        }
      }
    });
    for (int s = 1; s < t_.split; ++s)
      for (int g = 0; g < count; ++g)
        b_.set(sum_[g], KernelOp::Add, {sum_[g], sum_[s * count + g]});
  }

  // The product with h stands apart from the sum over the inputs.
  bool is_apart(int gate) const {
    return t_.cell == RecurrentCell::GruLinear && gate == 2;
  }

  Reg sum(int gate) const { return sum_[gate]; }
  Reg mul(Reg a, Reg b) { return b_.apply(KernelOp::Mul, {a, b}); }

  Reg apply(GateFunction f, Reg x) {
    switch (f) {
      case GateFunction::Sigmoid:
        return write_function(b_, VectorFunction::Sigmoid, x);
      case GateFunction::Tanh:
        return write_function(b_, VectorFunction::Tanh, x);
      case GateFunction::Relu:
        return b_.apply(KernelOp::Max, {b_.constant(0), x});
    }
    return x;
  }

  void give(Ix n, Ix block, Ix left, Reg h) {
    b_.store(state_, at(new_, n, block), h);
    b_.store(y_, to_, h, left);
  }

  void write_lstm(Ix n, Ix block, Ix left) {
    const Ix cell = b_.let("cell", at(table(2), n, block));
    const Reg in = apply(t_.gate, sum(0)), forget = apply(t_.gate, sum(2));
    const Reg c = b_.apply(
        KernelOp::Fma,
        {forget, b_.load(state_, cell), mul(in, apply(t_.candidate, sum(3)))});
    b_.store(state_, cell, c);
    give(n, block, left, mul(apply(t_.gate, sum(1)), apply(t_.output, c)));
  }

  // h' = (1 - z) * candidate + z * h
  void mix(Ix n, Ix block, Ix left, Reg z, Reg candidate) {
    const Reg h = b_.load(state_, at(old_, n, block));
    const Reg rest = b_.apply(KernelOp::Sub, {b_.constant(1), z});
    give(n, block, left, b_.apply(KernelOp::Fma, {z, h, mul(rest, candidate)}));
  }

  void write_linear(Ix n, Ix block, Ix left) {
    const Reg r = apply(t_.gate, sum(1));
    const Reg input = b_.load(gates_, from_ + 2 * t_.lanes);
    const Reg x = b_.apply(KernelOp::Fma, {r, sum(2), input});
    mix(n, block, left, apply(t_.gate, sum(0)), apply(t_.candidate, x));
  }

  void write_reset(Ix n, Ix block) {
    b_.store(state_, at(table(3), n, block), apply(t_.gate, sum(0)));
    const Reg h = b_.load(state_, at(old_, n, block));
    b_.store(state_, at(table(4), n, block), mul(apply(t_.gate, sum(1)), h));
  }

  const RecurrentTile& t_;
  KernelBuilder b_;
  const int all_, wide_;  // gates, and those of the first pass
  size_t pointers_ = 0, sizes_ = 0;
  Pointer gates_, r_, bias_, h0_, c0_, state_, y_, yh_, yc_;
  Ix begin_ = 0, end_ = 0, steps_ = 0, batch_ = 0, hidden_ = 0, depth_ = 0;
  Ix gates_step_ = 0, gates_batch_ = 0, y_step_ = 0, y_batch_ = 0;
  Ix h_batch_ = 0, blocks_ = 0, row_ = 0, plane_ = 0;
  Ix old_ = 0, new_ = 0, from_ = 0, to_ = 0, bias_at_ = 0;
  std::vector<Reg> sum_;
};

}  // namespace

VectorKernel build_recurrent(const RecurrentTile& tile) {
  return RecurrentWriter(tile).write();
}

}  // namespace hone::tensor
