// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/reduction.h"

#include <limits>

#include "tensor/kernel/vector_math.h"

namespace hone::tensor {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Parts {
  double start;
  KernelOp combine;
  KernelOp lanes;
};

Parts parts_of(Reduction reduction) {
  if (reduction == Reduction::Max)
    return {-kInfinity, KernelOp::Max, KernelOp::ReduceMax};
  if (reduction == Reduction::Min)
    return {kInfinity, KernelOp::Min, KernelOp::ReduceMin};
  return {0, KernelOp::Add, KernelOp::ReduceSum};
}

// The arguments that both kernels have, and loops over one dimension.
struct Frame {
  KernelBuilder& b;
  bool along;
  Pointer y, x;
  Ix begin = 0, end = 0, n = 0, inner = 1;

  Frame(KernelBuilder& builder, bool along) : b(builder), along(along) {
    y = b.pointer("y");
    x = b.pointer("x");
    begin = b.size("begin");
    end = b.size("end");
    n = b.size("n");
    if (!along) inner = b.size("inner");
  }

  // Calls body(index of x, lanes) for each vector of the reduced dimension:
  // vectors along it, or one vector for each of its elements.
  void each(Ix base, std::optional<Ix> left,
            const std::function<void(Ix, std::optional<Ix>)>& body) {
    const int lanes = b.lanes();
    if (!along) {
      b.loop("i", 0, n, 1, [&](Ix i) { body(base + i * inner, left); });
      return;
    }
    const Ix whole = b.let("whole", n / lanes * lanes);
    b.loop("i", 0, whole, lanes, [&](Ix i) { body(base + i, {}); });
    b.when_less(whole, n,
                [&] { body(base + whole, b.let("left", n - whole)); });
  }

  // Calls body(base of x, base of y, lanes) for everything that is reduced by
  // itself, or for one vector of such.
  void outer(const std::function<void(Ix, Ix, std::optional<Ix>)>& body) {
    b.loop("outer", begin, end, 1, [&](Ix o) {
      if (along) return body(b.let("base", o * n), o, {});
      b.loop("j", 0, inner, b.lanes(), [&](Ix j) {
        body(b.let("base", o * n * inner + j), o * inner + j,
             b.let("lanes_left", min(inner - j, b.lanes())));
      });
    });
  }

  // Lanes behind the last must not take part: they get `neutral` instead.
  Reg load(Ix at, std::optional<Ix> left, double neutral) {
    const Reg value = b.load(x, at, left);
    if (!left || !along) return value;
    const Reg mask = b.apply(KernelOp::IntLess, {b.iota(), b.index(*left)});
    return b.apply(KernelOp::Select, {mask, value, b.constant(neutral)});
  }

  Reg all_lanes(Reg value, KernelOp op) {
    if (!along) return value;
    return b.apply(KernelOp::Splat, {b.apply(op, {value})});
  }
};

}  // namespace

VectorKernel build_reduction(Reduction reduction, bool along, int lanes) {
  KernelBuilder b("reduction", lanes);
  Frame f(b, along);
  const Parts parts = parts_of(reduction);
  const Reg sum = b.variable("sum");
  f.outer([&](Ix base, Ix to, std::optional<Ix> left) {
    b.set_constant(sum, parts.start);
    f.each(base, left, [&](Ix at, std::optional<Ix> rest) {
      const Reg value = f.load(at, rest, parts.start);
      if (reduction == Reduction::SumSquare)
        b.set(sum, KernelOp::Fma, {value, value, sum});
      else
        b.set(sum, parts.combine, {sum, value});
    });
    Reg result = f.all_lanes(sum, parts.lanes);
    if (reduction == Reduction::Mean)
      result = b.apply(KernelOp::Div,
                       {result, b.apply(KernelOp::ToFloat, {b.index(f.n)})});
    b.store(f.y, to, result, along ? Ix(1) : *left);
  });
  return std::move(b).finish();
}

VectorKernel build_softmax(bool log, bool along, int lanes) {
  KernelBuilder b("softmax", lanes);
  Frame f(b, along);
  const Reg most = b.variable("most"), sum = b.variable("sum");
  f.outer([&](Ix base, Ix, std::optional<Ix> left) {
    b.set_constant(most, -kInfinity);
    f.each(base, left, [&](Ix at, std::optional<Ix> rest) {
      b.set(most, KernelOp::Max, {most, f.load(at, rest, -kInfinity)});
    });
    const Reg largest = f.all_lanes(most, KernelOp::ReduceMax);
    b.set_constant(sum, 0);
    f.each(base, left, [&](Ix at, std::optional<Ix> rest) {
      const Reg shifted =
          b.apply(KernelOp::Sub, {f.load(at, rest, -kInfinity), largest});
      const Reg power = write_function(b, VectorFunction::Exp, shifted);
      b.set(sum, KernelOp::Add, {sum, power});
      b.store(f.y, at, log ? shifted : power, rest ? rest : left);
    });
    const Reg total = f.all_lanes(sum, KernelOp::ReduceSum);
    const Reg scale = log ? write_function(b, VectorFunction::Log, total)
                          : b.apply(KernelOp::Div, {b.constant(1), total});
    f.each(base, left, [&](Ix at, std::optional<Ix> rest) {
      const std::optional<Ix> count = rest ? rest : left;
      const Reg value = b.load(f.y, at, count);
      b.store(f.y, at,
              b.apply(log ? KernelOp::Sub : KernelOp::Mul, {value, scale}),
              count);
    });
  });
  return std::move(b).finish();
}

}  // namespace hone::tensor
