// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The recursion over cases; what is asserted in one case is in assert.cpp.
#include "rewrite/linear/search.h"

#include <algorithm>

namespace hone::rewrite::linear {

namespace {

constexpr int kLastBit = 63;

uint64_t bit_of(int depth) { return uint64_t{1} << std::min(depth, kLastBit); }

}  // namespace

Outcome Search::run(const Problem& problem, std::span<const Requirement> all,
                    const SearchLimits& limits) {
  required_ = all;
  limits_ = limits;
  pivots_ = limits.pivots;
  cases_ = limits.cases;
  refusals_ = limits.refusals;
  products_left_ = limits.products;
  product_splits_left_ = limits.product_splits;
  prepare(problem);
  Outcome outcome = Outcome::Unsatisfiable;
  bool consistent = true;
  for (const Requirement& r : all) {
    consistent = assign(r.cond, r.holds, 0);
    if (!consistent) break;
  }
  if (consistent)
    outcome = solve(0);
  else if (refuted_ < 0)
    outcome = stop_;
  certificate_.root = refuted_;
  return outcome;
}

void Search::prepare(const Problem& problem) {
  problem_ = &problem;
  tableau_.clear();
  certificate_.clear();
  certificate_.is_kept = limits_.certificate;
  facts_.clear();
  assigned_.clear();
  active_.clear();
  least_cases_.clear();
  division_cases_.clear();
  zero_cases_.clear();
  cuts_.clear();
  owners_.clear();
  lines_.clear();
  line_parts_.clear();
  refuted_ = -1;
  const size_t atoms = problem.forms().atom_count();
  cond_states_.assign(problem.cond_count(), -1);
  zero_decided_.assign(problem.cond_count(), 0);
  atom_variables_.assign(atoms, -1);
  atom_active_.assign(atoms, 0);
  least_decided_.assign(atoms, 0);
  gaps_.resize(atoms);
  model_.values().assign(atoms, 0);
}

Search::State Search::mark() const {
  return {.tableau = tableau_.mark(),
          .facts = facts_.size(),
          .assigned = assigned_.size(),
          .active = active_.size(),
          .least_cases = least_cases_.size(),
          .zero_cases = zero_cases_.size(),
          .division_cases = division_cases_.size(),
          .cuts = cuts_.size()};
}

void Search::undo(const State& state) {
  tableau_.undo(state.tableau);
  facts_.resize(state.facts);
  cuts_.resize(state.cuts);
  for (; assigned_.size() > state.assigned; assigned_.pop_back())
    cond_states_[assigned_.back().cond] = -1;
  for (; active_.size() > state.active; active_.pop_back())
    atom_active_[active_.back()] = 0;
  for (; least_cases_.size() > state.least_cases; least_cases_.pop_back())
    least_decided_[least_cases_.back()] = 0;
  division_cases_.resize(state.division_cases);
  for (; zero_cases_.size() > state.zero_cases; zero_cases_.pop_back())
    zero_decided_[zero_cases_.back()] = 0;
}

Outcome Search::solve(int depth) {
  refuted_ = -1;
  const auto failed = [&] {
    return refuted_ >= 0 ? Outcome::Unsatisfiable : stop_;
  };
  const size_t first_cut = cuts_.size();
  Outcome outcome = Outcome::Unsatisfiable;
  for (;;) {
    if (!propagate() || !accept(tableau_.check(pivots_)) || !refute_parity()) {
      outcome = failed();
      break;
    }
    if (try_values()) return Outcome::Satisfiable;
    if (const auto decided = split(depth, first_cut)) {
      outcome = *decided;
      break;
    }
    if (product_ ? !assert_product() : !assert_cut()) {
      outcome = failed();
      break;
    }
  }
  if (outcome == Outcome::Unsatisfiable) wrap_cuts(first_cut);
  return outcome;
}

// The certificate of what used cuts begins with them.
void Search::wrap_cuts(size_t first) {
  for (size_t i = cuts_.size(); i-- > first;) {
    if (!cuts_[i].used) continue;
    refuted_ = certificate_.add(Node{.kind = cuts_[i].kind,
                                     .index = static_cast<int32_t>(i),
                                     .left = refuted_,
                                     .begin = cuts_[i].begin,
                                     .size = cuts_[i].size});
    refutation_ |= cuts_[i].cases;
  }
}

// The values of the tableau, rounded down, in full semantics.
bool Search::try_values() {
  const Forms& forms = problem_->forms();
  for (const AtomId id : active_)
    if (forms.atom(id).kind == AtomKind::Variable) {
      const int64_t value = tableau_.floor_value(atom_variables_[id]);
      model_.values()[id] = value;
    }
  if (!model_.evaluate(*problem_)) return false;
  return std::ranges::all_of(required_, [&](const Requirement& r) {
    return model_.holds(r.cond) == r.holds;
  });
}

// Whether m is 0 or F in the tableau, of m = min(0, F).
bool Search::is_least_tight(AtomId atom) const {
  return tableau_.is_at(atom_variables_[atom], 0) ||
         tableau_.is_at(gaps_[atom].variable, gaps_[atom].zero);
}

int64_t Search::relaxed(AtomId atom) const {
  return tableau_.floor_value(atom_variables_[atom]);
}

// Of a form over active atoms, all at integers; the tableau has bounded them.
int64_t Search::relaxed_form(FormId form) const {
  __int128 sum = problem_->forms().constant_of(form);
  for (const Part& part : problem_->forms().parts(form))
    sum += static_cast<__int128>(part.coefficient) * relaxed(part.atom);
  return static_cast<int64_t>(std::clamp<__int128>(sum, -kLargest, kLargest));
}

// A disjunction of which neither side is known.
bool Search::is_open_clause(const Assigned& a) const {
  const Cond& cond = problem_->cond(a.cond);
  return ((cond.kind == CondKind::And && !a.holds) ||
          (cond.kind == CondKind::Or && a.holds)) &&
         holds(cond.a) < 0 && holds(cond.b) < 0;
}

std::optional<Outcome> Search::split(int depth, size_t first_cut) {
  const Forms& forms = problem_->forms();
  const Assigned* open = nullptr;
  for (const Assigned& a : assigned_) {
    if (!is_open_clause(a)) continue;
    const Cond& cond = problem_->cond(a.cond);
    if (open == nullptr) open = &a;
    if (model_.holds(cond.a) != a.holds && model_.holds(cond.b) != a.holds)
      return branch(depth, NodeKind::CaseCond, cond.a, a.holds);
  }
  for (const AtomId id : active_) {
    if (forms.atom(id).kind != AtomKind::Least || least_decided_[id]) continue;
    if (!is_least_tight(id))
      return branch(depth, NodeKind::CaseLeast, id,
                    relaxed_form(forms.atom(id).first) >= 0);
  }
  const auto divide = [&](AtomKind kind) -> std::optional<Outcome> {
    for (AtomId id : active_) {
      if (forms.atom(id).kind != kind) continue;
      bool left = true;
      if (const auto missing = missing_case(id, left))
        return branch(depth, *missing, id, left);
    }
    return std::nullopt;
  };
  if (const auto outcome = divide(AtomKind::Remainder)) return outcome;
  const auto is_fractional = [&](AtomId id) {
    return !tableau_.is_integer(atom_variables_[id]);
  };
  const auto fractional = std::ranges::find_if(active_, is_fractional);
  const bool is_integer = fractional == active_.end();
  for (const Assigned& a : assigned_) {
    const Cond& cond = problem_->cond(a.cond);
    if (cond.kind != CondKind::Zero || a.holds || zero_decided_[a.cond])
      continue;
    const int64_t value = relaxed_form(cond.form);
    if (!is_integer || value == 0)
      return branch(depth, NodeKind::CaseZero, a.cond, value >= 0);
  }
  if (!is_integer) {
    // Minima first: only then are the equalities known whose parity decides.
    for (const AtomId id : active_)
      if (forms.atom(id).kind == AtomKind::Least && !least_decided_[id])
        return branch(depth, NodeKind::CaseLeast, id,
                      tableau_.is_at(atom_variables_[id], 0));
    if (cuts_.size() < first_cut + limits_.cuts && plan_cut(*fractional))
      return std::nullopt;
    const auto at = static_cast<int32_t>(certificate_.splits.size());
    certificate_.splits.push_back({*fractional, relaxed(*fractional) + 1});
    return branch(depth, NodeKind::Split, at, false);
  }
  for (const AtomId id : active_) {
    const Atom& atom = forms.atom(id);
    if (atom.kind == AtomKind::Choice && holds(atom.source) < 0)
      return branch(depth, NodeKind::CaseCond, atom.source,
                    model_.holds(atom.source));
  }
  if (open != nullptr)
    return branch(depth, NodeKind::CaseCond, problem_->cond(open->cond).a,
                  open->holds);
  if (const auto outcome = divide(AtomKind::Quotient)) return outcome;
  if (plan_product()) return std::nullopt;
  if (const auto factor = factor_split();
      factor && --product_splits_left_ >= 0) {
    const auto at = static_cast<int32_t>(certificate_.splits.size());
    certificate_.splits.push_back(*factor);
    return branch(depth, NodeKind::Split, at,
                  relaxed(factor->atom) >= factor->value);
  }
  return --refusals_ < 0 ? Outcome::OutOfSteps : Outcome::Opaque;
}

// Both cases, unless the refutation of the first does not use its case.
Outcome Search::branch(int depth, NodeKind kind, int32_t index,
                       bool left_first) {
  if (--cases_ < 0) return Outcome::OutOfSteps;
  const uint64_t bit = bit_of(depth);
  const State state = mark();
  // That a form is below or above 0 rests on what says that it is not 0.
  Cases used = kind == NodeKind::CaseZero ? assigned(index).cases : 0;
  int32_t children[2] = {-1, -1};
  bool is_opaque = false;
  for (int turn = 0; turn < 2; ++turn) {
    const bool left = (turn == 0) == left_first;
    refuted_ = -1;
    Outcome outcome = Outcome::Unsatisfiable;
    if (enter(kind, index, left, bit))
      outcome = solve(depth + 1);
    else if (refuted_ < 0)
      outcome = stop_;
    undo(state);
    if (outcome == Outcome::Opaque) {
      is_opaque = true;
      continue;
    }
    if (outcome != Outcome::Unsatisfiable) return outcome;
    if (!(refutation_ & bit)) return outcome;
    used |= refutation_;
    children[left ? 0 : 1] = refuted_;
  }
  if (is_opaque) return Outcome::Opaque;
  refuted_ = certificate_.add(Node{
      .kind = kind, .index = index, .left = children[0], .right = children[1]});
  refutation_ = depth < kLastBit ? used & ~bit : used;
  return Outcome::Unsatisfiable;
}

}  // namespace hone::rewrite::linear
