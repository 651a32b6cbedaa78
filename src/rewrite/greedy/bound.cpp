// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Upper bounds with symbols: is this combination always at most 0?
//
// If intervals do not say so, an atom is replaced by something simpler that is
// no smaller where the combination is concerned, and the question is asked
// again:
//
//   -m * min(a, b)     both -m*a and -m*b have to do
//    m * min(a, b)     m*a does, or m*b
//    m * (a / c)       after scaling by c: m*a; and m*(a - (c-1)) where m < 0
//    m * (a % c)       m*(c - 1), or 0 where m < 0; or m*(a - c*(a / c))
//    select(p, a, b)   both a and b have to do
//
// Integers first: g <= 0 is g < 1, so that scaling by c leaves c*g <= c - 1.
// What cancels on the way is what intervals alone cannot see: in (x + 1) / 4 -
// x / 4 the x is gone after two steps. All that is proved is proved for reals
// between the steps, which is where this is incomplete.
#include <numeric>

#include "rewrite/greedy/normalizer.h"

namespace hone::rewrite {
namespace {

using term::euclidean_div;

// g*x + k <= 0 is x + ceil(k / g) <= 0.
int64_t tighten(Poly& goal) {
  const int64_t gcd = factor_gcd(goal);
  if (gcd <= 1) return 1;
  for (Mono& mono : goal.monos()) mono.factor /= gcd;
  goal.set_constant(-euclidean_div(-goal.constant(), gcd));
  return gcd;
}

}  // namespace

bool Normalizer::at_most_zero(const Poly& poly, int steps) {
  const int outer = steps_left_;
  const size_t mark = log_ ? log_->mark() : 0;
  steps_left_ = steps;
  const bool proved = bounded(poly);
  steps_left_ = outer;
  if (log_ && !proved) log_->back_to(mark);
  return proved;
}

bool Normalizer::bounded_by_hypotheses(const Poly& goal, int depth) {
  for (const Poly& hypothesis : hypotheses_) {
    // Only one that takes something away can help.
    bool cancels = false;
    for (const Mono& mono : hypothesis.monos()) {
      const int64_t mine = goal.factor_of(mono.atom);
      cancels |= mine != 0 && (mine > 0) == (mono.factor > 0);
    }
    if (!cancels) continue;
    Poly rest = goal;
    rest.add_scaled(-1, hypothesis);
    if (rest.overflown()) continue;
    if (store_.range(rest).high <= 0 ||
        (depth > 0 && bounded_by_hypotheses(rest, depth - 1))) {
      note(Rule::BoundByHypothesis, {}, goal, hypothesis);
      return true;
    }
  }
  return false;
}

// A member of a minimum that makes the rest cancel, before quotients that stand
// on both sides are taken apart.
bool Normalizer::one_case_does(const Poly& goal) {
  for (const Mono& mono : goal.monos()) {
    const Atom& atom = store_.atom_at(mono.atom);
    if (atom.kind != AtomKind::Min || mono.factor < 0) continue;
    for (const FormId member : store_.list(atom)) {
      Poly with = goal;
      with.add(-mono.factor, mono.atom);
      store_.add(with, mono.factor, member);
      if (with.overflown() || store_.range(with).high > 0) continue;
      if (log_) {
        Poly rest = goal;
        rest.add(-mono.factor, mono.atom);
        Ids others = others_of(atom, member);
        note_member(Rule::BoundByMember, {mono.factor}, member, others, rest);
      }
      return true;
    }
  }
  return false;
}

bool Normalizer::bounded(const Poly& goal) {
  if (--steps_left_ < 0 || goal.overflown()) return false;
  if (store_.range(goal).high <= 0) return true;
  if (one_case_does(goal)) return true;
  // The next atom to go: first the outermost quotient or remainder, then those
  // for which every case has to do, last those for which one case is enough.
  const Mono* next = nullptr;
  int rank = 0;
  for (const Mono& mono : goal.monos()) {
    int mine = 0;
    switch (store_.atom_at(mono.atom).kind) {
      case AtomKind::Min:
        mine = mono.factor < 0 ? 2 : 1;
        break;
      case AtomKind::Select:
        mine = 2;
        break;
      case AtomKind::Div:
      case AtomKind::Mod:
        mine = store_.is_constant(store_.atom_at(mono.atom).b) ? 3 : 0;
        break;
      default:
        break;
    }
    if (mine > 0 && mine >= rank) {
      rank = mine;
      next = &mono;
    }
  }
  if (!next) return !hypotheses_.empty() && bounded_by_hypotheses(goal, 2);
  const int64_t factor = next->factor;
  const Atom atom = store_.atom_at(next->atom);
  Poly rest = goal;
  rest.add(-factor, next->atom);
  const auto with = [&](FormId replacement) {
    Poly replaced = rest;
    store_.add(replaced, factor, replacement);
    return bounded_after(replaced);
  };
  switch (atom.kind) {
    case AtomKind::Select:
      if (!with(atom.b) || !with(atom.c)) return false;
      if (log_)
        note_step(Rule::BoundBySelect, {factor}, {atom.a, kTrue, kTrue},
                  {logged(atom.b), logged(atom.c), logged(rest)});
      return true;
    case AtomKind::Min: {
      Ids members{store_.list(atom)};
      for (const FormId member : members) {
        const bool does = with(member);
        if (factor < 0 && !does) return false;
        if (factor < 0 || !does) continue;
        if (log_) {
          Ids others = others_of(atom, member);
          note_member(Rule::BoundByMember, {factor}, member, others, rest);
        }
        return true;
      }
      if (factor > 0) return false;
      note_pairs(Rule::BoundByMembers, {-factor}, members, &rest);
      return true;
    }
    case AtomKind::Div: {
      const int64_t divisor = store_.value(atom.b);
      const int64_t common = std::gcd(factor, divisor);
      const int64_t scale = divisor / common;
      Poly scaled = rest;
      scaled.scale(scale);
      store_.add(scaled, factor / common, atom.a);
      if (factor < 0)
        scaled.add_constant(-static_cast<__int128>(factor / common) *
                            (divisor - 1));
      scaled.add_constant(-(scale - 1));
      if (!bounded_after(scaled)) return false;
      note(factor > 0 ? Rule::BoundByQuotient : Rule::BoundByQuotientBelow,
           {0, (factor > 0 ? factor : -factor) / common, common, scale}, atom.a,
           rest);
      return true;
    }
    default: {  // Mod
      const int64_t divisor = store_.value(atom.b);
      Poly flat = rest;
      if (factor > 0)
        flat.add_constant(static_cast<__int128>(factor) * atom.range.high);
      if (bounded_after(flat)) {
        note(factor > 0 ? Rule::BoundByRemainder : Rule::BoundByRemainderBelow,
             {divisor, factor > 0 ? factor : -factor, atom.range.high}, atom.a,
             rest);
        return true;
      }
      if (steps_left_ <= 0) return false;
      Poly split = rest;
      store_.add(split, factor, atom.a);
      store_.add(split, -1,
                 product(div_by(store_.poly(atom.a), divisor),
                         store_.constant(factor * divisor)));
      if (!bounded(split)) return false;
      note(Rule::BoundBySplit, {divisor, factor}, atom.a, rest);
      return true;
    }
  }
}

bool Normalizer::bounded_after(Poly& goal) {
  const int64_t constant = goal.constant();
  const int64_t gcd = tighten(goal);
  if (!bounded(goal)) return false;
  if (gcd > 1 && log_) {
    Poly linear = goal;
    linear.set_constant(0);
    note(Rule::AtMostCommonFactor, {gcd, constant}, linear);
  }
  return true;
}

Ids Normalizer::others_of(const Atom& minimum, FormId member) const {
  Ids others;
  for (const FormId other : store_.list(minimum))
    if (other != member) others.push(other);
  return others;
}

}  // namespace hone::rewrite
