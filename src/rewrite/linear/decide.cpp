// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/linear/decide.h"

#include <algorithm>

namespace hone::rewrite::linear {

using term::Term;

std::string_view cause_name(Cause cause) {
  switch (cause) {
    case Cause::None:
      return "none";
    case Cause::Steps:
      return "steps";
    case Cause::Numbers:
      return "numbers";
    case Cause::Opaque:
      return "opaque";
    case Cause::Contradiction:
      return "contradiction";
  }
  return "";
}

namespace {

// splitmix64 (Steele, Lea and Flood 2014): a point is a function of its number.
uint64_t scramble(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// Points 0, 1, 2: all variables 0, 1, -1. Then numbers of 3 to 11 bits.
int64_t coordinate(uint64_t point, uint64_t variable) {
  if (point < 3) return point == 2 ? -1 : static_cast<int64_t>(point);
  const uint64_t bits = scramble(point * 1'000'003 + variable);
  const int width = 3 + static_cast<int>(point % 5) * 2;
  const int64_t value = static_cast<int64_t>(bits >> 8 & ((1u << width) - 1));
  return bits & 1 ? value : -value;
}

}  // namespace

// What reading alone decides.
std::optional<Decision> Decider::read(Term goal, const DecideOptions& options) {
  begin(options);
  goal_term_ = goal;
  if (overflows_) return finish({.cause = Cause::Numbers});
  goal_ = problem_.condition(goal);
  if (problem_.overflow()) return finish({.cause = Cause::Numbers});
  if (std::ranges::find(assumed_, kFalse) != assumed_.end())
    return finish({.cause = Cause::Contradiction});
  if (goal_ == kTrue || goal_ == kFalse)
    return finish({.answer = goal_ == kTrue ? Answer::True : Answer::False,
                   .by_reading = true});
  return std::nullopt;
}

Decision Decider::decide_true(Term goal, const DecideOptions& options) {
  if (const auto decision = read(goal, options)) return *decision;
  sample(options.samples);
  if (seen_[false]) return {};
  return {.answer = search(false) == Outcome::Unsatisfiable ? Answer::True
                                                            : Answer::Open};
}

Decision Decider::decide(Term goal, const DecideOptions& options) {
  if (const auto decision = read(goal, options)) return *decision;
  sample(options.samples);
  Cause cause = Cause::None;
  // First what no sample has shown.
  const bool first = !seen_[true] && seen_[false];
  for (const bool target : {first, !first}) {
    if (seen_[target]) continue;
    switch (search(target)) {
      case Outcome::Unsatisfiable:
        return finish({.answer = target ? Answer::False : Answer::True});
      case Outcome::Satisfiable:
        note(search_.model());
        break;
      case Outcome::OutOfSteps:
        cause = Cause::Steps;
        break;
      case Outcome::OutOfNumbers:
        cause = Cause::Numbers;
        break;
      case Outcome::Opaque:
        cause = Cause::Opaque;
        break;
    }
  }
  if (!seen_[false] || !seen_[true]) sample(options.further_samples);
  if (seen_[false] && seen_[true])
    return finish({.answer = Answer::Contingent});
  return finish({.cause = cause});
}

Decision Decider::finish(Decision decision) {
  if (seen_[true]) decision.makes_true = models_[true];
  if (seen_[false]) decision.makes_false = models_[false];
  return decision;
}

void Decider::begin(const DecideOptions& options) {
  options_ = options;
  for (int side = 0; side < 2; ++side) {
    seen_[side] = false;
    models_[side].clear();
  }
  points_ = 0;
  problem_.rewind();
}

bool Decider::are_consistent(const DecideOptions& options) {
  begin(options);
  if (overflows_) return true;
  goal_ = kTrue;
  sample(options.samples);
  return seen_[true] || search(true) != Outcome::Unsatisfiable;
}

void Decider::prepare(const term::Context& terms,
                      std::span<const Term> assumptions) {
  problem_.begin(terms);
  assumed_terms_.assign(assumptions.begin(), assumptions.end());
  assumed_.clear();
  congruences_.clear();
  overflows_ = false;
  if (assumed_terms_.empty()) return;
  for (const Term term : assumed_terms_)
    assumed_.push_back(problem_.condition(term));
  for (const CondId cond : assumed_) learn(cond);
  problem_.refresh_ranges();
  for (const CondId cond : assumed_) replace(cond);
  overflows_ = problem_.overflow();
  problem_.forget_terms();
}

// Ranges of variables.
void Decider::learn(CondId root) {
  const Forms& forms = problem_.forms();
  walk_.assign(1, root);
  while (!walk_.empty()) {
    const Cond cond = problem_.cond(walk_.back());
    walk_.pop_back();
    if (cond.kind == CondKind::And) {
      walk_.push_back(cond.a);
      walk_.push_back(cond.b);
      continue;
    }
    const bool negative = cond.kind == CondKind::Not &&
                          problem_.cond(cond.a).kind == CondKind::AtLeast;
    const Cond literal = negative ? problem_.cond(cond.a) : cond;
    if (literal.kind != CondKind::AtLeast && literal.kind != CondKind::Zero)
      continue;
    const std::span<const Part> parts = forms.parts(literal.form);
    if (parts.size() != 1 ||
        forms.atom(parts[0].atom).kind != AtomKind::Variable)
      continue;
    // ±v + k >= 0, or its negation ∓v - k - 1 >= 0.
    int64_t sign = parts[0].coefficient;
    int64_t k = forms.constant_of(literal.form);
    if (literal.kind == CondKind::Zero) {
      problem_.narrow(parts[0].atom, {-k * sign, -k * sign});
      continue;
    }
    if (negative) {
      sign = -sign;
      k = -k - 1;
    }
    problem_.narrow(parts[0].atom, sign > 0 ? Interval{-k, kPlusInfinity}
                                            : Interval{kMinusInfinity, k});
  }
}

// v % c == r makes v the form c·floor(v / c) + r.
void Decider::replace(CondId root) {
  const Forms& forms = problem_.forms();
  walk_.assign(1, root);
  while (!walk_.empty()) {
    const Cond cond = problem_.cond(walk_.back());
    walk_.pop_back();
    if (cond.kind == CondKind::And) {
      walk_.push_back(cond.a);
      walk_.push_back(cond.b);
    }
    if (cond.kind != CondKind::Zero) continue;
    const std::span<const Part> parts = forms.parts(cond.form);
    if (parts.size() != 2) continue;
    const Part variable = parts[0], quotient = parts[1];
    const Atom& floor = forms.atom(quotient.atom);
    if (forms.atom(variable.atom).kind != AtomKind::Variable ||
        floor.kind != AtomKind::Floor || magnitude(variable.coefficient) != 1 ||
        quotient.coefficient != -variable.coefficient * floor.number)
      continue;
    const std::span<const Part> inner = forms.parts(floor.first);
    if (inner.size() != 1 || inner[0] != Part{variable.atom, 1} ||
        forms.constant_of(floor.first) != 0)
      continue;
    const int64_t rest = -variable.coefficient * forms.constant_of(cond.form);
    if (std::ranges::find(congruences_, variable.atom, &Congruence::variable) !=
        congruences_.end())
      continue;
    congruences_.push_back({variable.atom, floor.number, rest});
    problem_.substitute(variable.atom, quotient.atom, floor.number, rest);
  }
}

void Decider::note(Model& model) {
  const Forms& forms = problem_.forms();
  const bool side = model.holds(goal_);
  seen_[side] = true;
  models_[side].clear();
  for (AtomId id = 0; id < static_cast<AtomId>(forms.atom_count()); ++id)
    if (forms.atom(id).kind == AtomKind::Variable)
      models_[side].push_back(
          {Term{static_cast<uint32_t>(forms.atom(id).source)},
           model.value(id)});
}

void Decider::try_point(uint64_t point) {
  const Forms& forms = problem_.forms();
  const auto atoms = static_cast<AtomId>(forms.atom_count());
  std::vector<int64_t>& values = point_.values();
  values.resize(atoms);
  for (AtomId id = 0; id < atoms; ++id) {
    const Atom& atom = forms.atom(id);
    if (atom.kind != AtomKind::Variable) continue;
    values[id] =
        std::clamp(coordinate(point, id), atom.range.low, atom.range.high);
  }
  for (const Congruence& c : congruences_)
    values[c.variable] =
        floor_div(values[c.variable], c.modulus) * c.modulus + c.rest;
  if (!point_.evaluate(problem_)) return;
  const auto holds = [&](CondId cond) { return point_.holds(cond); };
  if (!std::ranges::all_of(assumed_, holds)) return;
  if (!seen_[point_.holds(goal_)]) note(point_);
}

void Decider::sample(int count) {
  for (int i = 0; i < count && !(seen_[false] && seen_[true]); ++i)
    try_point(points_++);
}

Outcome Decider::search(bool target) {
  required_.clear();
  for (const CondId cond : assumed_)
    if (cond != kTrue) required_.push_back({cond, true});
  required_.push_back({goal_, target});
  const Outcome outcome = search_.run(problem_, required_, options_.limits);
  if (outcome == Outcome::Unsatisfiable || outcome == Outcome::Satisfiable)
    return outcome;
  // Products and quotients may have led astray what is near without them.
  SearchLimits linear = options_.limits;
  linear.products = linear.product_splits = 0;
  const Outcome again = search_.run(problem_, required_, linear);
  return again == Outcome::Unsatisfiable || again == Outcome::Satisfiable
             ? again
             : outcome;
}

}  // namespace hone::rewrite::linear
