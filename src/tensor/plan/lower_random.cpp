// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random numbers, the same as the interpreter's: the Mersenne twister MT19937
// (Matsumoto and Nishimura, 1998) in a kernel's own memory, seeded anew in
// every run, with 53 bits a number.
#include <cmath>
#include <numbers>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

constexpr int64_t kWords = 624, kMiddle = 397;

class Twister {
 public:
  // Before any other statement of the kernel.
  Twister(K& k, uint32_t seed)
      : k_(k),
        state_(k.scratch(ElementType::I64, {kWords})),
        at_(k.variable(k.integer(kWords))) {
    const Reg word = k.variable(k.integer(seed));
    k.store(state_, 0, word);
    k.loop(1, kWords, [&](Ix i) {
      const Reg mixed = k.op(KernelOp::IntXor, {word, down(word, 30)});
      const Reg next = k.add(k.mul(mixed, k.integer(1812433253)), k.of(i));
      k.set(word, with(next, 0xffffffff));
      k.store(state_, i, word);
    });
  }

  // Uniform in [0, 1).
  Reg unit() {
    const Reg high = down(word(), 5);
    const Reg low = down(word(), 6);
    const Reg bits = k_.add(k_.mul(high, k_.integer(67108864)), low);
    return k_.div(k_.to_float(bits), k_.number(9007199254740992.0));
  }

  // Normal, by Box and Muller.
  Reg normal() {
    const Reg depth = k_.op(KernelOp::Log1p, {k_.neg(unit())});
    const Reg radius = k_.op(KernelOp::Sqrt, {k_.mul(k_.number(-2), depth)});
    const Reg angle = k_.mul(k_.number(2 * std::numbers::pi), unit());
    return k_.mul(radius, k_.op(KernelOp::Cos, {angle}));
  }

 private:
  Reg down(Reg a, int64_t bits) {
    return k_.op(KernelOp::ShiftRight, {a, k_.integer(bits)});
  }
  Reg up(Reg a, int64_t bits) {
    return k_.op(KernelOp::ShiftLeft, {a, k_.integer(bits)});
  }
  Reg with(Reg a, int64_t mask) {
    return k_.op(KernelOp::IntAnd, {a, k_.integer(mask)});
  }
  Reg differ(Reg a, Reg b) { return k_.op(KernelOp::IntXor, {a, b}); }

  // 32 bits.
  Reg word() {
    k_.when(k_.equal(at_, k_.integer(kWords)), [&] { twist(); });
    Reg y = k_.load(state_, k_.index(at_));
    k_.set(at_, k_.add(at_, k_.integer(1)));
    y = differ(y, down(y, 11));
    y = differ(y, with(up(y, 7), 0x9d2c5680));
    y = differ(y, with(up(y, 15), 0xefc60000));
    return differ(y, down(y, 18));
  }

  // The next words.
  void twist() {
    k_.loop(0, kWords, [&](Ix i) {
      const Reg next = k_.load(state_, (i + 1) % kWords);
      const Reg joined =
          k_.op(KernelOp::IntOr,
                {with(k_.load(state_, i), 0x80000000), with(next, 0x7fffffff)});
      const Reg odd = k_.mul(with(joined, 1), k_.integer(0x9908b0df));
      const Reg far = k_.load(state_, (i + kMiddle) % kWords);
      k_.store(state_, i, differ(differ(far, down(joined, 1)), odd));
    });
    k_.set(at_, k_.integer(0));
  }

  K& k_;
  Operand state_;
  Reg at_;
};

uint32_t seed_of(const Node& node) {
  return static_cast<uint32_t>(static_cast<int64_t>(node.number("seed")));
}

}  // namespace

Status lower_random(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const bool is_normal =
      node.op == Op::RandomNormal || node.op == Op::RandomNormalLike;
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open({}, node.outputs));
  const Operand& y = k.out(0);
  if (!is_float(y.type)) return planner.unsupported(node, "this element type");
  const double start = node.number(is_normal ? "mean" : "low");
  const double scale = is_normal ? node.number("scale")
                                 : static_cast<double>(node.number("high")) -
                                       static_cast<double>(node.number("low"));
  Twister source(k, seed_of(node));
  k.loop(0, y.count, [&](Ix i) {
    const Reg value = is_normal ? source.normal() : source.unit();
    k.store(y, i, k.add(k.number(start), k.mul(k.number(scale), value)));
  });
  return k.emit();
}

