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
    case FactKind::Ne:
      note(Rule::NotEqual, {}, known.a);
      return store_.fact(
          {known.kind == FactKind::Eq ? FactKind::Ne : FactKind::Eq, known.a});
    case FactKind::Le: {
      note(Rule::NotAtMost, {}, known.a);
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
      for (uint32_t i = 1; log_ && i < members.size(); ++i)
        note_step(known.kind == FactKind::And ? Rule::NotAll : Rule::NotAny, {},
                  {members[i - 1], members[i], kTrue}, {});
      for (uint32_t& member : members) member = negation(member);
      --depth_;
      members.sort_unique();
      return store_.fact(
          {known.kind == FactKind::And ? FactKind::Or : FactKind::And},
          members.span());
    }
    case FactKind::Iff:
      if (log_) note_step(Rule::NotSame, {}, {known.a, known.b, kTrue}, {});
      return iff(negation(known.a), known.b);
  }
  return kFalse;
}

FactId Normalizer::iff(FactId a, FactId b) {
  const auto noted = [&](Rule rule, FactId p, FactId result) {
    if (log_) note_step(rule, {}, {p, kTrue, kTrue}, {});
    return result;
  };
  if (a == b) return noted(Rule::SameSame, a, kTrue);
  if (a <= kTrue) std::swap(a, b);
  if (b == kTrue) return noted(Rule::SameTrue, a, a);
  if (b == kFalse) return noted(Rule::SameFalse, a, negation(a));
  if (a == negation(b)) return noted(Rule::SameOpposite, b, kFalse);
  if (a > b) std::swap(a, b);
  return store_.fact({FactKind::Iff, a, b});
}

Normalizer::Related Normalizer::Related::swapped() const {
  Related other = *this;
  if (relation == Relation::FirstImplies)
    other.relation = Relation::SecondImplies;
  if (relation == Relation::SecondImplies)
    other.relation = Relation::FirstImplies;
  return other;
}

// What x == 0 says about y. Under it, y is y + m * x for any m; 1 and -1 are
// tried.
Normalizer::Related Normalizer::relation_to_equality(const Fact& x,
                                                     const Fact& y) {
  // factor * x + other * y + constant <= 0
  const auto holds = [&](int64_t factor, int64_t other, int64_t constant) {
    Poly poly(constant);
    store_.add(poly, factor, x.a);
    store_.add(poly, other, y.a);
    return at_most_zero(poly, limits_.inner_steps);
  };
  const auto related = [&](Relation relation, Rule rule, int64_t c0) {
    return Related{relation, rule, c0, x.a, y.a};
  };
  for (const int64_t m : {1, -1}) {
    if (y.kind == FactKind::Le) {
      if (holds(m, 1, 0))
        return related(Relation::FirstImplies, Rule::AllEqualImplies, m);
      if (holds(-m, -1, 1))
        return related(Relation::Excludes, Rule::AllEqualExcludesAtMost, m);
      continue;
    }
    const bool equality = y.kind == FactKind::Eq;
    const Relation found =
        equality ? Relation::Excludes : Relation::FirstImplies;
    if (holds(-m, -1, 1))
      return related(
          found, equality ? Rule::AllEqualExcludes : Rule::AllEqualImpliesAbove,
          m);
    if (holds(m, 1, 1))
      return related(
          found,
          equality ? Rule::AllEqualExcludesBelow : Rule::AllEqualImpliesBelow,
          m);
  }
  return {};
}

// What two facts say about each other.
Normalizer::Related Normalizer::relation(FactId a, FactId b) {
  const Fact x = store_.fact_at(a), y = store_.fact_at(b);
  const auto is_comparison = [](const Fact& fact) {
    return fact.kind == FactKind::Le || fact.kind == FactKind::Eq ||
           fact.kind == FactKind::Ne;
  };
  const auto opposite = [&](FactKind one, FactKind other) {
    return x.a == y.a && ((x.kind == one && y.kind == other) ||
                          (x.kind == other && y.kind == one));
  };
  if (opposite(FactKind::Variable, FactKind::NotVariable) ||
      opposite(FactKind::Eq, FactKind::Ne))
    return {Relation::Excludes};
  if (!is_comparison(x) || !is_comparison(y)) return {};
  if (x.kind == FactKind::Eq) return relation_to_equality(x, y);
  if (y.kind == FactKind::Eq) return relation_to_equality(y, x).swapped();
  if (x.kind == FactKind::Ne && y.kind == FactKind::Ne) return {};
  // factor * x + other * y + constant <= 0
  const auto holds = [&](int64_t factor, int64_t other, int64_t constant) {
    Poly poly(constant);
    store_.add(poly, factor, x.a);
    store_.add(poly, other, y.a);
    return at_most_zero(poly, limits_.inner_steps);
  };
  if (x.kind == FactKind::Le && y.kind == FactKind::Le) {
    if (holds(-1, -1, 1))
      return {Relation::Excludes, Rule::AllExclude, 0, x.a, y.a};
    if (holds(-1, 1, 0))
      return {Relation::FirstImplies, Rule::AllImply, 0, x.a, y.a};
    if (holds(1, -1, 0))
      return {Relation::SecondImplies, Rule::AllImply, 0, y.a, x.a};
    return {};
  }
  if (x.kind == FactKind::Le) return relation(b, a).swapped();
  // An inequality and a comparison that cannot touch it.
  for (const int64_t m : {1, -1})
    if (holds(m, -1, 1))
      return {Relation::SecondImplies, Rule::AllImplyUnequal, m, x.a, y.a};
  return {};
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
        const Related related =
            conjunction ? relation(facts[i], facts[j])
                        : relation(negation(facts[i]), negation(facts[j]));
        const Relation found = related.relation;
        if (log_ && related.rule == Rule::AllOpposite &&
            found != Relation::Nothing)  // of Bools: there may be no form
          note_step(related.rule, {}, {kTrue, facts[i], kTrue}, {});
        else if (log_ && found != Relation::Nothing)
          note_step(related.rule, {related.c0}, {kTrue, facts[i], kTrue},
                    {logged(related.x), logged(related.y)});
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
