// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/greedy/emit.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace hone::rewrite {

using term::Context;
using term::Op;
using term::Term;

namespace {

// Variants are tried as long as so many have not been written; beyond, every
// form is written the plain way.
constexpr int kVariants = 4000;

}  // namespace

void Emitter::reset(Normalizer& normalizer, Context& context) {
  normalizer_ = &normalizer;
  context_ = &context;
  forms_.clear();
  facts_.clear();
  sizes_.clear();
  seen_.clear();
  sight_ = 0;
  variants_left_ = kVariants;
}

uint32_t Emitter::size(Term term) {
  if (sizes_.size() < context_->size()) sizes_.resize(context_->size() + 64);
  if (sizes_[term.id] != 0) return sizes_[term.id];
  open_.assign(1, term);
  while (!open_.empty()) {
    const Term top = open_.back();
    uint64_t sum = 1;
    bool ready = true;
    for (const Term arg : context_->args(top)) {
      if (sizes_[arg.id] == 0) {
        open_.push_back(arg);
        ready = false;
      }
      sum += sizes_[arg.id];
    }
    if (!ready) continue;
    sizes_[top.id] = static_cast<uint32_t>(std::min<uint64_t>(sum, UINT32_MAX));
    open_.pop_back();
  }
  return sizes_[term.id];
}

Term Emitter::node(Op op, Term a, Term b) { return context_->make(op, a, b); }

uint32_t Emitter::distinct(Term term) {
  if (seen_.size() < context_->size()) seen_.resize(context_->size() + 64);
  ++sight_;
  uint32_t count = 0;
  open_.assign(1, term);
  while (!open_.empty()) {
    const Term top = open_.back();
    open_.pop_back();
    if (std::exchange(seen_[top.id], sight_) == sight_) continue;
    ++count;
    for (const Term arg : context_->args(top)) open_.push_back(arg);
  }
  return count;
}

void Emitter::keep_smaller(Term& best, Term other) {
  if (!best.valid() || size(other) < size(best)) best = other;
}

// Of trees of one size, the one that shares more.
void Emitter::keep_shared(Term& best, Term other) {
  if (best.valid() && size(other) == size(best) && other.id != best.id &&
      distinct(other) < distinct(best))
    best = other;
  else
    keep_smaller(best, other);
}

// An atom, or with the opposite sign what it is the opposite of.
Emitter::Item Emitter::atom(AtomId id, bool negative) {
  const Atom atom = normalizer_->store().atom_at(id);
  switch (atom.kind) {
    case AtomKind::Variable:
      return {{atom.a}, negative};
    case AtomKind::Div:
    case AtomKind::Mod: {
      const Term a = form(atom.a);
      return {
          node(atom.kind == AtomKind::Div ? Op::Div : Op::Mod, a, form(atom.b)),
          negative};
    }
    case AtomKind::Min: {
      const Term least = extremum(id, 1, Poly());
      const Term largest = extremum(id, -1, Poly());
      const uint32_t mine = size(least), other = size(largest);
      if (mine < other || (mine == other && !negative))
        return {least, negative};
      return {largest, !negative};
    }
    case AtomKind::Product: {
      Ids members{normalizer_->store().list(atom)};
      Item product = this->atom(members[0], negative);
      for (uint32_t i = 1; i < members.size(); ++i) {
        const Item factor = this->atom(members[i], false);
        product.term = node(Op::Mul, product.term, factor.term);
        product.negative ^= factor.negative;
      }
      return product;
    }
    case AtomKind::Select: {
      const Term condition = fact(atom.a);
      const Term a = form(atom.b);
      return {context_->make(Op::Select, condition, a, form(atom.c)), negative};
    }
  }
  return {};
}

