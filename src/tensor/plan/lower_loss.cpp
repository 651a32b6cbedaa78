// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Losses over classes and steps of optimisers, of any float type.
#include <limits>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The logarithm of a class's probability, rounded as a tensor would hold it.
Reg log_probability(K& k, const Index& i) {
  const Operand& x = k.in(0);
  if (k.node().op == Op::NegativeLogLikelihoodLoss) return k.load(x, i);
  const auto each = [&](const std::function<void(Reg)>& body) {
    k.loop(0, x.dims[1], [&](Ix c) {
      Index at = i;
      at[1] = c;
      body(k.load(x, at));
    });
  };
  const Reg most = k.variable(k.number(-kInfinity));
  const Reg sum = k.variable(k.number(0));
  each([&](Reg value) { k.set(most, k.larger(most, value)); });
  each([&](Reg value) {
    k.set(sum, k.add(sum, k.op(KernelOp::Exp, {k.sub(value, most)})));
  });
  const Reg result =
      k.sub(k.sub(k.load(x, i), most), k.op(KernelOp::Log, {sum}));
  return k.rounded(x.type, result);
}

}  // namespace

Status lower_loss(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &target = k.in(1);
  const std::string reduction = node.text("reduction");
  const Reg sum = k.variable(k.number(0)), total = k.variable(k.number(0));
  if (k.wants(0))
    k.for_each(target.dims, [&](const Index& i) {
      const Reg label = k.load(target, i);
      Index at = i;
      at.insert(at.begin() + 1, inside(k, k.index(label), x.dims[1]));
      Reg counts = k.less(k.integer(0), k.integer(1));
      if (node.has("ignore_index"))
        counts =
            k.negated(k.equal(label, k.integer(node.integer("ignore_index"))));
      const Reg weight = k.select(
          counts, k.has(2) ? k.load(k.in(2), at[1]) : k.number(1), k.number(0));
      const Reg loss = k.select(
          counts, k.neg(k.mul(weight, log_probability(k, at))), k.number(0));
      if (reduction == "none") k.store(k.out(0), i, loss);
      k.set(sum, k.add(sum, loss));
      k.set(total, k.add(total, weight));
    });
  if (k.wants(0) && reduction != "none")
    k.store(k.out(0), 0, reduction == "mean" ? k.div(sum, total) : sum);
  if (k.wants(1))
    k.for_each(x.dims, [&](const Index& i) {
      k.store(k.out(1), i, log_probability(k, i));
    });
  return k.emit();
}

// Steps of optimisers: rate, number of the step, then for n weights n tensors
// each of weights, gradients and states.
Status lower_optimiser(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const size_t states = node.op == Op::Adam ? 2 : 1;
  const size_t count = (k.inputs() - 2) / (2 + states);
  const auto n = [&](std::string_view name) {
    return k.number(node.number(name));
  };
  const Reg one = k.number(1), zero = k.number(0);
  const Reg given = k.to_float(k.load(k.in(0), 0));
  const Reg step = k.to_float(k.load(k.in(1), 0));
  const Reg is_later = k.less(zero, step);
  const auto root = [&](Reg v) { return k.op(KernelOp::Sqrt, {v}); };
  const auto power = [&](Reg a, Reg b) { return k.op(KernelOp::Pow, {a, b}); };
  for (size_t w = 0; w < count; ++w)
    k.loop(0, k.in(2 + w).count, [&](Ix i) {
      Reg weight = k.load(k.in(2 + w), i);
      Reg g = k.load(k.in(2 + count + w), i);
      g = k.add(g, k.mul(n("norm_coefficient"), weight));
      std::vector<Reg> state;
      for (size_t s = 0; s < states; ++s)
        state.push_back(k.load(k.in(2 + (2 + s) * count + w), i));
      const auto mix = [&](Reg a, Reg old, Reg b, Reg now) {
        return k.add(k.mul(a, old), k.mul(b, now));
      };
      if (node.op == Op::Adagrad) {
        const Reg rate =
            k.div(given, k.add(one, k.mul(step, n("decay_factor"))));
        state[0] = k.add(state[0], k.mul(g, g));
        weight = k.sub(
            weight, k.div(k.mul(rate, g), k.add(root(state[0]), n("epsilon"))));
      } else if (node.op == Op::Adam) {
        const Reg a = n("alpha"), b = n("beta");
        state[0] = mix(a, state[0], k.sub(one, a), g);
        state[1] = mix(b, state[1], k.sub(one, b), k.mul(g, g));
        const Reg later = k.div(k.mul(given, root(k.sub(one, power(b, step)))),
                                k.sub(one, power(a, step)));
        const Reg rate = k.select(is_later, later, given);
        weight = k.sub(weight, k.div(k.mul(rate, state[0]),
                                     k.add(root(state[1]), n("epsilon"))));
        weight = k.mul(weight, k.sub(one, n("norm_coefficient_post")));
      } else {
        const Reg b = k.select(is_later, n("beta"), one);
        state[0] = mix(n("alpha"), state[0], b, g);
        const Reg move = node.text("mode") == "nesterov"
                             ? k.add(g, k.mul(n("alpha"), state[0]))
                             : state[0];
        weight = k.sub(weight, k.mul(given, move));
      }
      if (k.wants(w)) k.store(k.out(w), i, weight);
      for (size_t s = 0; s < states; ++s)
        if (k.wants((1 + s) * count + w))
          k.store(k.out((1 + s) * count + w), i, state[s]);
    });
  return k.emit();
}

}  // namespace hone::tensor
