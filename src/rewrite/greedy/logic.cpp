// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conjunctions and disjunctions of facts.
//
// Both are flat, sorted and free of repetitions. Two comparisons at a time are
// held against each other: one may imply or exclude the other. A disjunction is
// treated as the negation of the conjunction of the negations.
#include "rewrite/greedy/normalizer.h"

namespace hone::rewrite {

FactId Normalizer::negation(FactId fact) {
  const Fact known = store_.fact_at(fact);
  switch (known.kind) {
    case FactKind::False:
      return kTrue;
    case FactKind::True:
      return kFalse;
    case FactKind::Variable:
      return store_.fact({FactKind::NotVariable, known.a});
    case FactKind::NotVariable:
      return store_.fact({FactKind::Variable, known.a});
    case FactKind::Eq:
      return store_.fact({FactKind::Ne, known.a});
    case FactKind::Ne:
      return store_.fact({FactKind::Eq, known.a});
    case FactKind::Le: {
      Poly poly = store_.poly(known.a);
      poly.scale(-1);
      poly.add_constant(1);
      return store_.fact({FactKind::Le, store_.form(poly)});
    }
    case FactKind::And:
    case FactKind::Or: {
      Ids members{store_.list(known)};
      if (++depth_ > 4000) {
        store_.fail();
        return kFalse;
      }
      for (uint32_t& member : members) member = negation(member);
      --depth_;
      members.sort_unique();
      return store_.fact(
          {known.kind == FactKind::And ? FactKind::Or : FactKind::And},
          members.span());
    }
    case FactKind::Iff:
      return iff(negation(known.a), known.b);
  }
  return kFalse;
}

FactId Normalizer::iff(FactId a, FactId b) {
  if (a == b) return kTrue;
  if (a == kTrue) return b;
  if (b == kTrue) return a;
  if (a == kFalse) return negation(b);
  if (b == kFalse) return negation(a);
  const FactId not_b = negation(b);
  if (a == not_b) return kFalse;
  if (a > b) std::swap(a, b);
  return store_.fact({FactKind::Iff, a, b});
}

// What two facts say about each other.
Normalizer::Relation Normalizer::relation(FactId a, FactId b) {
  const Fact x = store_.fact_at(a), y = store_.fact_at(b);
  const auto is_comparison = [](const Fact& fact) {
    return fact.kind == FactKind::Le || fact.kind == FactKind::Eq ||
           fact.kind == FactKind::Ne;
  };
  if (!is_comparison(x) || !is_comparison(y)) {
    const bool variables =
        (x.kind == FactKind::Variable && y.kind == FactKind::NotVariable) ||
        (y.kind == FactKind::Variable && x.kind == FactKind::NotVariable);
    return variables && x.a == y.a ? Relation::Excludes : Relation::Nothing;
  }
  const int steps = limits_.inner_steps;
  // factor * first + other * second + constant <= 0
  const auto holds = [&](int64_t first, int64_t second, int64_t constant) {
    Poly poly(constant);
    store_.add(poly, first, x.a);
    store_.add(poly, second, y.a);
    return at_most_zero(poly, steps);
  };
  if (x.kind == FactKind::Le && y.kind == FactKind::Le) {
    if (holds(-1, -1, 1)) return Relation::Excludes;
    if (holds(-1, 1, 0)) return Relation::FirstImplies;
    if (holds(1, -1, 0)) return Relation::SecondImplies;
    return Relation::Nothing;
  }
  if (x.kind == FactKind::Eq && y.kind == FactKind::Ne)
    return x.a == y.a ? Relation::Excludes
           : holds(1, 1, 1) || holds(1, -1, 1) || holds(-1, 1, 1) ||
                   holds(-1, -1, 1)
               ? Relation::FirstImplies
               : Relation::Nothing;
  if (x.kind == FactKind::Ne && y.kind == FactKind::Ne)
    return Relation::Nothing;
  if (y.kind == FactKind::Eq && x.kind != FactKind::Eq) {
    switch (relation(b, a)) {
      case Relation::FirstImplies:
        return Relation::SecondImplies;
      case Relation::Excludes:
        return Relation::Excludes;
      default:
        return Relation::Nothing;
    }
  }
  if (x.kind == FactKind::Eq && y.kind == FactKind::Le) {
    // Under x == 0, y is y + m * x for any m; 1 and -1 are tried.
    for (const int64_t sign : {1, -1}) {
      if (holds(sign, 1, 0)) return Relation::FirstImplies;
      if (holds(sign, -1, 1)) return Relation::Excludes;
    }
    return Relation::Nothing;
  }
  if (x.kind == FactKind::Eq && y.kind == FactKind::Eq) {
    for (const int64_t sign : {1, -1})
      if (holds(sign, 1, 1) || holds(sign, -1, 1)) return Relation::Excludes;
    return Relation::Nothing;
  }
  // An inequality and a comparison that cannot touch it.
  if (x.kind == FactKind::Ne && y.kind == FactKind::Le) {
    for (const int64_t sign : {1, -1})
      if (holds(sign, -1, 1)) return Relation::SecondImplies;
    return Relation::Nothing;
  }
  if (x.kind == FactKind::Le && y.kind == FactKind::Ne)
    return relation(b, a) == Relation::SecondImplies ? Relation::FirstImplies
                                                     : Relation::Nothing;
  return Relation::Nothing;
}

FactId Normalizer::junction(Ids& facts, bool conjunction) {
  const FactKind kind = conjunction ? FactKind::And : FactKind::Or;
  const FactId unit = conjunction ? kTrue : kFalse;
  const FactId zero = conjunction ? kFalse : kTrue;
  for (uint32_t i = 0; i < facts.size();) {
    const FactId fact = facts[i];
    if (fact == zero) return zero;
    const Fact known = store_.fact_at(fact);
    if (fact == unit || known.kind == kind) {
      facts.erase(i);
      Ids members{store_.list(known)};
      for (const FactId member : members) facts.push(member);
      continue;
    }
    ++i;
  }
  facts.sort_unique();
  if (facts.size() == 0) return unit;
  // Pairs, as long as they are few.
  if (facts.size() <= 12)
    for (uint32_t i = 0; i < facts.size(); ++i)
      for (uint32_t j = i + 1; j < facts.size(); ++j) {
        const Relation found =
            conjunction ? relation(facts[i], facts[j])
                        : relation(negation(facts[i]), negation(facts[j]));
        if (found == Relation::Excludes) return zero;
        if (found == Relation::FirstImplies) {
          facts.erase(j--);
        } else if (found == Relation::SecondImplies) {
          facts.erase(i--);
          break;
        }
      }
  if (facts.size() == 1) return facts[0];
  return store_.fact({kind}, facts.span());
}

FactId Normalizer::both(Ids& facts) { return junction(facts, true); }
FactId Normalizer::either(Ids& facts) { return junction(facts, false); }

}  // namespace hone::rewrite
