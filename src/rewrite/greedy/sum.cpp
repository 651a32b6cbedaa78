// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sums and products.
#include <numeric>

#include "rewrite/greedy/normalizer.h"

namespace hone::rewrite {

using term::Term;

int64_t factor_gcd(const Poly& poly) {
  int64_t gcd = 0;
  for (const Mono& mono : poly.monos()) {
    gcd = std::gcd(gcd, mono.factor);
    if (gcd == 1) break;
  }
  return gcd;
}

AtomId Normalizer::variable(Term term) {
  Atom key{.kind = AtomKind::Variable, .a = term.id};
  if (!facts_->variables.empty()) {
    const VariableFacts known = facts_->of(term);
    key.range = known.range;
    key.alignment = known.alignment;
    if (known.range.is_point()) key.alignment = Alignment::of(known.range.low);
  }
  return store_.atom(key);
}

// Quotients and remainders of the same division belong together:
//
//   c * (a / c) + a % c = a        a - c * (a / c) = a % c
bool Normalizer::join_remainders(Poly& poly) {
  for (const Mono& mono : poly.monos()) {
    const Atom& quotient = store_.atom_at(mono.atom);
    if (quotient.kind != AtomKind::Div || !store_.is_constant(quotient.b))
      continue;
    const int64_t divisor = store_.value(quotient.b);
    if (mono.factor % divisor != 0) continue;
    const int64_t times = mono.factor / divisor;
    const auto [dividend, by] = std::pair{quotient.a, quotient.b};
    for (const Mono& other : poly.monos()) {
      const Atom& remainder = store_.atom_at(other.atom);
      if (remainder.kind != AtomKind::Mod || remainder.a != dividend ||
          remainder.b != by || other.factor != times)
        continue;
      const AtomId gone = other.atom;
      poly.add(-mono.factor, mono.atom);
      poly.add(-times, gone);
      note(Rule::SumOfQuotientAndRemainder, {divisor, times}, dividend, poly);
      store_.add(poly, times, dividend);
      return true;
    }
    bool all = true;
    for (const Mono& inner : store_.monos(dividend))
      all &= poly.factor_of(inner.atom) == -times * inner.factor;
    if (!all) continue;
    poly.add(-mono.factor, mono.atom);
    store_.add(poly, times, dividend);
    note(Rule::RemainderFromQuotient, {divisor, -times}, dividend, poly);
    store_.add(poly, -times, mod_by(store_.poly(dividend), divisor));
    return true;
  }
  return false;
}

// The difference of two quotients of nearly the same number is one of the
// remainder: (a + k) / c - a / c = (a % c + k) / c.
bool Normalizer::join_quotients(Poly& poly) {
  const auto monos = poly.monos();
  for (size_t i = 1; i < monos.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      if (monos[i].factor != -monos[j].factor) continue;
      const Atom& x = store_.atom_at(monos[i].atom);
      const Atom& y = store_.atom_at(monos[j].atom);
      if (x.kind != AtomKind::Div || y.kind != AtomKind::Div || x.b != y.b ||
          !store_.is_constant(x.b))
        continue;
      const auto a = store_.monos(x.a), b = store_.monos(y.a);
      if (!std::equal(a.begin(), a.end(), b.begin(), b.end())) continue;
      const bool first = store_[x.a].constant > store_[y.a].constant;
      const Mono plus = first ? monos[i] : monos[j];
      const Mono minus = first ? monos[j] : monos[i];
      const FormId more = store_.atom_at(plus.atom).a;
      const FormId less = store_.atom_at(minus.atom).a;
      const int64_t divisor = store_.value(x.b);
      const int64_t apart = store_[more].constant - store_[less].constant;
      poly.add(-plus.factor, plus.atom);
      poly.add(-minus.factor, minus.atom);
      note(Rule::SumOfQuotients, {divisor, plus.factor, apart}, less, poly);
      Poly inner = store_.poly(mod_by(store_.poly(less), divisor));
      inner.add_constant(apart);
      store_.add(poly, plus.factor, div_by(std::move(inner), divisor));
      return true;
    }
  return false;
}

FormId Normalizer::sum(Poly& poly) {
  if (poly.count() > 1)
    while (!poly.overflown() && !store_.failed() &&
           (join_remainders(poly) || join_quotients(poly))) {
    }
  return store_.form(poly);
}

FormId Normalizer::negated(FormId form) {
  Poly poly;
  store_.add(poly, -1, form);
  return store_.form(poly);
}

// Adds factor * a * b, with the factors of products merged into one list.
bool Normalizer::multiply(Poly& out, int64_t factor, AtomId a, AtomId b) {
  Ids members;
  Interval range = Interval::of(1);
  Alignment alignment;
  for (const AtomId each : {a, b}) {
    const Atom& atom = store_.atom_at(each);
    if (atom.kind == AtomKind::Product)
      for (const uint32_t member : store_.list(atom)) members.push(member);
    else
      members.push(each);
  }
  if (members.size() > 16) return false;
  std::sort(members.begin(), members.end());
  const Atom& left = store_.atom_at(a);
  const Atom& right = store_.atom_at(b);
  range = left.range * right.range;
  if (a == b) range.low = std::max<int64_t>(range.low, 0);
  // Of two congruences the product keeps only common divisors.
  const auto divides = [](const Alignment& known) {
    return detail::gcd(known.modulus, known.remainder);
  };
  int64_t modulus;
  const int64_t x = divides(left.alignment), y = divides(right.alignment);
  if (x > 0 && y > 0 && !__builtin_mul_overflow(x, y, &modulus))
    alignment = {modulus, 0};
  out.add(factor, store_.atom({.kind = AtomKind::Product,
                               .range = range,
                               .alignment = alignment},
                              members.span()));
  return true;
}

FormId Normalizer::product(FormId a, FormId b) {
  if (store_.is_constant(a)) std::swap(a, b);
  Poly out;
  if (store_.is_constant(b)) {
    store_.add(out, store_.value(b), a);
    return sum(out);
  }
  const Poly left = store_.poly(a), right = store_.poly(b);
  // Sums multiply out; what would grow too much is given up.
  if (left.count() * right.count() > 32) {
    store_.fail();
    return a;
  }
  out.add_constant(static_cast<__int128>(left.constant()) * right.constant());
  for (const Mono& mono : left.monos()) {
    const __int128 scaled =
        static_cast<__int128>(mono.factor) * right.constant();
    if (scaled >= kLargest || scaled <= -kLargest) store_.fail();
    out.add(static_cast<int64_t>(scaled), mono.atom);
  }
  for (const Mono& mono : right.monos()) {
    const __int128 scaled =
        static_cast<__int128>(mono.factor) * left.constant();
    if (scaled >= kLargest || scaled <= -kLargest) store_.fail();
    out.add(static_cast<int64_t>(scaled), mono.atom);
  }
  for (const Mono& x : left.monos())
    for (const Mono& y : right.monos()) {
      const __int128 scaled = static_cast<__int128>(x.factor) * y.factor;
      if (scaled >= kLargest || scaled <= -kLargest ||
          !multiply(out, static_cast<int64_t>(scaled), x.atom, y.atom)) {
        store_.fail();
        return a;
      }
    }
  return sum(out);
}

FormId Normalizer::select(FactId condition, FormId a, FormId b) {
  if (a == b) {
    if (log_)
      note_step(Rule::SelectSame, {}, {condition, kTrue, kTrue}, {logged(a)});
    return a;
  }
  if (condition == kTrue || condition == kFalse) {
    if (log_)
      note_step(condition == kTrue ? Rule::SelectTrue : Rule::SelectFalse, {},
                {condition, kTrue, kTrue}, {logged(a), logged(b)});
    return condition == kTrue ? a : b;
  }
  // What both branches have in common stands outside.
  Poly first = store_.poly(a), second = store_.poly(b), common;
  for (Mono& mono : first.monos()) {
    const int64_t factor = mono.factor;
    if (second.factor_of(mono.atom) != factor) continue;
    common.add(factor, mono.atom);
  }
  for (const Mono& mono : common.monos()) {
    first.add(-mono.factor, mono.atom);
    second.add(-mono.factor, mono.atom);
  }
  if (first.constant() == second.constant()) {
    common.set_constant(first.constant());
    first.set_constant(0);
    second.set_constant(0);
  }
  const FormId x = store_.form(first), y = store_.form(second);
  if (log_ && (common.count() > 0 || common.constant() != 0))
    note_step(Rule::SelectCommon, {}, {condition, kTrue, kTrue},
              {logged(x), logged(y), logged(common)});
  common.add(1, store_.atom({.kind = AtomKind::Select,
                             .a = condition,
                             .b = x,
                             .c = y,
                             .range = hull(store_[x].range, store_[y].range),
                             .alignment = hull(store_[x].alignment,
                                               store_[y].alignment)}));
  return sum(common);
}

}  // namespace hone::rewrite