// factor * min(members) + inside: a minimum, or a maximum where the factor is
// negative. Members that share something are joined first: max(max(2*x + 2, y),
// 2*z + 2) is max(max(x, z)*2 + 2, y).
Term Emitter::extremum(AtomId id, int64_t factor, const Poly& inside) {
  Store& store = normalizer_->store();
  Ids members{store.list(store.atom_at(id))};
  for (FormId& member : members) {
    Poly each = inside;
    store.add(each, factor, member);
    member = store.form(each);
  }
  const auto joined = [&](FormId a, FormId b) {
    Ids pair;
    pair.push(a);
    pair.push(b);
    return factor > 0 ? normalizer_->min(pair) : normalizer_->max(pair);
  };
  while (members.size() > 2 && members.size() <= 8 && variants_left_ > 0) {
    uint32_t best = 0, at = 0, with = 0;
    FormId result = 0;
    for (uint32_t i = 0; i < members.size(); ++i)
      for (uint32_t j = i + 1; j < members.size(); ++j) {
        if (!share(members[i], members[j]) || --variants_left_ < 0) continue;
        const FormId both = joined(members[i], members[j]);
        const uint32_t apart =
            size(form(members[i])) + size(form(members[j])) + 1;
        const uint32_t together = size(form(both));
        if (together < apart && apart - together > best) {
          best = apart - together;
          at = i;
          with = j;
          result = both;
        }
      }
    if (best == 0) break;
    members.erase(with);
    members[at] = result;
  }
  Term chain;
  for (const FormId member : members) {
    const Term term = form(member);
    chain = chain.valid() ? node(factor > 0 ? Op::Min : Op::Max, chain, term)
                          : term;
  }
  return chain;
}

// Whether a minimum of the two could have something outside.
bool Emitter::share(FormId a, FormId b) const {
  const Store& store = normalizer_->store();
  if (store[a].count == 0 || store[b].count == 0) return false;
  if (store[a].constant != 0 && store[b].constant != 0) return true;
  for (const Mono& x : store.monos(a))
    for (const Mono& y : store.monos(b))
      if (x == y || (std::abs(x.factor) > 1 && std::abs(y.factor) > 1))
        return true;
  return false;
}

Term Emitter::join(Items& items, int64_t constant) {
  auto first = std::find_if(items.begin(), items.end(),
                            [](const Item& item) { return !item.negative; });
  Term sum;
  if (first != items.end()) {
    sum = first->term;
    items.erase(first);
  } else if (items.empty() || constant != 0) {
    sum = number(constant);
    constant = 0;
  } else {
    // Only negative members: a product can take the sign.
    first = std::find_if(items.begin(), items.end(), [&](const Item& item) {
      return context_->op(item.term) == Op::Mul &&
             context_->is_word(context_->arg(item.term, 1));
    });
    if (first != items.end()) {
      sum = node(Op::Mul, context_->arg(first->term, 0),
                 number(-context_->word(context_->arg(first->term, 1))));
      items.erase(first);
    } else {
      sum = number(0);
    }
  }
  for (const Item& item : items)
    if (!item.negative) sum = node(Op::Add, sum, item.term);
  for (const Item& item : items)
    if (item.negative) sum = node(Op::Sub, sum, item.term);
  if (constant > 0) sum = node(Op::Add, sum, number(constant));
  if (constant < 0) sum = node(Op::Sub, sum, number(-constant));
  return sum;
}

// Members with coefficients of one magnitude share the product.
Term Emitter::plain(const Poly& poly, const Item* extra) {
  Items items;
  if (extra) items.push_back(*extra);
  std::vector<Mono> monos(poly.monos().begin(), poly.monos().end());
  for (size_t i = 0; i < monos.size(); ++i) {
    const int64_t magnitude = std::abs(monos[i].factor);
    if (magnitude == 0) continue;
    if (magnitude == 1) {
      items.push_back(atom(monos[i].atom, monos[i].factor < 0));
      continue;
    }
    Poly group;
    bool positive = false;
    for (size_t j = i; j < monos.size(); ++j) {
      if (std::abs(monos[j].factor) != magnitude) continue;
      positive |= monos[j].factor > 0;
      group.add(monos[j].factor > 0 ? 1 : -1, monos[j].atom);
      monos[j].factor = 0;
    }
    if (!positive) group.scale(-1);
    Term inner = this->poly(group);
    group.scale(-1);
    if (const Term other = this->poly(group); size(other) < size(inner)) {
      inner = other;
      positive = !positive;
    }
    items.push_back({node(Op::Mul, inner, number(magnitude)), !positive});
  }
  return join(items, poly.constant());
}

