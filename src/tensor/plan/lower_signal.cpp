// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Windows, discrete Fourier transforms by their definition, mel weights.
#include <cmath>
#include <numbers>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

struct Complex {
  Reg real, imaginary;
};

// exp(sign 2 pi i n / length); 0 <= n.
Complex turn(K& k, Ix n, Ix length, double sign) {
  const Reg part =
      k.div(k.to_float(k.of(k.floor_mod(n, length))), k.to_float(k.of(length)));
  const Reg angle = k.mul(k.number(sign * 2 * std::numbers::pi), part);
  return {k.op(KernelOp::Cos, {angle}), k.op(KernelOp::Sin, {angle})};
}

Complex times(K& k, const Complex& a, const Complex& b) {
  return {k.sub(k.mul(a.real, b.real), k.mul(a.imaginary, b.imaginary)),
          k.add(k.mul(a.real, b.imaginary), k.mul(a.imaginary, b.real))};
}

Reg part_of(K& k, const Complex& c, Ix which) {
  return k.select(k.equal(k.of(which), k.integer(0)), c.real, c.imaginary);
}

}  // namespace

Status lower_signal_window(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& y = k.out(0);
  const bool is_hann = node.op == Op::HannWindow;
  const bool is_hamming = node.op == Op::HammingWindow;
  const double a0 = is_hann ? 0.5 : is_hamming ? 25.0 / 46 : 0.42;
  const double a1 = is_hamming ? 1 - 25.0 / 46 : 0.5;
  const double a2 = is_hann || is_hamming ? 0 : 0.08;
  const Reg size = k.to_float(k.of(y.dims[0]));
  const Reg period =
      node.integer("periodic") != 0 ? size : k.sub(size, k.number(1));
  k.loop(0, y.dims[0], [&](Ix i) {
    const Reg t = k.div(
        k.mul(k.number(2 * std::numbers::pi), k.to_float(k.of(i))), period);
    const auto wave = [&](double factor, Reg angle) {
      return k.mul(k.number(factor), k.op(KernelOp::Cos, {angle}));
    };
    Reg value = k.sub(k.number(a0), wave(a1, t));
    value = k.add(value, wave(a2, k.mul(k.number(2), t)));
    value = k.select(k.equal(period, k.number(0)), k.number(1), value);
    k.store(y, i, is_float(y.type) ? value : k.to_integer(value));
  });
  return k.emit();
}

namespace {

// One transform along `axis`.
void transform(K& k, int64_t axis) {
  const Operand &x = k.in(0), &y = k.out(0);
  const bool inverse = k.node().integer("inverse") != 0;
  const bool mirrored = inverse && k.node().integer("onesided") != 0;
  const bool is_complex = x.known.back() == 2;
  const Ix size = x.dims[axis];
  Ix length = mirrored ? (size - 1) * 2 : size;
  if (k.has(1)) length = k.fetch(k.in(1), 0);
  length = k.let(max(length, 1));
  k.for_each(y.dims, [&](const Index& i) {
    const Reg real = k.variable(k.number(0)), imaginary = k.variable(real);
    k.loop(0, mirrored ? length : min(length, size), [&](Ix n) {
      Index from;
      for (size_t d = 0; d < x.rank(); ++d)
        from.push_back(clamp(i[d], 0, x.dims[d] - 1));
      // The other half mirrors this one.
      const Reg is_mirror = k.less(k.div(k.of(length), k.integer(2)), k.of(n));
      const Ix own =
          mirrored ? k.index(k.select(is_mirror, k.of(length - n), k.of(n)))
                   : n;
      from[axis] = k.let(clamp(own, 0, size - 1));
      from.back() = 0;
      Complex value = {k.load(x, from), k.number(0)};
      if (is_complex) {
        from.back() = 1;
        value.imaginary = k.load(x, from);
        if (mirrored)
          value.imaginary =
              k.select(is_mirror, k.neg(value.imaginary), value.imaginary);
      }
      const Complex term =
          times(k, value, turn(k, i[axis] * n, length, inverse ? 1 : -1));
      const Reg good = mirrored ? k.less(k.of(own), k.of(size))
                                : k.less(k.integer(0), k.integer(1));
      k.set(real, k.select(good, k.add(real, term.real), real));
      k.set(imaginary,
            k.select(good, k.add(imaginary, term.imaginary), imaginary));
    });
    Reg value = part_of(k, {real, imaginary}, i.back());
    if (inverse) value = k.div(value, k.to_float(k.of(length)));
    k.store(y, i, value);
  });
}

}  // namespace

