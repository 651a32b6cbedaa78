// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Comparisons: a form at most 0, a form equal to 0.
//
// Coefficients lose their common divisor and the constant is rounded, which
// alone decides 4*x == 2. Members of a minimum that cannot matter for the
// comparison are cut: in min(x, 7) <= 5 the 7 cannot.
#include <numeric>

#include "rewrite/greedy/normalizer.h"

namespace hone::rewrite {
namespace {

using term::euclidean_div;

// Divides by the common divisor of the coefficients, which it returns; the
// constant is rounded up.
int64_t reduce(Poly& poly) {
  const int64_t gcd = factor_gcd(poly);
  if (gcd <= 1) return 1;
  for (Mono& mono : poly.monos()) mono.factor /= gcd;
  poly.set_constant(-euclidean_div(-poly.constant(), gcd));
  return gcd;
}

// The combination without its constant.
Poly linear_part(const Poly& poly) {
  Poly linear = poly;
  linear.set_constant(0);
  return linear;
}

}  // namespace

// Cuts members of minima. For `equality`, poly == 0 is meant, otherwise poly
// <= 0. Says whether anything changed, or sets `impossible`.
bool Normalizer::cut_branches(Poly& poly, bool equality, bool& impossible) {
  for (uint32_t i = poly.count(); i > 0; --i) {
    const Mono mono = poly.monos()[i - 1];
    if (store_.atom_at(mono.atom).kind != AtomKind::Min) continue;
    if (store_.atom_at(mono.atom).count > 6) continue;
    Ids members{store_.list(store_.atom_at(mono.atom))};
    const uint32_t before = members.size();
    Poly rest = poly;
    rest.add(-mono.factor, mono.atom);
    const bool up = mono.factor > 0;
    for (uint32_t m = 0; m < members.size(); ++m) {
      Poly with = rest;
      store_.add(with, mono.factor, members[m]);
      // Positive factor: the whole is the least of the cases. A case that is
      // never at most 0 cannot be the one that matters. Negative: the largest.
      Poly other = with;
      if (up) {
        other.scale(-1);
        other.add_constant(1);
      } else if (equality) {
        other.add_constant(1);
      }
      if (at_most_zero(other, limits_.inner_steps)) {
        if (members.size() == 1) {
          // Up, or equality: the last case is out of the question too.
          impossible = up || equality;
          if (equality)
            note(up ? Rule::EqualAbove : Rule::EqualBelow, {}, with);
          if (!impossible) poly = Poly(0);  // always at most 0
          return true;
        }
        const FormId cut = members[m];
        members.erase(m--);
        note_member(
            equality ? (up ? Rule::EqualMinimumCut : Rule::EqualMaximumCut)
                     : (up ? Rule::AtMostMinimumCut : Rule::AtMostMaximumCut),
            {up ? mono.factor : -mono.factor}, cut, members, rest);
      } else if (equality) {
        // For an equality, a case strictly beyond decides.
        Poly beyond = with;
        if (!up) beyond.scale(-1);
        beyond.add_constant(1);
        if (at_most_zero(beyond, limits_.inner_steps)) {
          const FormId member = members[m];
          members.erase(m);
          if (members.size() == 0) members.push(member);
          note_member(up ? Rule::EqualMinimumNever : Rule::EqualMaximumNever,
                      {up ? mono.factor : -mono.factor}, member, members, rest);
          impossible = true;
          return true;
        }
      }
    }
    if (members.size() == before) continue;
    store_.add(rest, mono.factor, min(members));
    poly = store_.poly(sum(rest));
    return true;
  }
  return false;
}

FactId Normalizer::at_most(Poly poly) {
  poly = store_.poly(sum(poly));
  for (int round = 0; round < 4; ++round) {
    const int64_t constant = poly.constant();
    if (const int64_t gcd = reduce(poly); gcd > 1 && log_)
      note(Rule::AtMostCommonFactor, {gcd, constant}, linear_part(poly));
    const Interval range = store_.range(poly);
    if (range.high <= 0 || range.low > 0) {
      note(range.high <= 0 ? Rule::AtMostTrue : Rule::AtMostFalse, {}, poly);
      return range.high <= 0 ? kTrue : kFalse;
    }
    if (poly.overflown() || store_.failed()) {
      store_.fail();
      return kFalse;
    }
    // x / c + k <= 0 says as much about x.
    if (poly.count() == 1) {
      const Mono mono = poly.monos()[0];
      const Atom& atom = store_.atom_at(mono.atom);
      if (atom.kind == AtomKind::Div && store_.is_constant(atom.b)) {
        // After reduce() the factor is 1 or -1.
        const int64_t divisor = store_.value(atom.b);
        const int64_t constant = poly.constant();
        note(mono.factor > 0 ? Rule::AtMostQuotient
                             : Rule::AtMostNegativeQuotient,
             {divisor, constant}, atom.a);
        Poly linear;
        store_.add(linear, mono.factor, atom.a);
        linear.add_constant(static_cast<__int128>(constant) * divisor -
                            (mono.factor > 0 ? divisor - 1 : 0));
        poly = store_.poly(sum(linear));
        continue;
      }
    }
    bool impossible = false;
    const Poly before = poly;
    if (!cut_branches(poly, false, impossible)) break;
    if (impossible) {
      note(Rule::AtMostFalse, {}, before);
      return kFalse;
    }
    if (poly.is_constant()) note(Rule::AtMostTrue, {}, before);
  }
  if (at_most_zero(poly, limits_.steps)) return kTrue;
  Poly opposite = poly;
  opposite.scale(-1);
  opposite.add_constant(1);
  if (at_most_zero(opposite, limits_.steps)) {
    note(Rule::AtMostFalse, {}, poly);
    return kFalse;
  }
  return store_.fact({FactKind::Le, store_.form(poly)});
}

// With a quotient a / c of factor 1 or -1, poly == 0 says 0 <= g <= c - 1 of g
// = a + c * rest. What all coefficients of g have in common may jump over that.
bool Normalizer::quotient_never_zero(const Poly& poly) {
  for (const Mono& mono : poly.monos()) {
    const Atom& atom = store_.atom_at(mono.atom);
    if (atom.kind != AtomKind::Div || !store_.is_constant(atom.b)) continue;
    if (mono.factor != 1 && mono.factor != -1) continue;
    const int64_t divisor = store_.value(atom.b);
    Poly g = poly;
    g.add(-mono.factor, mono.atom);
    g.scale(mono.factor > 0 ? divisor : -divisor);
    store_.add(g, 1, atom.a);
    if (g.overflown()) continue;
    const Alignment known = store_.alignment(g);
    const Interval range = store_.range(g);
    const bool outside = range.high < 0 || range.low > divisor - 1;
    if (!outside && (known.modulus == 0 || known.remainder < divisor)) continue;
    if (log_) {
      Poly y = poly;
      y.add(-mono.factor, mono.atom);
      if (mono.factor < 0) {
        y.scale(-1);
        Poly opposite = poly;
        opposite.scale(-1);
        note(Rule::EqualNegated, {}, opposite);
      }
      if (outside)
        note(Rule::EqualQuotientOutOfRange, {divisor}, atom.a, y);
      else
        note(Rule::EqualQuotientMisaligned, {divisor, known.modulus}, atom.a,
             y);
    }
    return true;
  }
  return false;
}

FactId Normalizer::equal(Poly poly) {
  poly = store_.poly(sum(poly));
  for (int round = 0; round < 4; ++round) {
    const int64_t constant = poly.constant();
    if (const int64_t gcd = reduce(poly); gcd > 1) {
      const bool divides = constant % gcd == 0;
      if (log_ && divides)
        note(Rule::EqualCommonFactor, {gcd, constant / gcd}, linear_part(poly));
      if (!divides) {
        note(Rule::EqualIndivisible, {gcd, constant}, linear_part(poly));
        return kFalse;
      }
    }
    if (poly.is_constant()) return poly.constant() == 0 ? kTrue : kFalse;
    if (poly.overflown() || store_.failed()) {
      store_.fail();
      return kFalse;
    }
    const Interval range = store_.range(poly);
    if (!range.contains(0)) {
      note(range.low > 0 ? Rule::EqualAbove : Rule::EqualBelow, {}, poly);
      return kFalse;
    }
    if (const Alignment known = store_.alignment(poly); !known.allows(0)) {
      note(Rule::EqualMisaligned, {known.modulus}, poly);
      return kFalse;
    }
    bool impossible = false;
    if (!cut_branches(poly, true, impossible)) break;
    if (impossible) return kFalse;
  }
  if (quotient_never_zero(poly)) return kFalse;
  Poly above = poly, below = poly;
  below.scale(-1);
  const bool low = at_most_zero(above, limits_.steps);
  const bool high = at_most_zero(below, limits_.steps);
  if (low && high) {
    note(Rule::EqualBoth, {}, poly);
    return kTrue;
  }
  above.add_constant(1);
  below.add_constant(1);
  // Where it is known to be at most 0, it can only be below.
  if (!low && at_most_zero(below, limits_.steps)) {
    note(Rule::EqualAbove, {}, poly);
    return kFalse;
  }
  if (!high && at_most_zero(above, limits_.steps)) {
    note(Rule::EqualBelow, {}, poly);
    return kFalse;
  }
  if (poly.monos()[0].factor < 0) poly.scale(-1);
  return store_.fact({FactKind::Eq, store_.form(poly)});
}

}  // namespace hone::rewrite