// factor * min(…) + rest, with parts of the rest moved into the minimum.
void Emitter::try_minimum(const Poly& whole, const Mono& mono, Term& best) {
  const Store& store = normalizer_->store();
  Poly rest = whole;
  rest.add(-mono.factor, mono.atom);
  const auto attempt = [&](const Poly& inside) {
    if (--variants_left_ < 0) return;
    Poly outside = rest;
    outside.add_scaled(-1, inside);
    if (outside.overflown()) return;
    const Term term = extremum(mono.atom, mono.factor, inside);
    if (outside.is_constant() && outside.constant() == 0)
      return keep_shared(best, term);
    const Item item{term, false};
    keep_shared(best, plain(outside, &item));
  };
  attempt(Poly());
  if (rest.is_constant() && rest.constant() == 0) return;
  attempt(rest);
  const int64_t magnitude = std::abs(mono.factor);
  if (magnitude > 1 && rest.constant() != 0 &&
      rest.constant() % magnitude == 0 && --variants_left_ > 0) {
    // m * min(a + k, b + k)
    const Term inner = extremum(mono.atom, mono.factor > 0 ? 1 : -1,
                                Poly(rest.constant() / magnitude));
    const Item item{node(Op::Mul, inner, number(magnitude)), false};
    Poly outside = rest;
    outside.set_constant(0);
    keep_shared(best, plain(outside, &item));
  }
  if (rest.constant() != 0 && rest.count() > 0) attempt(Poly(rest.constant()));
  // Constants of members, so that these lose theirs.
  Ids members{store.list(store.atom_at(mono.atom))};
  for (const FormId member : members) {
    const int64_t own = store[member].constant;
    if (own == 0 || own < -kLargest / 1024 || own > kLargest / 1024 ||
        std::abs(mono.factor) > 1024)
      continue;
    if (rest.constant() != -own * mono.factor)
      attempt(Poly(-own * mono.factor));
  }
  // What cancels in a member.
  for (const Mono& outer : rest.monos()) {
    bool cancels = false;
    for (const FormId member : members)
      for (const Mono& inner : store.monos(member))
        cancels |= inner.atom == outer.atom;
    if (!cancels) continue;
    Poly inside;
    inside.add(outer.factor, outer.atom);
    attempt(inside);
    if (rest.constant() == 0) continue;
    inside.set_constant(rest.constant());
    attempt(inside);
  }
}

// factor * (a / c) + rest, with multiples of the factor moved into a.
void Emitter::try_quotient(const Poly& whole, const Mono& mono, Term& best) {
  const Store& store = normalizer_->store();
  const Atom quotient = store.atom_at(mono.atom);
  if (!store.is_constant(quotient.b)) return;
  const int64_t divisor = store.value(quotient.b);
  Poly rest = whole;
  rest.add(-mono.factor, mono.atom);
  const auto attempt = [&](const Poly& moved, bool deep = false) {
    if (--variants_left_ < 0) return;
    Poly outside = rest;
    outside.add_scaled(-mono.factor, moved);
    Poly dividend = store.poly(quotient.a);
    dividend.add_scaled(divisor, moved);
    if (outside.overflown() || dividend.overflown()) return;
    Term term = node(Op::Div, poly(dividend), number(divisor));
    const bool negative = mono.factor < 0;
    if (std::abs(mono.factor) != 1)
      term = node(Op::Mul, term, number(std::abs(mono.factor)));
    const Item item{term, negative};
    if (outside.is_constant() || !deep)
      return keep_smaller(best, plain(outside, &item));
    Items items = {{poly(outside), false}, item};
    keep_smaller(best, join(items, 0));
  };
  Poly moved;
  if (rest.constant() % mono.factor == 0 && rest.constant() != 0) {
    moved.set_constant(rest.constant() / mono.factor);
    attempt(moved);
  }
  for (const Mono& outer : rest.monos()) {
    if (outer.factor % mono.factor != 0) continue;
    Poly one;
    one.add(outer.factor / mono.factor, outer.atom);
    bool occurs = false;
    for (const Mono& inner : store.monos(quotient.a))
      occurs |= inner.atom == outer.atom;
    if (occurs) attempt(one);
    moved.add_scaled(1, one);
  }
  if (moved.count() > 0) attempt(moved);
  // One or two from a quotient to another: a constant inside may vanish.
  const bool others = std::any_of(
      rest.monos().begin(), rest.monos().end(), [&](const Mono& outer) {
        return store.atom_at(outer.atom).kind == AtomKind::Div;
      });
  if (others && rest.count() <= 4)
    for (const int64_t some : {1, -1, 2, -2}) attempt(Poly(some), true);
}

