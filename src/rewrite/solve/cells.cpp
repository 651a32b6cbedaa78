// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/solve/cells.h"

#include <algorithm>

namespace hone::rewrite {

using term::Op;
using term::Term;

Term CellAlgebra::small(Term term) {
  const Result<Term> smaller = context_.simplify(term);
  return smaller.ok() ? *smaller : term;
}

// The greater of two terms, or the smaller one: one of them where that is
// proved.
Term CellAlgebra::greater(Term a, Term b, bool wanted) {
  term::Context& terms = context_.terms();
  if (a == b || proves(terms.make(Op::Ge, a, b))) return wanted ? a : b;
  if (proves(terms.make(Op::Le, a, b))) return wanted ? b : a;
  return small(terms.make(wanted ? Op::Max : Op::Min, a, b));
}

// False where the guard never holds.
bool CellAlgebra::add_guard(Cell& cell, Term guard) {
  guard = small(guard);
  if (context_.terms().is_constant(guard))
    return context_.terms().word(guard) != 0;
  if (std::ranges::find(cell.guards, guard) == cell.guards.end())
    cell.guards.push_back(guard);
  return true;
}

Cells CellAlgebra::guarded(Term guard) {
  Cell cell;
  if (!add_guard(cell, guard)) return {};
  return {std::move(cell)};
}

Cells CellAlgebra::unite(Cells a, Cells b) {
  overflow_ = overflow_ || a.size() + b.size() > limit_;
  if (overflow_) return {};
  a.insert(a.end(), std::make_move_iterator(b.begin()),
           std::make_move_iterator(b.end()));
  return a;
}

Cells CellAlgebra::intersect(const Cells& a, const Cells& b) {
  overflow_ = overflow_ || a.size() * b.size() > limit_;
  if (overflow_) return {};
  Cells result;
  for (const Cell& x : a) {
    for (const Cell& y : b) {
      Cell both = x;
      if (y.low) both.low = x.low ? greater(*x.low, *y.low, true) : *y.low;
      if (y.high)
        both.high = x.high ? greater(*x.high, *y.high, false) : *y.high;
      for (const Term periodic : y.periodic)
        if (std::ranges::find(both.periodic, periodic) == both.periodic.end())
          both.periodic.push_back(periodic);
      bool possible = true;
      for (const Term guard : y.guards)
        possible = possible && add_guard(both, guard);
      if (possible && both.low && both.high)
        possible =
            !proves(context_.terms().make(Op::Gt, *both.low, *both.high));
      if (possible) result.push_back(std::move(both));
    }
  }
  return result;
}

Term CellAlgebra::formula(const Cell& cell) {
  term::Context& terms = context_.terms();
  std::vector<Term> parts;
  if (cell.low && cell.low == cell.high) {
    parts.push_back(terms.make(Op::Eq, variable_, *cell.low));
  } else {
    if (cell.low) parts.push_back(terms.make(Op::Ge, variable_, *cell.low));
    if (cell.high) parts.push_back(terms.make(Op::Le, variable_, *cell.high));
  }
  parts.insert(parts.end(), cell.periodic.begin(), cell.periodic.end());
  parts.insert(parts.end(), cell.guards.begin(), cell.guards.end());
  if (parts.empty()) return terms.boolean(true);
  Term all = parts[0];
  for (size_t i = 1; i < parts.size(); ++i)
    all = terms.make(Op::And, all, parts[i]);
  return all;
}

Term CellAlgebra::formula(const Cells& cells) {
  term::Context& terms = context_.terms();
  if (cells.empty()) return terms.boolean(false);
  Term any = formula(cells[0]);
  for (size_t i = 1; i < cells.size(); ++i)
    any = terms.make(Op::Or, any, formula(cells[i]));
  return any;
}

bool CellAlgebra::implies(Term a, Term b) {
  term::Context& terms = context_.terms();
  return proves(terms.make(Op::Or, terms.make(Op::Not, a), b));
}

// What the assumptions say already goes. Where the values of a periodic
// condition fill an interval, that takes its place.
void CellAlgebra::tighten(Cell& cell) {
  term::Context& terms = context_.terms();
  if (!cell.periodic.empty()) {
    const Context::Scope scope(context_);
    if (context_.assume(formula(cell)).ok()) {
      const Result<Bounds> hull = context_.bounds(variable_);
      const auto is_tight = [&](const Bound& end) {
        return hull.ok() && end.kind == Bound::Kind::Tight;
      };
      if (hull.ok() && is_tight(hull->low) && is_tight(hull->high)) {
        cell.low = terms.integer(hull->low.value);
        cell.high = terms.integer(hull->high.value);
      }
    }
  }
  // Each condition that follows from the others; ends first.
  const auto is_superfluous = [&](const Cell& without) {
    return implies(formula(without), formula(cell));
  };
  for (size_t i = cell.periodic.size(); i-- > 0;) {
    Cell without = cell;
    without.periodic.erase(without.periodic.begin() +
                           static_cast<std::ptrdiff_t>(i));
    if (is_superfluous(without)) cell = std::move(without);
  }
  if (cell.low && cell.low != cell.high) {
    Cell without = cell;
    without.low.reset();
    if (is_superfluous(without)) cell = std::move(without);
  }
  if (cell.high && cell.low != cell.high) {
    Cell without = cell;
    without.high.reset();
    if (is_superfluous(without)) cell = std::move(without);
  }
  for (size_t i = cell.guards.size(); i-- > 0;) {
    Cell without = cell;
    without.guards.erase(without.guards.begin() +
                         static_cast<std::ptrdiff_t>(i));
    if (is_superfluous(without)) cell = std::move(without);
  }
}

// Makes `a` the interval that contains both, where it contains nothing else.
bool CellAlgebra::join(Cell& a, const Cell& b) {
  const Term both = context_.terms().make(Op::Or, formula(a), formula(b));
  Cell hull;
  hull.periodic = a.periodic;
  hull.guards = a.guards;
  if (a.periodic != b.periodic || a.guards != b.guards) {
    if (implies(formula(b), formula(a))) return true;
    if (!implies(formula(a), formula(b))) return false;
    a = b;
    return true;
  }
  if (a.low && b.low) hull.low = greater(*a.low, *b.low, false);
  if (a.high && b.high) hull.high = greater(*a.high, *b.high, true);
  if (!implies(formula(hull), both)) return false;
  a = std::move(hull);
  return true;
}

Cells CellAlgebra::tidy(Cells cells) {
  Cells result;
  const term::Context& terms = context_.terms();
  for (Cell& cell : cells) {
    const Term whole = small(formula(cell));
    if (terms.is_constant(whole) && terms.word(whole) == 0) continue;
    tighten(cell);
    bool joined = false;
    for (Cell& other : result) joined = joined || join(other, cell);
    if (!joined) result.push_back(std::move(cell));
  }
  // A cell that has grown may touch others now.
  for (size_t i = 0; i < result.size(); ++i)
    for (size_t j = i + 1; j < result.size();)
      if (join(result[i], result[j])) {
        result.erase(result.begin() + static_cast<std::ptrdiff_t>(j));
        j = i + 1;
      } else {
        ++j;
      }
  return result;
}

}  // namespace hone::rewrite
