// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reductions of Forms: how a quotient, a minimum or a choice becomes a form
// over one canonical atom.
#include <algorithm>

#include "rewrite/linear/forms.h"

namespace hone::rewrite::linear {

namespace {

// The multiple of c nearest to a, ties towards minus infinity: the remainder
// lies in (-c/2, c/2].
int64_t nearest_quotient(int64_t a, int64_t c) {
  const int64_t q = floor_div(a, c);
  const int64_t r = a - q * c;
  return r > c - r ? q + 1 : q;
}

}  // namespace

Interval Forms::range_of(const Atom& atom) const {
  switch (atom.kind) {
    case AtomKind::Variable:
      return atom.range;
    case AtomKind::Floor: {
      Interval r = range(atom.first);
      if (is_finite(r.low)) r.low = floor_div(r.low, atom.number);
      if (is_finite(r.high)) r.high = floor_div(r.high, atom.number);
      return r;
    }
    case AtomKind::Least: {
      const Interval r = range(atom.first);
      return {std::min<int64_t>(r.low, 0), std::min<int64_t>(r.high, 0)};
    }
    case AtomKind::Choice: {
      const Interval r = range(atom.first);
      return {std::min<int64_t>(r.low, 0), std::max<int64_t>(r.high, 0)};
    }
    case AtomKind::Product: {
      const auto is_even = [](const Part& factor) {
        return factor.coefficient % 2 == 0;
      };
      if (std::ranges::all_of(parts(atom.first), is_even))
        return {0, kPlusInfinity};
      return {};
    }
    case AtomKind::Remainder: {
      // Less than a positive divisor; at most the opposite of another.
      const Interval r = range(atom.second);
      if (!is_finite(r.low) || !is_finite(r.high)) return {0, kPlusInfinity};
      return {0, std::max(r.high - 1, std::max<int64_t>(-r.low, 0))};
    }
    case AtomKind::Quotient:
      return {};
  }
  return {};
}

FormId Forms::divide(FormId a, FormId b) {
  if (!is_constant(b)) {
    if (is_constant(a) && constant_of(a) == 0) return constant(0);
    const FormId quotient = atom_form(
        intern({.kind = AtomKind::Quotient, .first = a, .second = b}));
    // What the axioms of a quotient q name: the products of qD.
    if (!overflow_) multiply(quotient, b);
    return quotient;
  }
  const int64_t c = constant_of(b);
  if (c == 0) return constant(0);
  // a / -c = -(a / c) where the remainder is never negative.
  return c > 0 ? divide_by(a, c) : scale(divide_by(a, -c), -1);
}

FormId Forms::remainder(FormId a, FormId b) {
  if (!is_constant(b)) {
    if (is_constant(a) && constant_of(a) == 0) return constant(0);
    if (same(a, b)) return constant(0);
    divide(a, b);  // for the axioms that name both
    return atom_form(
        intern({.kind = AtomKind::Remainder, .first = a, .second = b}));
  }
  const int64_t c = constant_of(b);
  if (c == 0) return constant(0);
  return combine(a, 1, divide_by(a, magnitude(c)), -magnitude(c));
}

// floor(a / c), c > 0.
FormId Forms::divide_by(FormId a, int64_t c) {
  if (c == 1) return a;
  // a = c·Q + R, the coefficients of R in (-c/2, c/2].
  const Record r = forms_[a];
  int32_t at = begin();
  for (int32_t i = 0; i < r.size; ++i) {
    const Part part = parts_[r.begin + i];
    const int64_t q = nearest_quotient(part.coefficient, c);
    if (q != 0) parts_.push_back({part.atom, q});
  }
  FormId whole = end(at, floor_div(r.constant, c));
  FormId rest = combine(a, 1, whole, -c);
  if (overflow_) return fail();
  if (is_constant(rest)) return whole;
  // floor((gF + r) / gc) = floor((F + floor(r / g)) / c)
  const int64_t shared = gcd(content(rest), c);
  rest = divide_content(rest, shared);
  c /= shared;
  if (c == 1) return add(whole, rest);
  // A lone floor(F / d) + k over c is floor((F + kd) / cd).
  const Part lone = parts(rest)[0];
  if (forms_[rest].size == 1 && lone.coefficient == 1 &&
      atoms_[lone.atom].kind == AtomKind::Floor) {
    const Atom inner = atoms_[lone.atom];
    int64_t product = 0, k = 0;
    if (linear::multiply(inner.number, c, product) &&
        linear::multiply(inner.number, constant_of(rest), k))
      return add(whole, divide_by(shift(inner.first, k), product));
  }
  // floor(-F / c) = -floor((F + c - 1) / c)
  const bool flip = lone.coefficient < 0;
  if (flip) {
    // A coefficient c/2 would become -c/2: move c times it.
    rest = shift(scale(rest, -1), c - 1);
    at = begin();
    const Record flipped = forms_[rest];
    for (int32_t i = 0; i < flipped.size; ++i)
      if (parts_[flipped.begin + i].coefficient * 2 == -c)
        parts_.push_back({parts_[flipped.begin + i].atom, -1});
    const FormId moved = end(at, floor_div(constant_of(rest), c));
    rest = combine(rest, 1, moved, -c);
    whole = combine(whole, 1, moved, -1);
  }
  if (overflow_) return fail();
  const Interval bounds = range(rest);
  const int64_t sign = flip ? -1 : 1;
  if (is_finite(bounds.low) && is_finite(bounds.high) &&
      floor_div(bounds.low, c) == floor_div(bounds.high, c))
    return shift(whole, sign * floor_div(bounds.low, c));
  const AtomId id =
      intern({.kind = AtomKind::Floor, .number = c, .first = rest});
  return combine(whole, 1, atom_form(id), sign);
}

FormId Forms::least(FormId a, FormId b) {
  FormId difference = subtract(b, a);
  if (overflow_) return fail();
  if (is_constant(difference)) return constant_of(difference) >= 0 ? a : b;
  const Interval bounds = range(difference);
  if (bounds.low >= 0) return a;
  if (bounds.high <= 0) return b;
  FormId base = a;
  if (parts(difference)[0].coefficient < 0) {
    difference = scale(difference, -1);
    base = b;
  }
  const int64_t shared = gcd(content(difference), constant_of(difference));
  difference = divide_content(difference, shared);
  const AtomId id = intern({.kind = AtomKind::Least, .first = difference});
  return combine(base, 1, atom_form(id), shared);
}

FormId Forms::greatest(FormId a, FormId b) {
  const FormId smaller = least(a, b);
  return combine(add(a, b), 1, smaller, -1);
}

FormId Forms::choose(int32_t condition, FormId a, FormId b) {
  const FormId difference = subtract(a, b);
  if (is_constant(difference) && constant_of(difference) == 0) return a;
  const AtomId id = intern(
      {.kind = AtomKind::Choice, .source = condition, .first = difference});
  return add(b, atom_form(id));
}

}  // namespace hone::rewrite::linear
