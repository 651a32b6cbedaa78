// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/normalization.h"

#include "tensor/kernel/vector_math.h"

namespace hone::tensor {

namespace {

// Vectors along a row; the last has as many lanes as are left.
void each_vector(KernelBuilder& b, Ix n,
                 const std::function<void(Ix, std::optional<Ix>)>& body) {
  const Ix whole = b.let("whole", n / b.lanes() * b.lanes());
  b.loop("i", 0, whole, b.lanes(), [&](Ix i) { body(i, {}); });
  b.when_less(whole, n, [&] { body(whole, b.let("left", n - whole)); });
}

// The sum over a row, of what `value` makes of a vector, in every lane.
Reg row_sum(KernelBuilder& b, Reg sum, Ix n,
            const std::function<Reg(Ix, std::optional<Ix>)>& value) {
  b.set_constant(sum, 0);
  each_vector(b, n, [&](Ix i, std::optional<Ix> left) {
    b.set(sum, KernelOp::Add, {sum, value(i, left)});
  });
  return b.apply(KernelOp::Splat, {b.apply(KernelOp::ReduceSum, {sum})});
}

// x^-beta; the two exponents that occur need no logarithm.
Reg negative_power(KernelBuilder& b, Reg x, double beta) {
  const Reg one = b.constant(1);
  if (beta == 0.5 || beta == 0.75) {
    Reg root = b.apply(KernelOp::Sqrt, {x});
    if (beta == 0.75)
      root = b.apply(KernelOp::Mul, {root, b.apply(KernelOp::Sqrt, {root})});
    return b.apply(KernelOp::Div, {one, root});
  }
  if (beta == 1) return b.apply(KernelOp::Div, {one, x});
  const Reg log = write_function(b, VectorFunction::Log, x);
  return write_function(b, VectorFunction::Exp,
                        b.apply(KernelOp::Mul, {log, b.constant(-beta)}));
}

}  // namespace

VectorKernel build_layer_norm(const LayerNormTile& tile) {
  KernelBuilder b("layer_norm", tile.lanes);
  const Pointer y = b.pointer("y"), x = b.pointer("x");
  const Pointer scale = tile.scale ? b.pointer("scale") : Pointer{};
  const Pointer shift = tile.shift ? b.pointer("shift") : Pointer{};
  const Pointer epsilon = b.pointer("epsilon");
  const Ix begin = b.size("begin"), end = b.size("end"), n = b.size("n");
  const Reg sum = b.variable("sum");
  const Reg mean = b.variable("mean");
  b.loop("row", begin, end, 1, [&](Ix row) {
    const Ix base = b.let("base", row * n);
    const Reg count = b.apply(KernelOp::ToFloat, {b.index(n)});
    b.set_constant(mean, 0);
    if (tile.centred) {
      const Reg total = row_sum(b, sum, n, [&](Ix i, std::optional<Ix> left) {
        return b.load(x, base + i, left);
      });
      b.set(mean, KernelOp::Div, {total, count});
    }
    const Reg squares = row_sum(b, sum, n, [&](Ix i, std::optional<Ix> left) {
      Reg d = b.apply(KernelOp::Sub, {b.load(x, base + i, left), mean});
      if (left) {
        const Reg mask = b.apply(KernelOp::IntLess, {b.iota(), b.index(*left)});
        d = b.apply(KernelOp::Select, {mask, d, b.constant(0)});
      }
      return b.apply(KernelOp::Mul, {d, d});
    });
    const Reg variance = b.apply(
        KernelOp::Add,
        {b.apply(KernelOp::Div, {squares, count}), b.broadcast(epsilon, 0)});
    const Reg factor = b.apply(
        KernelOp::Div, {b.constant(1), b.apply(KernelOp::Sqrt, {variance})});
    each_vector(b, n, [&](Ix i, std::optional<Ix> left) {
      const Reg d = b.apply(KernelOp::Sub, {b.load(x, base + i, left), mean});
      Reg value = b.apply(KernelOp::Mul, {d, factor});
      if (tile.scale)
        value = b.apply(KernelOp::Mul, {value, b.load(scale, i, left)});
      if (tile.shift)
        value = b.apply(KernelOp::Add, {value, b.load(shift, i, left)});
      b.store(y, base + i, value, left);
    });
  });
  return std::move(b).finish();
}

VectorKernel build_local_response(const LocalResponseTile& tile) {
  KernelBuilder b("local_response", tile.lanes);
  const Pointer y = b.pointer("y"), x = b.pointer("x");
  const Ix begin = b.size("begin"), end = b.size("end");
  const Ix channels = b.size("channels"), pixels = b.size("pixels");
  const Reg sum = b.variable("sum");
  b.loop("task", begin, end, 1, [&](Ix task) {
    const Ix channel = b.let("channel", task % channels);
    const Ix image = b.let("image", (task - channel) * pixels);
    const Ix from = b.let("from", max(channel - (tile.size - 1) / 2, 0));
    const Ix until =
        b.let("until", min(channel + (tile.size / 2 + 1), channels));
    b.loop("pixel", 0, pixels, tile.lanes, [&](Ix pixel) {
      const Ix left = b.let("left", min(pixels - pixel, tile.lanes));
      b.set_constant(sum, 0);
      b.loop("c", from, until, 1, [&](Ix c) {
        const Reg value = b.load(x, image + c * pixels + pixel, left);
        b.set(sum, KernelOp::Fma, {value, value, sum});
      });
      const Reg base = b.apply(
          KernelOp::Fma,
          {sum, b.constant(tile.alpha / tile.size), b.constant(tile.bias)});
      const Ix at = image + channel * pixels + pixel;
      b.store(y, at,
              b.apply(KernelOp::Mul, {b.load(x, at, left),
                                      negative_power(b, base, tile.beta)}),
              left);
    });
  });
  return std::move(b).finish();
}

}  // namespace hone::tensor