Status lower_bernoulli(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  Twister source(k, seed_of(node));
  k.loop(0, k.out(0).count, [&](Ix i) {
    const Reg drawn = source.unit();
    k.store(k.out(0), i, k.less(drawn, k.load(k.in(0), i)));
  });
  return k.emit();
}

// Draws from the distribution whose logarithms a row has.
Status lower_multinomial(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  if (x.rank() != 2 || y.rank() != 2)
    return planner.unsupported(node, "logarithms that are no matrix");
  Twister source(k, seed_of(node));
  const auto weight = [&](const Ix& row, const Ix& j, Reg most) {
    return k.op(KernelOp::Exp, {k.sub(k.load(x, {row, j}), most)});
  };
  k.loop(0, x.dims[0], [&](Ix row) {
    const Reg most = k.variable(k.load(x, {row, 0}));
    const Reg total = k.variable(k.number(0));
    k.loop(0, x.dims[1], [&](Ix j) {
      const Reg value = k.load(x, {row, j});
      k.set(most, k.select(k.less(most, value), value, most));
    });
    k.loop(0, x.dims[1],
           [&](Ix j) { k.set(total, k.add(total, weight(row, j, most))); });
    k.loop(0, y.dims[1], [&](Ix draw) {
      const Reg left = k.variable(k.mul(source.unit(), total));
      const Reg choice = k.variable(k.integer(0));
      const Reg goes_on = k.variable(k.integer(1));
      k.loop(0, x.dims[1] - 1, [&](Ix j) {
        k.set(left, k.sub(left, weight(row, j, most)));
        const Reg more = k.both(k.less(k.integer(0), goes_on),
                                k.negated(k.less(left, k.number(0))));
        k.set(goes_on, k.to_bit(more));
        k.set(choice, k.add(choice, goes_on));
      });
      k.store(y, {row, draw}, choice);
    });
  });
  return k.emit();
}

// Whether it trains, and which share is dropped, may arrive at run time.
Status lower_any_dropout(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  const auto training = node.has_input(2) ? planner.integers(node.inputs[2])
                                          : std::vector<int64_t>{0};
  const bool is_inference = training && (*training)[0] == 0;
  if (is_inference) {
    if (node.has_output(1) && planner.is_used(node.outputs[1])) {
      K k(planner, node);
      HONE_RETURN_IF_ERROR(k.open({}, {node.outputs[1]}));
      k.loop(0, k.out(0).count,
             [&](Ix i) { k.store(k.out(0), i, k.integer(1)); });
      HONE_RETURN_IF_ERROR(k.emit());
    }
    HONE_ASSIGN_OR_RETURN(const Stored stored, planner.plain(node.inputs[0]));
    planner.alias(node.outputs[0], stored);
    return {};
  }
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& x = k.in(0);
  if (!is_float(x.type)) return planner.unsupported(node, "this element type");
  Twister source(k, static_cast<uint32_t>(node.integer("seed")));
  const Reg ratio = k.has(1) ? k.to_float(k.load(k.in(1), 0)) : k.number(0.5);
  const Reg drops = k.to_bit(k.both(k.less(k.integer(0), k.load(k.in(2), 0)),
                                    k.negated(k.equal(ratio, k.number(0)))));
  k.loop(0, x.count, [&](Ix i) {
    const Reg keeps = k.variable(k.integer(1));
    const Reg value = k.variable(k.load(x, i));
    k.when(k.less(k.integer(0), drops), [&] {
      k.set(keeps, k.to_bit(k.negated(k.less(source.unit(), ratio))));
      const Reg scaled = k.div(value, k.sub(k.number(1), ratio));
      k.set(value, k.select(k.less(k.integer(0), keeps), scaled, k.number(0)));
    });
    if (k.wants(0)) k.store(k.out(0), i, value);
    if (k.wants(1)) k.store(k.out(1), i, keeps);
  });
  return k.emit();
}

}  // namespace hone::tensor