// factor * (a / c) - factor * (b / c) + rest, with one quotient for the two:
// factor * ((b % c + a - b) / c) + rest.
void Emitter::try_difference(const Poly& whole, const Mono& mono, Term& best) {
  Store& store = normalizer_->store();
  const Atom quotient = store.atom_at(mono.atom);
  if (!store.is_constant(quotient.b)) return;
  const int64_t divisor = store.value(quotient.b);
  Poly rest = whole;
  rest.add(-mono.factor, mono.atom);
  for (const Mono& other : rest.monos()) {
    const Atom less = store.atom_at(other.atom);
    if (other.factor != -mono.factor || less.kind != AtomKind::Div ||
        less.b != quotient.b)
      continue;
    if (--variants_left_ < 0) return;
    Poly dividend = store.poly(quotient.a), outside = rest;
    store.add(dividend, -1, less.a);
    store.add(dividend, 1, normalizer_->mod_by(store.poly(less.a), divisor));
    outside.add(-other.factor, other.atom);
    if (dividend.overflown() || outside.overflown()) return;
    Term term = node(Op::Div, poly(dividend), number(divisor));
    if (std::abs(mono.factor) != 1)
      term = node(Op::Mul, term, number(std::abs(mono.factor)));
    const Item item{term, mono.factor < 0};
    keep_shared(best, plain(outside, &item));
    return;
  }
}

// factor * (a % c) + rest as (factor * a + j) % (factor * c) + the rest of it.
void Emitter::try_remainder(const Poly& whole, const Mono& mono, Term& best) {
  const Store& store = normalizer_->store();
  const Atom remainder = store.atom_at(mono.atom);
  if (!store.is_constant(remainder.b) || mono.factor <= 1) return;
  const __int128 divisor =
      static_cast<__int128>(store.value(remainder.b)) * mono.factor;
  if (divisor >= kLargest || --variants_left_ < 0) return;
  Poly rest = whole;
  rest.add(-mono.factor, mono.atom);
  Poly dividend;
  store.add(dividend, mono.factor, remainder.a);
  if (rest.constant() > 0 && rest.constant() < mono.factor) {
    dividend.add_constant(rest.constant());
    rest.set_constant(0);
  }
  if (dividend.overflown()) return;
  const Item item{
      node(Op::Mod, poly(dividend), number(static_cast<int64_t>(divisor))),
      false};
  keep_smaller(best, plain(rest, &item));
}

// Members that are products with one atom share it: a*b + 3*b is (a + 3) * b.
void Emitter::try_shared(const Poly& whole, const Mono& mono, Term& best) {
  Store& store = normalizer_->store();
  Ids candidates{store.list(store.atom_at(mono.atom))};
  for (const AtomId shared : candidates) {
    Poly inner, outside(whole.constant());
    uint32_t found = 0;
    for (const Mono& each : whole.monos()) {
      const Atom& atom = store.atom_at(each.atom);
      if (each.atom == shared) {
        inner.add_constant(each.factor);
        ++found;
        continue;
      }
      Ids rest;
      bool has = false;
      if (atom.kind == AtomKind::Product)
        for (const AtomId member : store.list(atom)) {
          if (member == shared && !has)
            has = true;
          else
            rest.push(member);
        }
      if (!has) {
        outside.add(each.factor, each.atom);
        continue;
      }
      ++found;
      inner.add(each.factor,
                rest.size() == 1
                    ? rest[0]
                    : store.atom({.kind = AtomKind::Product}, rest.span()));
    }
    if (found < 2 || --variants_left_ < 0) continue;
    const Item factor = atom(shared, false);
    if (factor.negative) inner.scale(-1);
    const Item item{node(Op::Mul, poly(inner), factor.term), false};
    keep_smaller(best, plain(outside, &item));
  }
}

Term Emitter::form(FormId id) {
  if (id < forms_.size() && forms_[id].valid()) return forms_[id];
  const Poly poly = normalizer_->store().poly(id);
  Term best = plain(poly);
  if (variants_left_ > 0)
    for (const Mono& mono : poly.monos()) {
      switch (normalizer_->store().atom_at(mono.atom).kind) {
        case AtomKind::Min:
          try_minimum(poly, mono, best);
          break;
        case AtomKind::Div:
          try_quotient(poly, mono, best);
          try_difference(poly, mono, best);
          break;
        case AtomKind::Mod:
          try_remainder(poly, mono, best);
          break;
        case AtomKind::Product:
          try_shared(poly, mono, best);
          break;
        default:
          break;
      }
    }
  if (forms_.size() <= id) forms_.resize(id + 32);
  forms_[id] = best;
  return best;
}

}  // namespace hone::rewrite
