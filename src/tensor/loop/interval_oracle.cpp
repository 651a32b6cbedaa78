// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/interval_oracle.h"

#include <algorithm>

namespace hone::tensor {

namespace {

using Kind = IndexAtom::Kind;

// Sums and products that leave this are not known.
constexpr int64_t kFar = int64_t{1} << 60;

using Side = std::optional<int64_t>;

Side near(__int128 value) {
  if (value > kFar || value < -kFar) return {};
  return static_cast<int64_t>(value);
}

Side add(Side a, Side b) {
  if (!a || !b) return {};
  return near(static_cast<__int128>(*a) + *b);
}

IndexBounds scale(const IndexBounds& a, int64_t by) {
  const auto times = [&](Side x) -> Side {
    if (!x) return {};
    return near(static_cast<__int128>(*x) * by);
  };
  if (by == 0) return {0, 0};
  if (by > 0) return {times(a.low), times(a.high)};
  return {times(a.high), times(a.low)};
}

IndexBounds multiply(const IndexBounds& a, const IndexBounds& b) {
  if (a.low && b.low && *a.low >= 0 && *b.low >= 0) {
    IndexBounds product;
    product.low = near(static_cast<__int128>(*a.low) * *b.low);
    if (a.high && b.high)
      product.high = near(static_cast<__int128>(*a.high) * *b.high);
    return product;
  }
  if (!a.low || !a.high || !b.low || !b.high) return {};
  const IndexBounds x = scale(a, *b.low), y = scale(a, *b.high);
  if (!x.low || !x.high || !y.low || !y.high) return {};
  return {std::min(*x.low, *y.low), std::max(*x.high, *y.high)};
}

int64_t floor_of(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && a < 0 ? 1 : 0);
}

// At least 1; more where a fact compares the size with a number.
IndexBounds bounds_of_size(const IndexFacts& facts, const std::string& name) {
  IndexBounds bounds = {1, {}};
  for (const Condition& fact : facts.conditions) {
    if (fact.relation != Condition::Relation::Less) continue;
    if (fact.left.is_constant() && fact.right.as_variable() == name)
      bounds.low = std::max(*bounds.low, fact.left.constant() + 1);
    if (fact.right.is_constant() && fact.left.as_variable() == name)
      bounds.high =
          std::min(bounds.high.value_or(kFar), fact.right.constant() - 1);
  }
  return bounds;
}

IndexBounds bounds_of(const IndexFacts& facts, const Index& index, int depth);

IndexBounds bounds_of(const IndexFacts& facts, const IndexAtom& atom,
                      int depth) {
  if (depth > 16) return {};
  if (atom.kind == Kind::Fetch) return {};
  if (atom.kind == Kind::Variable) {
    for (const LoopRange& loop : facts.loops)
      if (loop.name == atom.name) {
        const Side high = bounds_of(facts, loop.extent, depth + 1).high;
        return {0, add(high, -1)};
      }
    return bounds_of_size(facts, atom.name);
  }
  const IndexBounds a = bounds_of(facts, atom.arguments[0], depth + 1);
  const Index& second = atom.arguments[1];
  const IndexBounds b = bounds_of(facts, second, depth + 1);
  switch (atom.kind) {
    case Kind::Div: {
      if (!second.is_constant()) {
        const bool positive = a.low && *a.low >= 0;
        return {positive ? Side(0) : Side(), positive ? a.high : Side()};
      }
      const int64_t by = second.constant();
      return {a.low ? Side(floor_of(*a.low, by)) : Side(),
              a.high ? Side(floor_of(*a.high, by)) : Side()};
    }
    case Kind::Mod: {
      const Side top = add(b.high, -1);
      if (a.low && a.high && *a.low >= 0 && b.low && *a.high < *b.low) return a;
      return {0, a.low && *a.low >= 0 && a.high && (!top || *a.high < *top)
                     ? a.high
                     : top};
    }
    case Kind::Min: {
      const Side low = a.low && b.low ? Side(std::min(*a.low, *b.low)) : Side();
      if (!a.high || !b.high) return {low, a.high ? a.high : b.high};
      return {low, std::min(*a.high, *b.high)};
    }
    default: {
      const Side high =
          a.high && b.high ? Side(std::max(*a.high, *b.high)) : Side();
      if (!a.low || !b.low) return {a.low ? a.low : b.low, high};
      return {std::max(*a.low, *b.low), high};
    }
  }
}

IndexBounds plain_bounds(const IndexFacts& facts, const Index& index,
                         int depth) {
  IndexBounds sum = {index.constant(), index.constant()};
  for (const Index::Term& term : index.terms()) {
    IndexBounds product = {1, 1};
    for (const Index::AtomRef& atom : term.atoms)
      product = multiply(product, bounds_of(facts, *atom, depth));
    product = scale(product, term.coefficient);
    sum = {add(sum.low, product.low), add(sum.high, product.high)};
  }
  return sum;
}

Side least(Side a, Side b, bool both) {
  if (a && b) return std::min(*a, *b);
  return both ? Side() : a ? a : b;
}
Side most(Side a, Side b, bool both) {
  if (a && b) return std::max(*a, *b);
  return both ? Side() : a ? a : b;
}

// By cases, where a minimum or maximum is a summand: what stands beside it may
// cancel what stands in it, as in min(14*i, N - 14) + j - N.
IndexBounds by_cases(const IndexFacts& facts, const Index& index, int depth) {
  for (const Index::Term& term : index.terms()) {
    if (term.atoms.size() != 1) continue;
    const IndexAtom& atom = *term.atoms[0];
    if (atom.kind != Kind::Min && atom.kind != Kind::Max) continue;
    const Index beside = index - Index::of_term(term);
    const IndexBounds a = bounds_of(
        facts, beside + atom.arguments[0] * term.coefficient, depth + 1);
    const IndexBounds b = bounds_of(
        facts, beside + atom.arguments[1] * term.coefficient, depth + 1);
    const bool is_min = (atom.kind == Kind::Min) == (term.coefficient > 0);
    return {is_min ? least(a.low, b.low, true) : most(a.low, b.low, false),
            is_min ? least(a.high, b.high, false) : most(a.high, b.high, true)};
  }
  return {};
}

IndexBounds bounds_of(const IndexFacts& facts, const Index& index, int depth) {
  IndexBounds result = plain_bounds(facts, index, depth);
  if (depth < 4) {
    const IndexBounds cases = by_cases(facts, index, depth);
    result = {most(result.low, cases.low, false),
              least(result.high, cases.high, false)};
  }
  // Replacing loops by their ends first keeps i < N.
  for (const bool high : {false, true}) {
    Side& side = high ? result.high : result.low;
    if (side) continue;
    const auto ends = eliminate(index, facts.loops, high);
    if (!ends || *ends == index) continue;
    const IndexBounds plain = plain_bounds(facts, *ends, depth);
    side = high ? plain.high : plain.low;
  }
  return result;
}

// The sign of an index whose atoms are sizes: 1, -1, or 0 where it is not
// known.
int sign_of(const Index& index) {
  int sign = index.constant() > 0 ? 1 : index.constant() < 0 ? -1 : 0;
  for (const Index::Term& term : index.terms()) {
    for (const Index::AtomRef& atom : term.atoms)
      if (atom->kind != Kind::Variable) return 0;
    const int own = term.coefficient > 0 ? 1 : -1;
    if (sign != 0 && sign != own) return 0;
    sign = own;
  }
  return sign;
}

}  // namespace

std::optional<Index> eliminate(const Index& index,
                               const std::vector<LoopRange>& loops, bool high) {
  Index current = index;
  for (size_t i = loops.size(); i-- > 0;) {
    if (!current.mentions(loops[i].name)) continue;
    const auto split = current.linear_in(loops[i].name);
    if (!split) return {};
    const int sign = sign_of(split->factor);
    if (sign == 0 && !split->factor.is(0)) return {};
    const bool at_end = (sign > 0) == high;
    current = at_end ? split->factor * (loops[i].extent - 1) + split->rest
                     : split->rest;
  }
  return current;
}

bool IntervalOracle::always(const IndexFacts& facts, const Condition& claim) {
  const Index difference = claim.left - claim.right;
  if (claim.relation == Condition::Relation::Equal) return difference.is(0);
  const IndexBounds range = bounds(facts, difference);
  return range.high && *range.high < 0;
}

IndexBounds IntervalOracle::bounds(const IndexFacts& facts,
                                   const Index& index) {
  return bounds_of(facts, index, 0);
}

}  // namespace hone::tensor
