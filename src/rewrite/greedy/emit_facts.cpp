// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Facts as terms: which side of a comparison each member stands on.
#include <cstdlib>

#include "rewrite/greedy/emit.h"

namespace hone::rewrite {

using term::Op;
using term::Term;

// left + constant <= right, with the constant where it costs least.
void Emitter::try_sides(FactKind kind, const Poly& left, const Poly& right,
                        int64_t constant, Term& best) {
  const Op op = kind == FactKind::Le   ? Op::Le
                : kind == FactKind::Eq ? Op::Eq
                                       : Op::Ne;
  const auto attempt = [&](Op with, int64_t on_left, int64_t on_right) {
    if (on_left != 0 && on_right != 0) return;
    Poly a = left, b = right;
    a.add_constant(on_left);
    b.add_constant(on_right);
    if (a.overflown() || b.overflown()) return;
    const Term x = poly(a);
    keep_shared(best, node(with, x, poly(b)));
  };
  attempt(op, constant > 0 ? constant : 0, constant > 0 ? 0 : -constant);
  if (op == Op::Le)
    attempt(Op::Lt, constant > 1 ? constant - 1 : 0,
            constant > 1 ? 0 : 1 - constant);
  attempt(op, constant > 0 ? 0 : constant, constant > 0 ? -constant : 0);
}

Term Emitter::comparison(const Fact& fact) {
  const Poly whole = normalizer_->store().poly(fact.a);
  Poly left, right;
  for (const Mono& mono : whole.monos()) {
    if (mono.factor > 0)
      left.add(mono.factor, mono.atom);
    else
      right.add(-mono.factor, mono.atom);
  }
  Term best;
  try_sides(fact.kind, left, right, whole.constant(), best);
  // Constants on both sides, so that a member of a minimum loses its own.
  for (const Mono& mono : left.monos()) {
    const Atom& atom = normalizer_->store().atom_at(mono.atom);
    if (atom.kind != AtomKind::Min) continue;
    Ids members{normalizer_->store().list(atom)};
    for (const FormId member : members) {
      const __int128 shift =
          static_cast<__int128>(normalizer_->store()[member].constant) *
          -mono.factor;
      if (shift == 0 || --variants_left_ < 0) continue;
      Poly a = left, b = right;
      a.add_constant(shift);
      b.add_constant(shift - whole.constant());
      if (a.overflown() || b.overflown()) continue;
      const Term x = poly(a);
      keep_shared(best, node(fact.kind == FactKind::Le   ? Op::Le
                             : fact.kind == FactKind::Eq ? Op::Eq
                                                         : Op::Ne,
                             x, poly(b)));
    }
  }
  // A minimum on the other side is a maximum there.
  for (const Mono& mono : whole.monos()) {
    if (normalizer_->store().atom_at(mono.atom).kind != AtomKind::Min ||
        --variants_left_ < 0)
      continue;
    Poly a = left, b = right;
    a.add(-mono.factor, mono.atom);
    b.add(-mono.factor, mono.atom);
    if (mono.factor < 0) {
      a = left;
      b = right;
      a.add(mono.factor, mono.atom);
      b.add(mono.factor, mono.atom);
    }
    try_sides(fact.kind, a, b, whole.constant(), best);
  }
  return best;
}

// Comparisons with one constant are one: a <= k || b <= k is min(a, b) <= k.
Term Emitter::chain(const Fact& fact, Op op) {
  Ids members{normalizer_->store().list(fact)};
  const auto joined = [&](FactId a, FactId b) -> FactId {
    const Store& store = normalizer_->store();
    const Fact x = store.fact_at(a), y = store.fact_at(b);
    if (x.kind != FactKind::Le || y.kind != FactKind::Le ||
        store[x.a].constant != store[y.a].constant)
      return kFalse;
    Ids forms;
    forms.push(x.a);
    forms.push(y.a);
    const FormId both =
        op == Op::Or ? normalizer_->min(forms) : normalizer_->max(forms);
    return normalizer_->at_most(store.poly(both));
  };
  for (uint32_t i = 0; i < members.size() && members.size() <= 12; ++i)
    for (uint32_t j = i + 1; j < members.size(); ++j) {
      if (--variants_left_ < 0) break;
      const FactId both = joined(members[i], members[j]);
      if (both <= kTrue) continue;
      const uint32_t apart =
          size(this->fact(members[i])) + size(this->fact(members[j])) + 1;
      if (size(this->fact(both)) >= apart) continue;
      members[i] = both;
      members.erase(j--);
    }
  Term chain;
  for (const FactId member : members) {
    const Term term = this->fact(member);
    chain = chain.valid() ? node(op, chain, term) : term;
  }
  return chain;
}

Term Emitter::fact(FactId id) {
  if (id < facts_.size() && facts_[id].valid()) return facts_[id];
  const Fact fact = normalizer_->store().fact_at(id);
  Term term;
  switch (fact.kind) {
    case FactKind::False:
    case FactKind::True:
      term = context_->boolean(fact.kind == FactKind::True);
      break;
    case FactKind::Variable:
      term = {fact.a};
      break;
    case FactKind::NotVariable:
      term = context_->make(Op::Not, Term{fact.a});
      break;
    case FactKind::Le:
    case FactKind::Eq:
    case FactKind::Ne:
      term = comparison(fact);
      break;
    case FactKind::And:
      term = chain(fact, Op::And);
      break;
    case FactKind::Or:
      term = chain(fact, Op::Or);
      break;
    case FactKind::Iff: {
      const Term a = this->fact(fact.a);
      term = node(Op::Eq, a, this->fact(fact.b));
      const Term negated = this->fact(normalizer_->negation(fact.b));
      keep_smaller(term, node(Op::Ne, a, negated));
      break;
    }
  }
  if (facts_.size() <= id) facts_.resize(id + 32);
  facts_[id] = term;
  return term;
}

}  // namespace hone::rewrite
