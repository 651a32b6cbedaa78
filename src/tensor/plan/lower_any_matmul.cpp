// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of matrices of any type, Einstein sums and determinants.
#include <algorithm>
#include <cmath>
#include <map>

#include "tensor/plan/einstein.h"
#include "tensor/plan/lower_general.h"

namespace hone::tensor {

using K = ElementKernel;

namespace {

// The operands of one element of a product, with NumPy's rules for vectors.
struct Product {
  const Operand &a, &b;
  bool a_vector, b_vector;

  Product(const Operand& a, const Operand& b)
      : a(a), b(b), a_vector(a.rank() == 1), b_vector(b.rank() == 1) {}

  size_t batch(const Index& i) const {
    return i.size() - (a_vector ? 0 : 1) - (b_vector ? 0 : 1);
  }
  // The last `own` batch axes of an operand; extents of 1 are repeated.
  static Index start(const Operand& x, const Index& i, size_t batch) {
    Index index;
    if (x.rank() < 2) return index;
    const size_t own = x.rank() - 2;
    for (size_t d = 0; d < own; ++d)
      index.push_back(repeated(x, d, i[batch - own + d]));
    return index;
  }
  Ix depth() const { return a.dims.back(); }
  Index of_a(const Index& i, Ix k) const {
    Index index = start(a, i, batch(i));
    if (!a_vector) index.push_back(i[batch(i)]);
    index.push_back(k);
    return index;
  }
  Index of_b(const Index& i, Ix k) const {
    Index index = start(b, i, batch(i));
    index.push_back(k);
    if (!b_vector) index.push_back(i.back());
    return index;
  }
};

// A zero point or scale: one for all, one for each row or column, or as the
// product broadcasts it.
Reg parameter(K& k, size_t input, const Index& i, bool by_row) {
  const Operand& p = k.in(input);
  if (p.rank() == 0) return k.load(p, 0);
  if (p.rank() == 1)
    return k.load(
        p, repeated(p, 0, by_row && i.size() > 1 ? i[i.size() - 2] : i.back()));
  return k.load(p, k.broadcast(p, i));
}

}  // namespace

Status lower_any_matmul(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& y = k.out(0);
  const Product p(k.in(0), k.in(1));
  const bool is_integer = node.op == Op::MatMulInteger;
  k.for_each(y.dims, [&](const Index& i) {
    Reg a_zero = k.integer(0), b_zero = a_zero;
    if (is_integer && k.has(2)) a_zero = parameter(k, 2, i, true);
    if (is_integer && k.has(3)) b_zero = parameter(k, 3, i, false);
    const Reg sum = k.variable(k.zero(p.a));
    k.loop(0, p.depth(), [&](Ix d) {
      Reg a = k.load(p.a, p.of_a(i, d)), b = k.load(p.b, p.of_b(i, d));
      if (is_integer) {
        a = k.sub(a, a_zero);
        b = k.sub(b, b_zero);
      }
      k.set(sum, k.add(sum, k.mul(a, b)));
    });
    k.store(y, i, sum);
  });
  return k.emit();
}

Status lower_any_gemm(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &a = k.in(0), &b = k.in(1), &y = k.out(0);
  const bool trans_a = node.integer("transA") != 0;
  const bool trans_b = node.integer("transB") != 0;
  k.for_each(y.dims, [&](const Index& i) {
    const Reg sum = k.variable(k.zero(y));
    k.loop(0, a.dims[trans_a ? 0 : 1], [&](Ix d) {
      const Index at_a = trans_a ? Index{d, i[0]} : Index{i[0], d};
      const Index at_b = trans_b ? Index{i[1], d} : Index{d, i[1]};
      k.set(sum, k.add(sum, k.mul(k.load(a, at_a), k.load(b, at_b))));
    });
    Reg value = k.mul(k.number(node.number("alpha")), k.to_float(sum));
    if (k.has(2)) {
      const Reg c = k.to_float(k.load(k.in(2), k.broadcast(k.in(2), i)));
      value = k.add(value, k.mul(k.number(node.number("beta")), c));
    }
    k.store(y, i, is_float(y.type) ? value : k.to_integer(value));
  });
  return k.emit();
}

Reg quantized(K& k, Reg real, Reg scale, Reg zero, ElementType type) {
  const bool is_signed = element_class(type) == ElementClass::Int;
  const int bits = element_bits(type);
  const double low = is_signed ? -std::ldexp(1, bits - 1) : 0;
  const double high = std::ldexp(1, is_signed ? bits - 1 : bits) - 1;
  Reg value = k.op(KernelOp::Round, {k.div(real, scale)});
  value = k.add(value, k.to_float(zero));
  value = k.select(k.less(value, k.number(low)), k.number(low), value);
  value = k.select(k.less(k.number(high), value), k.number(high), value);
  return k.to_integer(value);
}

Status lower_qlinear_matmul(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& y = k.out(0);
  const Product p(k.in(0), k.in(3));
  k.for_each(y.dims, [&](const Index& i) {
    const Reg a_zero = parameter(k, 2, i, true);
    const Reg b_zero = parameter(k, 5, i, false);
    const Reg sum = k.variable(k.integer(0));
    k.loop(0, p.depth(), [&](Ix d) {
      const Reg a = k.sub(k.load(p.a, p.of_a(i, d)), a_zero);
      const Reg b = k.sub(k.load(p.b, p.of_b(i, d)), b_zero);
      k.set(sum, k.add(sum, k.mul(a, b)));
    });
    const Reg scale =
        k.mul(parameter(k, 1, i, true), parameter(k, 4, i, false));
    k.store(
        y, i,
        quantized(k, k.mul(k.to_float(sum), scale), parameter(k, 6, i, true),
                  parameter(k, 7, i, true), y.type));
  });
  return k.emit();
}

// --- Einstein sums -----------------------------------------------------------

Status lower_einsum(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand& y = k.out(0);
  std::vector<size_t> ranks;
  for (size_t n = 0; n < k.inputs(); ++n) ranks.push_back(k.in(n).rank());
  const EinsteinSum letters = einstein_sum(node.text("equation"), ranks);
  std::map<char, Ix> extents;
  const bool is_dynamic = planner.is_dynamic(node);
  for (size_t n = 0; n < k.inputs(); ++n)
    for (size_t d = 0; d < k.in(n).rank(); ++d)
      if (const auto [found, is_new] =
              extents.try_emplace(letters.terms[n][d], k.in(n).dims[d]);
          !is_new && k.in(n).known[d] != 1)
        found->second = is_dynamic ? k.let(max(found->second, k.in(n).dims[d]))
                                   : k.in(n).dims[d];
  Index inner;
  for (const char c : letters.summed) inner.push_back(extents.at(c));
  k.for_each(y.dims, [&](const Index& i) {
    const Reg sum = k.variable(k.zero(y));
    k.for_each(inner, [&](const Index& j) {
      Reg product;
      for (size_t n = 0; n < k.inputs(); ++n) {
        Index at;
        for (size_t d = 0; d < k.in(n).rank(); ++d) {
          const char c = letters.terms[n][d];
          const size_t outer = letters.output.find(c);
          const Ix place =
              outer != std::string::npos ? i[outer] : j[letters.summed.find(c)];
          at.push_back(repeated(k.in(n), d, place));
        }
        const Reg value = k.load(k.in(n), at);
        product = n == 0 ? value : k.mul(product, value);
      }
      k.set(sum, k.add(sum, product));
    });
    k.store(y, i, sum);
  });
  return k.emit();
}

// By elimination with the largest pivot.
Status lower_det(Planner& planner, int index) {
  const Node& node = planner.graph().nodes[index];
  K k(planner, node);
  HONE_RETURN_IF_ERROR(k.open());
  const Operand &x = k.in(0), &y = k.out(0);
  const int64_t size = x.known.back();
  const Operand m = k.scratch(ElementType::F64, {size, size});
  const Ix n = x.dims.back();
  k.loop(0, y.count, [&](Ix matrix) {
    k.for_each({n, n}, [&](const Index& i) {
      k.store(m, i, k.load(x, (matrix * n + i[0]) * n + i[1]));
    });
    const Reg result = k.variable(k.number(1));
    k.loop(0, n, [&](Ix c) {
      const Reg pivot = k.variable(k.of(c));
      const Reg most = k.variable(k.abs(k.load(m, {c, c})));
      k.loop(c + 1, n, [&](Ix r) {
        const Reg value = k.abs(k.load(m, {r, c}));
        const Reg better = k.less(most, value);
        k.set(pivot, k.select(better, k.of(r), pivot));
        k.set(most, k.select(better, value, most));
      });
      const Ix p = k.index(pivot);
      k.loop(0, n, [&](Ix j) {
        const Reg a = k.load(m, {c, j}), b = k.load(m, {p, j});
        k.store(m, {c, j}, b);
        k.store(m, {p, j}, a);
      });
      k.set(result, k.select(k.equal(pivot, k.of(c)), result, k.neg(result)));
      const Reg own = k.load(m, {c, c});
      k.set(result, k.mul(result, own));
      const Reg singular = k.equal(own, k.number(0));
      k.loop(c + 1, n, [&](Ix r) {
        const Reg factor =
            k.select(singular, k.number(0), k.div(k.load(m, {r, c}), own));
        k.loop(c, n, [&](Ix j) {
          k.store(m, {r, j},
                  k.sub(k.load(m, {r, j}), k.mul(factor, k.load(m, {c, j}))));
        });
      });
    });
    k.store(y, matrix, result);
  });
  return k.emit();
}

}  // namespace hone::tensor