// An axis that comes at run time chooses one of as many loops as there are
// axes.
Status lower_dft(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  std::optional<std::vector<int64_t>> given = std::vector<int64_t>{-2};
  if (node.has_input(2)) given = planner.integers(node.inputs[2]);
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const size_t rank = k.in(0).rank();
  if (rank < 2 || k.out(0).rank() != rank)
    return planner.unsupported(node, "a signal of this rank");
  if (given) {
    transform(k, front_axis((*given)[0], rank));
    return k.emit();
  }
  const Ix asked = inside(k, k.fetch(k.in(2), 0), static_cast<int64_t>(rank));
  for (size_t d = 0; d + 1 < rank; ++d)
    k.when(k.equal(k.of(asked), k.integer(static_cast<int64_t>(d))),
           [&] { transform(k, static_cast<int64_t>(d)); });
  return k.emit();
}

// Transforms of frames of the signal: batch x signal x parts.
Status lower_stft(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const bool is_complex = x.rank() == 3 && x.known[2] == 2;
  const Ix step = k.fetch(k.in(1), 0);
  Ix length = k.has(2) ? k.in(2).dims[0] : x.dims[1];
  if (k.has(3)) length = k.fetch(k.in(3), 0);
  length = k.let(clamp(length, 1, x.dims[1]));
  k.for_each(y.dims, [&](const Index& i) {
    const Reg real = k.variable(k.number(0)), imaginary = k.variable(real);
    k.loop(0, length, [&](Ix n) {
      Index from = {i[0], k.let(clamp(i[1] * step + n, 0, x.dims[1] - 1))};
      if (x.rank() == 3) from.emplace_back(0);
      Complex value = {k.load(x, from), k.number(0)};
      if (is_complex) {
        from.back() = 1;
        value.imaginary = k.load(x, from);
      }
      if (k.has(2)) {
        const Reg w = k.load(k.in(2), min(n, k.in(2).dims[0] - 1));
        value = {k.mul(value.real, w), k.mul(value.imaginary, w)};
      }
      const Complex term = times(k, value, turn(k, i[2] * n, length, -1));
      k.set(real, k.add(real, term.real));
      k.set(imaginary, k.add(imaginary, term.imaginary));
    });
    k.store(y, i, part_of(k, {real, imaginary}, i[3]));
  });
  return k.emit();
}

Status lower_mel_weights(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& y = k.out(0);
  const auto n = [&](double v) { return k.number(v); };
  const Reg bins = k.to_float(k.load(k.in(0), 0));
  const Reg length = k.to_float(k.load(k.in(1), 0));
  const Reg rate = k.to_float(k.load(k.in(2), 0));
  const auto to_mel = [&](Reg hertz) {
    const Reg ratio = k.add(n(1), k.div(hertz, n(700)));
    return k.mul(n(2595 / std::numbers::ln10), k.op(KernelOp::Log, {ratio}));
  };
  const Reg low = to_mel(k.to_float(k.load(k.in(3), 0)));
  const Reg high = to_mel(k.to_float(k.load(k.in(4), 0)));
  const Reg spacing = k.div(k.sub(high, low), k.add(bins, n(2)));
  const auto edge = [&](Ix i) {
    const Reg mel = k.add(low, k.mul(spacing, k.to_float(k.of(i))));
    const Reg hertz = k.mul(
        n(700), k.sub(k.op(KernelOp::Pow, {n(10), k.div(mel, n(2595))}), n(1)));
    return k.op(KernelOp::Floor,
                {k.div(k.mul(k.add(length, n(1)), hertz), rate)});
  };
  k.for_each(y.dims, [&](const Index& i) {
    const Reg left = edge(i[1]), top = edge(i[1] + 1), right = edge(i[1] + 2);
    const Reg row = k.to_float(k.of(i[0]));
    const Reg peak = k.both(k.equal(row, top),
                            k.either(k.equal(top, left), k.less(top, right)));
    const Reg up =
        k.both(k.negated(k.less(row, left)), k.negated(k.less(top, row)));
    const Reg down = k.both(k.less(top, row), k.less(row, right));
    Reg value =
        k.select(down, k.div(k.sub(right, row), k.sub(right, top)), n(0));
    value = k.select(up, k.div(k.sub(row, left), k.sub(top, left)), value);
    k.store(y, i, k.select(peak, n(1), value));
  });
  return k.emit();
}

}  // namespace hone::tensor
