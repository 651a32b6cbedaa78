// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Quotients and remainders.
//
// Division by a positive number c, with a = c*q + r taken apart coefficient by
// coefficient (each remainder has the sign of its coefficient, the constant's
// lies in [0, c)):
//
//   a / c = q + r / c            a % c = r % c
//
// What all of r's coefficients and c have in common is divided out, and a
// remainder that stays within one multiple of c is no quotient at all.
#include <numeric>

#include "rewrite/greedy/normalizer.h"

namespace hone::rewrite {
namespace {

using term::euclidean_div;
using term::euclidean_mod;

// Moves multiples of the divisor from `poly` to the quotient that is returned.
Poly take_multiples(Poly& poly, int64_t divisor) {
  Poly quotient(euclidean_div(poly.constant(), divisor));
  poly.set_constant(euclidean_mod(poly.constant(), divisor));
  bool zeros = false;
  for (Mono& mono : poly.monos()) {
    const int64_t times = mono.factor / divisor;
    if (times == 0) continue;
    quotient.add(times, mono.atom);
    mono.factor -= times * divisor;
    zeros |= mono.factor == 0;
  }
  if (zeros) poly.drop_zeros();
  return quotient;
}

// Divides factors by their common divisor and rounds the constant down.
void reduce(Poly& poly, int64_t gcd) {
  for (Mono& mono : poly.monos()) mono.factor /= gcd;
  poly.set_constant(euclidean_div(poly.constant(), gcd));
}

// Whether the interval lies within one multiple of the divisor.
bool within_one(const Interval& range, int64_t divisor, int64_t& quotient) {
  if (!range.has_low() || !range.has_high()) return false;
  quotient = euclidean_div(range.low, divisor);
  return quotient == euclidean_div(range.high, divisor);
}

}  // namespace

FormId Normalizer::div_by(Poly poly, int64_t divisor) {
  if (poly.overflown()) store_.fail();
  if (store_.failed()) return store_.constant(0);
  if (divisor == 0) {
    note(Rule::QuotientByZero, {}, poly);
    return store_.constant(0);
  }
  if (divisor < 0) {
    note(Rule::QuotientByNegative, {divisor}, poly);
    return negated(div_by(std::move(poly), -divisor));
  }
  if (divisor == 1) {
    note(Rule::QuotientByOne, {}, poly);
    return sum(poly);
  }
  Poly quotient = take_multiples(poly, divisor);
  if (quotient.count() > 0 || quotient.constant() != 0)
    note(Rule::QuotientMultiples, {divisor}, quotient, poly);
  if (poly.is_constant()) return sum(quotient);
  const int64_t gcd = std::gcd(factor_gcd(poly), divisor);
  if (gcd > 1) {
    const int64_t constant = poly.constant();
    reduce(poly, gcd);
    divisor /= gcd;
    if (log_) {
      Poly x = poly;
      x.set_constant(0);
      note(Rule::QuotientCommonFactor, {gcd, constant, divisor}, x);
    }
    if (divisor == 1) {
      quotient.add_scaled(1, poly);
      return sum(quotient);
    }
  }
  const Interval range = store_.range(poly);
  int64_t constant;
  if (within_one(range, divisor, constant)) {
    note(Rule::QuotientInRange, {divisor, constant}, poly);
    quotient.add_constant(constant);
    return sum(quotient);
  }
  if (poly.count() == 1 && poly.monos()[0].factor == 1) {
    const Atom& inner = store_.atom_at(poly.monos()[0].atom);
    if (inner.kind == AtomKind::Div && store_.is_constant(inner.b)) {
      // (a / d + k) / c = (a + k*d) / (c*d)
      const int64_t by = store_.value(inner.b);
      Poly whole = store_.poly(inner.a);
      whole.add_constant(static_cast<__int128>(poly.constant()) * by);
      int64_t product;
      if (!__builtin_mul_overflow(by, divisor, &product) &&
          product < kLargest) {
        note(Rule::QuotientOfQuotient, {by, poly.constant(), divisor}, inner.a);
        store_.add(quotient, 1, div_by(whole, product));
        return sum(quotient);
      }
    }
    if (inner.kind == AtomKind::Min) {
      // Rounding down is monotone: min(a, b) / c = min(a / c, b / c), which is
      // less where the divisor divides most of the members.
      uint32_t exact = 0;
      for (const FormId member : store_.list(inner)) {
        bool divides = true;
        for (const Mono& mono : store_.monos(member))
          divides &= mono.factor % divisor == 0;
        exact += divides;
      }
      if (exact * 2 >= inner.count) {
        Ids members{store_.list(inner)};
        note_pairs(Rule::QuotientOfMinimum, {divisor, poly.constant()},
                   members);
        for (uint32_t& member : members) {
          Poly each = store_.poly(member);
          each.add_constant(poly.constant());
          member = div_by(std::move(each), divisor);
        }
        store_.add(quotient, 1, min(members));
        return sum(quotient);
      }
    }
  }
  Atom key{.kind = AtomKind::Div};
  key.a = store_.form(poly);
  key.b = store_.constant(divisor);
  key.range = divided(range, divisor);
  const Alignment known = store_[key.a].alignment;
  if (known.modulus > 1 && known.modulus % divisor == 0)
    key.alignment = {known.modulus / divisor,
                     euclidean_mod(euclidean_div(known.remainder, divisor),
                                   known.modulus / divisor)};
  quotient.add(1, store_.atom(key));
  return sum(quotient);
}

void Normalizer::drop_multiples(Poly& poly, int64_t divisor) {
  const Poly quotient = take_multiples(poly, divisor);
  if (quotient.count() > 0 || quotient.constant() != 0)
    note(Rule::RemainderMultiples, {divisor}, quotient, poly);
}

FormId Normalizer::mod_by(Poly poly, int64_t divisor) {
  if (poly.overflown()) store_.fail();
  if (store_.failed()) return store_.constant(0);
  if (divisor < 0) {
    note(Rule::RemainderByNegative, {divisor}, poly);
    divisor = -divisor;
  }
  if (divisor <= 1) {
    note(divisor == 0 ? Rule::RemainderByZero : Rule::RemainderByOne, {}, poly);
    return store_.constant(0);
  }
  drop_multiples(poly, divisor);
  // A remainder by a multiple of the divisor is as good as what it is of.
  for (;;) {
    const Mono* found = nullptr;
    for (const Mono& mono : poly.monos()) {
      const Atom& atom = store_.atom_at(mono.atom);
      if (atom.kind == AtomKind::Mod && store_.is_constant(atom.b) &&
          store_.value(atom.b) % divisor == 0)
        found = &mono;
    }
    if (!found) break;
    const Mono mono = *found;
    const Atom inner = store_.atom_at(mono.atom);
    poly.add(-mono.factor, mono.atom);
    note(Rule::RemainderOfRemainder,
         {0, mono.factor, divisor, store_.value(inner.b) / divisor}, inner.a,
         poly);
    store_.add(poly, mono.factor, inner.a);
    drop_multiples(poly, divisor);
  }
  if (poly.is_constant()) return store_.constant(poly.constant());
  const int64_t gcd = std::gcd(factor_gcd(poly), divisor);
  if (gcd > 1) {
    // (g*a + k) % (g*c) = g * ((a + k / g) % c) + k % g
    const int64_t constant = poly.constant();
    const int64_t rest = euclidean_mod(constant, gcd);
    reduce(poly, gcd);
    if (log_) {
      Poly x = poly;
      x.set_constant(0);
      note(Rule::RemainderCommonFactor, {gcd, constant, divisor / gcd}, x);
    }
    Poly out(rest);
    store_.add(out, gcd, mod_by(std::move(poly), divisor / gcd));
    return sum(out);
  }
  const Interval range = store_.range(poly);
  int64_t quotient;
  if (within_one(range, divisor, quotient)) {
    note(Rule::RemainderInRange, {divisor, quotient}, poly);
    poly.add_constant(-static_cast<__int128>(quotient) * divisor);
    return sum(poly);
  }
  const Alignment known = store_.alignment(poly);
  if (known.modulus > 0 && known.modulus % divisor == 0) {
    const int64_t remainder = euclidean_mod(known.remainder, divisor);
    note(Rule::RemainderAligned, {divisor, remainder}, poly);
    return store_.constant(remainder);
  }
  Atom key{.kind = AtomKind::Mod};
  key.a = store_.form(poly);
  key.b = store_.constant(divisor);
  key.range = {0, divisor - 1};
  if (range.low >= 0 && range.high < key.range.high)
    key.range.high = range.high;
  const int64_t modulus = detail::gcd(known.modulus, divisor);
  if (modulus > 1)
    key.alignment = {modulus, euclidean_mod(known.remainder, modulus)};
  return store_.of_atom(store_.atom(key));
}

FormId Normalizer::div(FormId a, FormId b) {
  if (store_.is_constant(b)) return div_by(store_.poly(a), store_.value(b));
  if (store_.is_constant(a) && store_.value(a) == 0) {
    note(Rule::QuotientOfZero, {}, b);
    return a;
  }
  const Interval by = store_[b].range;
  const bool nonzero = !by.contains(0) || !store_[b].alignment.allows(0);
  if (a == b && nonzero) {
    note(Rule::QuotientOfSame, {}, a);
    return store_.constant(1);
  }
  Atom key{.kind = AtomKind::Div, .a = a, .b = b};
  const Interval range = store_[a].range;
  // The magnitude does not grow; the sign is known where the divisor's is.
  if (by.low >= 0)
    key.range = hull(range, Interval::of(0));
  else if (range.has_low() && range.has_high())
    key.range = hull(hull(range, range * -1), Interval::of(0));
  return store_.of_atom(store_.atom(key));
}

FormId Normalizer::mod(FormId a, FormId b) {
  if (store_.is_constant(b)) return mod_by(store_.poly(a), store_.value(b));
  if (a == b || (store_.is_constant(a) && store_.value(a) == 0)) {
    note(a == b ? Rule::RemainderOfSame : Rule::RemainderOfZero, {}, b);
    return store_.constant(0);
  }
  Atom key{.kind = AtomKind::Mod, .a = a, .b = b};
  const Interval by = store_[b].range;
  key.range.low = 0;
  if (by.has_low() && by.has_high())
    key.range.high = std::max<int64_t>(0, std::max(-by.low, by.high) - 1);
  return store_.of_atom(store_.atom(key));
}

}  // namespace hone::rewrite
