// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/solve/isolate.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <utility>

#include "term/substitute.h"
#include "term/walk.h"

namespace hone::rewrite {

using term::Op;
using term::Sort;
using term::Term;

namespace {

constexpr int kDepth = 200;  // of the recursion, which follows the term

Op mirrored(Op op) {
  return op == Op::Le ? Op::Ge : op == Op::Ge ? Op::Le : op;
}

Op negated(Op op) {
  switch (op) {
    case Op::Lt:
      return Op::Ge;
    case Op::Le:
      return Op::Gt;
    case Op::Gt:
      return Op::Le;
    case Op::Ge:
      return Op::Lt;
    case Op::Eq:
      return Op::Ne;
    default:
      return Op::Eq;
  }
}

// The inverse of a modulo m, where gcd(a, m) is 1 (Euclid's algorithm).
int64_t inverse(int64_t a, int64_t m) {
  int64_t r = m, s = 0, next_r = term::euclidean_mod(a, m), next_s = 1;
  while (next_r != 0) {
    const int64_t q = r / next_r;
    r = std::exchange(next_r, r - q * next_r);
    s = std::exchange(next_s, s - q * next_s);
  }
  return term::euclidean_mod(s, m);
}

}  // namespace

bool Isolator::names_variable(Term term) {
  if (term < variable_) return false;  // operands come first
  const std::vector<Term> parts = term::reachable(terms_, term);
  return std::ranges::binary_search(parts, variable_);
}

Term Isolator::join(const Sum& sum) {
  Term whole = sum.rest;
  for (const auto& [k, part] : sum.parts)
    whole = terms_.make(Op::Add, whole, terms_.make(Op::Mul, part, number(k)));
  return whole;
}

// Nothing where a coefficient does not fit a word.
std::optional<Isolator::Sum> Isolator::split(Term whole) {
  Sum sum;
  sum.rest = number(0);
  std::vector<std::pair<int64_t, Term>> open = {{1, whole}};
  while (!open.empty()) {
    const auto [k, term] = open.back();
    open.pop_back();
    if (k == 0) continue;
    if (!names_variable(term)) {
      sum.rest =
          terms_.make(Op::Add, sum.rest, terms_.make(Op::Mul, number(k), term));
      continue;
    }
    const Op op = terms_.op(term);
    if (op == Op::Add || op == Op::Sub) {
      int64_t second = k;
      if (op == Op::Sub && __builtin_sub_overflow(0, k, &second))
        return std::nullopt;
      open.push_back({second, terms_.arg(term, 1)});
      open.push_back({k, terms_.arg(term, 0)});
      continue;
    }
    if (op == Op::Mul) {
      const bool first = terms_.is_word(terms_.arg(term, 0));
      const Term factor = terms_.arg(term, first ? 0 : 1);
      if (terms_.is_word(factor)) {
        int64_t product = 0;
        if (__builtin_mul_overflow(k, terms_.word(factor), &product))
          return std::nullopt;
        open.push_back({product, terms_.arg(term, first ? 1 : 0)});
        continue;
      }
    }
    const auto same =
        std::ranges::find(sum.parts, term, &std::pair<int64_t, Term>::second);
    if (same == sum.parts.end()) {
      sum.parts.emplace_back(k, term);
    } else if (__builtin_add_overflow(same->first, k, &same->first)) {
      return std::nullopt;
    }
  }
  std::erase_if(sum.parts, [](const auto& part) {
    return part.first == 0 || part.first == INT64_MIN;
  });
  sum.rest = cells_.small(sum.rest);
  return sum;
}

Cells Isolator::where(Term condition, bool holds) {
  if (gave_up() || ++depth_ > kDepth) {
    gave_up_ = true;
    return {};
  }
  const auto leave = [&](Cells cells) {
    --depth_;
    return cells;
  };
  if (!names_variable(condition))
    return leave(
        cells_.guarded(holds ? condition : terms_.make(Op::Not, condition)));
  const auto arg = [&](int i) { return terms_.arg(condition, i); };
  const auto either = [&](Cells a, Cells b) {
    return leave(cells_.unite(std::move(a), std::move(b)));
  };
  const Op op = terms_.op(condition);
  switch (op) {
    case Op::Not:
      return leave(where(arg(0), !holds));
    case Op::And:
    case Op::Or:
      if (holds == (op == Op::And))
        return leave(
            cells_.intersect(where(arg(0), holds), where(arg(1), holds)));
      return either(where(arg(0), holds), where(arg(1), holds));
    case Op::Select:
      return either(
          cells_.intersect(where(arg(0), true), where(arg(1), holds)),
          cells_.intersect(where(arg(0), false), where(arg(2), holds)));
    case Op::Eq:
    case Op::Ne:
      if (terms_.sort(arg(0)) == Sort::Bool) {
        const bool equal = holds == (op == Op::Eq);
        return either(
            cells_.intersect(where(arg(0), true), where(arg(1), equal)),
            cells_.intersect(where(arg(0), false), where(arg(1), !equal)));
      }
      break;
    default:
      break;
  }
  const Op wanted = holds ? op : negated(op);
  Term difference = terms_.make(Op::Sub, arg(0), arg(1));
  if (wanted == Op::Lt)
    difference = terms_.make(Op::Add, difference, number(1));
  if (wanted == Op::Gt)
    difference = terms_.make(Op::Sub, difference, number(1));
  return leave(compare(wanted == Op::Lt   ? Op::Le
                       : wanted == Op::Gt ? Op::Ge
                                          : wanted,
                       difference));
}

Cells Isolator::compare(Op op, Term difference) {
  if (gave_up() || --steps_ < 0 || ++depth_ > kDepth) {
    gave_up_ = true;
    return {};
  }
  const auto leave = [&](Cells cells) {
    --depth_;
    return cells;
  };
  const Term zero = number(0);
  const std::optional<Sum> sum = split(difference);
  if (!sum) return leave(cover(terms_.make(op, difference, zero)));
  if (sum->parts.empty())
    return leave(cells_.guarded(terms_.make(op, sum->rest, zero)));
  if (sum->parts.size() > 1) {
    for (size_t i = 0; i < sum->parts.size(); ++i) {
      const Op part = terms_.op(sum->parts[i].second);
      if (part == Op::Min || part == Op::Max || part == Op::Select)
        return leave(split_case(*sum, i, op));
    }
    return leave(cover(terms_.make(op, difference, zero)));
  }
  // k·part op -rest. A quotient by |k| is rounded towards the part's side.
  const auto [k, part] = sum->parts[0];
  const Term rest = sum->rest;
  const Term size = number(k > 0 ? k : -k);
  const Term bound = terms_.make(Op::Sub, zero, rest);
  const Op side = k > 0 ? op : mirrored(op);
  const Term signed_bound = k > 0 ? bound : rest;
  if (op == Op::Eq || op == Op::Ne) {
    const Term quotient = terms_.make(Op::Div, signed_bound, size);
    const Term divides =
        terms_.make(Op::Eq, terms_.make(Op::Mod, signed_bound, size), zero);
    Cells where_equal = against(part, op, quotient);
    if (op == Op::Eq)
      return leave(cells_.intersect(cells_.guarded(divides), where_equal));
    return leave(
        cells_.unite(cells_.guarded(terms_.make(Op::Not, divides)),
                     cells_.intersect(cells_.guarded(divides), where_equal)));
  }
  // size·part side signed_bound
  if (side == Op::Le)
    return leave(against(part, side, terms_.make(Op::Div, signed_bound, size)));
  const Term up = terms_.make(
      Op::Div,
      terms_.make(Op::Add, signed_bound, terms_.make(Op::Sub, size, number(1))),
      size);
  return leave(against(part, side, up));
}

Cells Isolator::against(Term term, Op op, Term bound) {
  bound = cells_.small(bound);
  if (term == variable_) {
    Cell cell;
    if (op == Op::Ne) {
      Cell above;
      cell.high = cells_.small(terms_.make(Op::Sub, bound, number(1)));
      above.low = cells_.small(terms_.make(Op::Add, bound, number(1)));
      return {std::move(cell), std::move(above)};
    }
    if (op != Op::Le) cell.low = bound;
    if (op != Op::Ge) cell.high = bound;
    return {std::move(cell)};
  }
  switch (terms_.op(term)) {
    case Op::Div:
      return quotient(term, op, bound);
    case Op::Mod:
      return remainder(term, op, bound);
    case Op::Min:
    case Op::Max:
      return minimum(term, op, bound);
    case Op::Select: {
      Sum sum;
      sum.parts = {{1, term}};
      sum.rest = terms_.make(Op::Sub, number(0), bound);
      return split_case(sum, 0, op);
    }
    default:
      return cover(terms_.make(op, term, bound));
  }
}

// floor(A / c) <= X is A <= cX + c - 1, floor(A / c) >= X is A >= cX.
Cells Isolator::quotient(Term term, Op op, Term bound) {
  const Term a = terms_.arg(term, 0), divisor = terms_.arg(term, 1);
  if (!terms_.is_word(divisor) || terms_.word(divisor) == INT64_MIN)
    return cover(terms_.make(op, term, bound));
  const int64_t c = terms_.word(divisor);
  if (c == 0) return cells_.guarded(terms_.make(op, number(0), bound));
  if (c < 0)  // A / c = -(A / -c)
    return against(terms_.make(Op::Div, a, number(-c)), mirrored(op),
                   terms_.make(Op::Sub, number(0), bound));
  const Term least = terms_.make(Op::Mul, bound, divisor);
  const Term greatest = terms_.make(Op::Add, least, number(c - 1));
  const auto side = [&](Op op, Term end, int64_t shift) {
    return compare(
        op, terms_.make(Op::Sub, a, terms_.make(Op::Add, end, number(shift))));
  };
  switch (op) {
    case Op::Le:
      return side(Op::Le, greatest, 0);
    case Op::Ge:
      return side(Op::Ge, least, 0);
    case Op::Eq:
      return cells_.intersect(side(Op::Ge, least, 0),
                              side(Op::Le, greatest, 0));
    default:
      return cells_.unite(side(Op::Le, least, -1), side(Op::Ge, greatest, 1));
  }
}

// Whether a remainder repeats as the variable grows: sums, and multiples,
// quotients and remainders by numbers.
bool Isolator::repeats(Term remainder) {
  for (const Term part : term::reachable(terms_, remainder)) {
    const Op op = terms_.op(part);
    if (part == variable_ || !names_variable(part) || op == Op::Add ||
        op == Op::Sub)
      continue;
    const bool by_number =
        terms_.arity(part) == 2 &&
        (terms_.is_constant(terms_.arg(part, 1)) ||
         (op == Op::Mul && terms_.is_constant(terms_.arg(part, 0))));
    if (!by_number || (op != Op::Mul && op != Op::Div && op != Op::Mod))
      return false;
  }
  return true;
}

// a·v + b ≡ X (mod m) is v ≡ a'·(X - b)/g (mod m/g) where g = gcd(a, m) divides
// X - b; a' is the inverse of a/g. Other conditions on a remainder stay.
Cells Isolator::remainder(Term term, Op op, Term bound) {
  const Term divisor = terms_.arg(term, 1);
  if (!terms_.is_word(divisor) || terms_.word(divisor) == INT64_MIN)
    return cover(terms_.make(op, term, bound));
  const int64_t m = std::abs(terms_.word(divisor));
  const Term zero = number(0);
  if (m == 0) return cells_.guarded(terms_.make(op, zero, bound));
  const std::optional<Sum> sum = split(terms_.arg(term, 0));
  if (!sum) return cover(terms_.make(op, term, bound));
  const bool is_linear =
      sum->parts.size() == 1 && sum->parts[0].second == variable_;
  const auto kept = [&]() -> Cells {
    Cell cell;
    cell.periodic.push_back(terms_.make(op, term, bound));
    return {std::move(cell)};
  };
  if (!is_linear && !sum->parts.empty())
    return repeats(term) ? kept() : cover(terms_.make(op, term, bound));
  if (sum->parts.empty())
    return cells_.guarded(
        terms_.make(op, terms_.make(Op::Mod, sum->rest, number(m)), bound));
  const Term in_range = terms_.make(Op::And, terms_.make(Op::Le, zero, bound),
                                    terms_.make(Op::Lt, bound, number(m)));
  if (op == Op::Le || op == Op::Ge) return kept();
  const int64_t a = term::euclidean_mod(sum->parts[0].first, m);
  const int64_t g = std::gcd(a, m), period = m / g;
  const Term offset = terms_.make(Op::Sub, bound, sum->rest);
  const Term fits = terms_.make(
      Op::And, in_range,
      terms_.make(Op::Eq, terms_.make(Op::Mod, offset, number(g)), zero));
  Cell cell;
  if (period > 1) {
    const Term residue = cells_.small(terms_.make(
        Op::Mod,
        terms_.make(Op::Mul, terms_.make(Op::Div, offset, number(g)),
                    number(inverse(a / g, period))),
        number(period)));
    cell.periodic.push_back(terms_.make(
        op, terms_.make(Op::Mod, variable_, number(period)), residue));
  }
  const Cells guard = cells_.guarded(fits);
  if (op == Op::Eq) return cells_.intersect(guard, {std::move(cell)});
  Cells elsewhere = cells_.guarded(terms_.make(Op::Not, fits));
  if (period == 1) return elsewhere;
  return cells_.unite(std::move(elsewhere),
                      cells_.intersect(guard, {std::move(cell)}));
}

// min(A, B) <= X where one of them is; min(A, B) >= X where both are.
Cells Isolator::minimum(Term term, Op op, Term bound) {
  const auto side = [&](int i, Op op, int64_t shift) {
    return compare(op, terms_.make(Op::Sub, terms_.arg(term, i),
                                   terms_.make(Op::Add, bound, number(shift))));
  };
  const auto whole = [&](Op op, int64_t shift) {
    const bool any = (terms_.op(term) == Op::Min) == (op == Op::Le);
    Cells a = side(0, op, shift), b = side(1, op, shift);
    return any ? cells_.unite(std::move(a), std::move(b))
               : cells_.intersect(a, b);
  };
  if (op == Op::Eq) return cells_.intersect(whole(Op::Le, 0), whole(Op::Ge, 0));
  if (op == Op::Ne) return cells_.unite(whole(Op::Le, -1), whole(Op::Ge, 1));
  return whole(op, 0);
}

// Of a minimum, maximum or select.
Term Isolator::operand(Term part, bool first) const {
  const int at = terms_.op(part) == Op::Select ? 1 : 0;
  return terms_.arg(part, first ? at : at + 1);
}

Term Isolator::chooses_first(Term part) {
  if (terms_.op(part) == Op::Select) return terms_.arg(part, 0);
  return terms_.make(terms_.op(part) == Op::Min ? Op::Le : Op::Ge,
                     operand(part, true), operand(part, false));
}

// A minimum, maximum or select among other parts: either operand in its place,
// where it is the chosen one.
Cells Isolator::split_case(const Sum& sum, size_t index, Op op) {
  const Term part = sum.parts[index].second;
  Cells result;
  for (const bool is_first : {true, false}) {
    Sum with = sum;
    with.parts[index].second = operand(part, is_first);
    result = cells_.unite(std::move(result),
                          cells_.intersect(where(chooses_first(part), is_first),
                                           compare(op, join(with))));
  }
  return result;
}

// A choice that stands deeper than a sum: both of its operands in its place.
// Otherwise the interval outside of which the condition never holds.
Cells Isolator::cover(Term condition) {
  for (const Term part : term::reachable(terms_, condition)) {
    const Op op = terms_.op(part);
    const bool select = op == Op::Select && terms_.sort(part) == Sort::Int;
    if ((!select && op != Op::Min && op != Op::Max) || !names_variable(part))
      continue;
    Cells result;
    for (const bool is_first : {true, false}) {
      const std::pair<Term, Term> replaced[] = {
          {part, operand(part, is_first)}};
      const Result<Term> rest = term::substitute(terms_, condition, replaced);
      if (!rest.ok()) break;
      result =
          cells_.unite(std::move(result),
                       cells_.intersect(where(chooses_first(part), is_first),
                                        where(*rest, true)));
      if (!is_first) return result;
    }
  }
  const Context::Scope scope(context_);
  if (!context_.assume(condition).ok()) return {};
  Cell cell;
  const Result<Bounds> hull = context_.bounds(variable_);
  if (!hull.ok()) return {std::move(cell)};
  const auto end = [&](const Bound& bound) -> std::optional<Term> {
    if (bound.kind != Bound::Kind::Tight && bound.kind != Bound::Kind::Proved)
      return std::nullopt;
    return number(bound.value);
  };
  cell.low = end(hull->low);
  cell.high = end(hull->high);
  return {std::move(cell)};
}

}  // namespace hone::rewrite
