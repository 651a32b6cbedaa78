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

// Divides by the common divisor of the coefficients; the constant is rounded
// up. Says whether nothing was rounded.
bool reduce(Poly& poly) {
  const int64_t gcd = factor_gcd(poly);
  if (gcd <= 1) return true;
  for (Mono& mono : poly.monos()) mono.factor /= gcd;
  const int64_t constant = poly.constant();
  poly.set_constant(-euclidean_div(-constant, gcd));
  return constant % gcd == 0;
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
          if (impossible) return true;
          poly = Poly(0);  // always at most 0
          return true;
        }
        members.erase(m--);
      } else if (equality) {
        // For an equality, a case strictly beyond decides.
        Poly beyond = with;
        if (!up) beyond.scale(-1);
        beyond.add_constant(1);
        if (at_most_zero(beyond, limits_.inner_steps)) {
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
    reduce(poly);
    const Interval range = store_.range(poly);
    if (range.high <= 0) return kTrue;
    if (range.low > 0) return kFalse;
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
        Poly linear;
        store_.add(linear, mono.factor, atom.a);
        linear.add_constant(static_cast<__int128>(constant) * divisor -
                            (mono.factor > 0 ? divisor - 1 : 0));
        poly = store_.poly(sum(linear));
        continue;
      }
    }
    bool impossible = false;
    if (!cut_branches(poly, false, impossible)) break;
    if (impossible) return kFalse;
  }
  if (at_most_zero(poly, limits_.steps)) return kTrue;
  Poly opposite = poly;
  opposite.scale(-1);
  opposite.add_constant(1);
  if (at_most_zero(opposite, limits_.steps)) return kFalse;
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
    if (range.high < 0 || range.low > divisor - 1) return true;
    if (known.modulus == 0 ? known.remainder < 0 || known.remainder >= divisor
                           : known.remainder >= divisor)
      return true;
  }
  return false;
}

FactId Normalizer::equal(Poly poly) {
  poly = store_.poly(sum(poly));
  for (int round = 0; round < 4; ++round) {
    if (!reduce(poly)) return kFalse;
    if (poly.is_constant()) return poly.constant() == 0 ? kTrue : kFalse;
    if (poly.overflown() || store_.failed()) {
      store_.fail();
      return kFalse;
    }
    if (!store_.range(poly).contains(0) || !store_.alignment(poly).allows(0))
      return kFalse;
    bool impossible = false;
    if (!cut_branches(poly, true, impossible)) break;
    if (impossible) return kFalse;
  }
  if (quotient_never_zero(poly)) return kFalse;
  Poly above = poly, below = poly;
  below.scale(-1);
  const bool low = at_most_zero(above, limits_.steps);
  const bool high = at_most_zero(below, limits_.steps);
  if (low && high) return kTrue;
  above.add_constant(1);
  below.add_constant(1);
  if (low ? at_most_zero(above, limits_.steps)
          : at_most_zero(below, limits_.steps))
    return kFalse;
  if (!low && at_most_zero(above, limits_.steps)) return kFalse;
  if (poly.monos()[0].factor < 0) poly.scale(-1);
  return store_.fact({FactKind::Eq, store_.form(poly)});
}

}  // namespace hone::rewrite
