// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What holds in one case of the search: conditions, the facts that they are,
// and the axioms of the atoms that these name.
#include <algorithm>

#include "rewrite/linear/search.h"

namespace hone::rewrite::linear {

const Search::Assigned& Search::assigned(CondId cond) const {
  return *std::ranges::find(assigned_, cond, &Assigned::cond);
}

bool Search::refute(NodeKind kind, Cases cases) {
  refuted_ = certificate_.add(Node{
      .kind = kind, .begin = static_cast<int32_t>(certificate_.shares.size())});
  refutation_ = cases;
  return false;
}

void Search::add_share(int32_t reason, int64_t multiplier) {
  const Fact fact = facts_[reason].fact;
  if (fact.origin == Origin::Cut) cuts_[fact.index].used = true;
  certificate_.add(Share{fact, multiplier});
}

bool Search::accept(Tableau::Status status) {
  switch (status) {
    case Tableau::Status::Feasible:
      return true;
    case Tableau::Status::Overflow:
      stop_ = Outcome::OutOfNumbers;
      return false;
    case Tableau::Status::Steps:
      stop_ = Outcome::OutOfSteps;
      return false;
    case Tableau::Status::Conflict:
      break;
  }
  Cases cases = 0;
  for (const Tableau::Blame& blame : tableau_.conflict())
    cases |= facts_[blame.reason].cases;
  refute(NodeKind::Sum, cases);
  for (const Tableau::Blame& blame : tableau_.conflict())
    add_share(blame.reason, blame.multiplier);
  certificate_.nodes.back().size =
      static_cast<int32_t>(tableau_.conflict().size());
  return false;
}

bool Search::refute_parity() {
  const auto is_integer = [&](AtomId id) {
    return tableau_.is_integer(atom_variables_[id]);
  };
  if (std::ranges::all_of(active_, is_integer)) return true;
  if (!tableau_.find_gcd_conflict()) return true;
  Cases cases = 0;
  for (const Tableau::Fixed& fixed : tableau_.gcd_conflict())
    cases |= facts_[fixed.low_reason].cases | facts_[fixed.high_reason].cases;
  refute(NodeKind::Parity, cases);
  for (const Tableau::Fixed& fixed : tableau_.gcd_conflict()) {
    const bool up = fixed.coefficient > 0;
    const int32_t first = up ? fixed.low_reason : fixed.high_reason;
    const int32_t second = up ? fixed.high_reason : fixed.low_reason;
    const int64_t multiplier = magnitude(fixed.coefficient);
    add_share(first, multiplier);
    add_share(second, multiplier);
  }
  certificate_.nodes.back().size =
      2 * static_cast<int32_t>(tableau_.gcd_conflict().size());
  return false;
}

bool Search::assign(CondId cond, bool holds, Cases cases) {
  pending_.clear();
  pending_.push_back({cond, holds, cases});
  while (!pending_.empty()) {
    const Assigned next = pending_.back();
    pending_.pop_back();
    if (!assign_one(next)) return false;
  }
  return true;
}

bool Search::assign_one(const Assigned& next) {
  if (next.cond == kFalse || next.cond == kTrue) {
    if (next.holds == (next.cond == kTrue)) return true;
    return refute(NodeKind::Clash, next.cases);
  }
  const int known = holds(next.cond);
  if (known >= 0) {
    if ((known == 1) == next.holds) return true;
    return refute(NodeKind::Clash, next.cases | assigned(next.cond).cases);
  }
  assigned_.push_back(next);
  cond_states_[next.cond] = next.holds;
  const Cond& cond = problem_->cond(next.cond);
  const Fact literal{Origin::Literal, next.cond};
  const Fact back{Origin::LiteralBack, next.cond};
  for (size_t i = 0; i < active_.size(); ++i) {
    const Atom& atom = problem_->forms().atom(active_[i]);
    if (atom.kind == AtomKind::Choice && atom.source == next.cond &&
        !assert_choice(active_[i], next))
      return false;
  }
  switch (cond.kind) {
    case CondKind::False:
    case CondKind::True:
      return true;
    case CondKind::AtLeast:
      return next.holds ? assert_form(cond.form, 1, 0, literal, next.cases)
                        : assert_form(cond.form, -1, -1, literal, next.cases);
    case CondKind::Zero:
      if (next.holds)
        return assert_form(cond.form, 1, 0, literal, next.cases) &&
               assert_form(cond.form, -1, 0, back, next.cases);
      // A disequality is split where a solution violates it.
      sum_.assign(problem_->forms().parts(cond.form).begin(),
                  problem_->forms().parts(cond.form).end());
      return activate_parts();
    case CondKind::Not:
      pending_.push_back({cond.a, !next.holds, next.cases});
      return true;
    case CondKind::And:
    case CondKind::Or:
      if (next.holds == (cond.kind == CondKind::And)) {
        pending_.push_back({cond.b, next.holds, next.cases});
        pending_.push_back({cond.a, next.holds, next.cases});
      }
      return true;
  }
  return true;
}

// Disjunctions of which one side has fallen.
bool Search::propagate() {
  for (size_t i = 0; i < assigned_.size(); ++i) {
    const Assigned a = assigned_[i];
    const Cond& cond = problem_->cond(a.cond);
    if (cond.kind != CondKind::And && cond.kind != CondKind::Or) continue;
    if (a.holds == (cond.kind == CondKind::And)) continue;
    const int sides[2] = {holds(cond.a), holds(cond.b)};
    if (sides[0] == a.holds || sides[1] == a.holds) continue;
    if (sides[0] < 0 && sides[1] < 0) continue;
    const bool first_fell = sides[0] >= 0;
    const CondId fallen = first_fell ? cond.a : cond.b;
    const CondId other = first_fell ? cond.b : cond.a;
    if (!assign(other, a.holds, a.cases | assigned(fallen).cases)) return false;
    i = SIZE_MAX;  // earlier ones may follow
  }
  return true;
}

bool Search::enter(NodeKind kind, int32_t index, bool left, Cases cases) {
  const int64_t sign = left ? 1 : -1;
  switch (kind) {
    case NodeKind::CaseCond:
      return assign(index, left, cases);
    case NodeKind::CaseLeast: {
      least_decided_[index] = 1;
      least_cases_.push_back(index);
      const FormId form = problem_->forms().atom(index).first;
      // F >= 0 and m >= 0, or F <= -1 and m >= F.
      return assert_form(form, sign, left ? 0 : -1, {Origin::LeastCase, index},
                         cases) &&
             assert_value(index, left ? -1 : form, 1,
                          {Origin::LeastValue, index}, cases);
    }
    case NodeKind::CaseZero:
      zero_decided_[index] = 1;
      zero_cases_.push_back(index);
      return assert_form(problem_->cond(index).form, sign, -1,
                         {Origin::ZeroCase, index}, cases);
    case NodeKind::CaseDivisor:
    case NodeKind::CaseNegative:
    case NodeKind::CaseDividend:
      return enter_division(kind, index, left, cases);
    case NodeKind::Split: {
      const ValueSplit& split = certificate_.splits[index];
      sum_.assign({{split.atom, sign}});
      return assert_sum(left ? -split.value : split.value - 1,
                        {Origin::Split, index}, cases);
    }
    case NodeKind::Sum:
    case NodeKind::Parity:
    case NodeKind::Clash:
    case NodeKind::Cut:
    case NodeKind::Product:
      break;
  }
  return true;
}

// sign · form + extra >= 0
bool Search::assert_form(FormId form, int64_t sign, int64_t extra, Fact fact,
                         Cases cases) {
  load_form(form, sign);
  return assert_sum(sign * problem_->forms().constant_of(form) + extra, fact,
                    cases);
}

void Search::load_form(FormId form, int64_t sign) {
  sum_.clear();
  for (const Part& part : problem_->forms().parts(form))
    sum_.push_back({part.atom, sign * part.coefficient});
}

// sign · (atom - form) >= 0; the form is 0 where it is -1.
bool Search::assert_value(AtomId atom, FormId form, int64_t sign, Fact fact,
                          Cases cases) {
  const Forms& forms = problem_->forms();
  sum_.clear();
  int64_t constant = 0;
  if (form >= 0) {
    for (const Part& part : forms.parts(form))
      sum_.push_back({part.atom, -sign * part.coefficient});
    constant = -sign * forms.constant_of(form);
  }
  sum_.push_back({atom, sign});
  return assert_sum(constant, fact, cases);
}

// sum_ + constant >= 0, divided by what the coefficients share.
bool Search::assert_sum(int64_t constant, Fact fact, Cases cases) {
  if (!activate_parts()) return false;
  const auto reason = static_cast<int32_t>(facts_.size());
  facts_.push_back({fact, cases});
  if (sum_.empty()) {
    if (constant >= 0) return true;
    refute(NodeKind::Sum, cases);
    add_share(reason, 1);
    certificate_.nodes.back().size = 1;
    return false;
  }
  int64_t shared = 0;
  for (const Part& part : sum_) shared = gcd(shared, part.coefficient);
  const bool negative = sum_[0].coefficient < 0;
  for (Part& part : sum_) {
    part.coefficient /= shared;
    if (negative) part.coefficient = -part.coefficient;
  }
  constant = floor_div(constant, shared);
  const int32_t variable =
      sum_.size() == 1 ? atom_variable(sum_[0].atom) : line_variable();
  if (variable < 0) {
    stop_ = Outcome::OutOfNumbers;
    return false;
  }
  return accept(negative ? tableau_.assert_high(variable, constant, reason)
                         : tableau_.assert_low(variable, -constant, reason));
}

int32_t Search::atom_variable(AtomId atom) {
  if (atom_variables_[atom] < 0) {
    atom_variables_[atom] = tableau_.add_variable();
    owners_.push_back(-1 - atom);
  }
  return atom_variables_[atom];
}

// The row that stands for sum_.
int32_t Search::line_variable() {
  for (const Line& line : lines_) {
    if (line.size == static_cast<int32_t>(sum_.size()) &&
        std::equal(sum_.begin(), sum_.end(), line_parts_.begin() + line.begin))
      return line.variable;
  }
  summands_.clear();
  for (const Part& part : sum_)
    summands_.push_back({atom_variable(part.atom), part.coefficient});
  const int32_t variable = tableau_.add_row(summands_);
  if (variable < 0) return -1;
  owners_.push_back(static_cast<int32_t>(lines_.size()));
  lines_.push_back({.variable = variable,
                    .begin = static_cast<int32_t>(line_parts_.size()),
                    .size = static_cast<int32_t>(sum_.size())});
  line_parts_.insert(line_parts_.end(), sum_.begin(), sum_.end());
  return variable;
}

// Brings in the axioms of the atoms of sum_, and of those that they name.
bool Search::activate_parts() {
  const auto is_new = [&](const Part& part) {
    return !atom_active_[part.atom];
  };
  if (std::ranges::none_of(sum_, is_new)) return true;
  const std::vector<Part> wanted = sum_;
  std::vector<AtomId> queue;
  const auto need = [&](std::span<const Part> parts) {
    for (const Part& part : parts) {
      if (atom_active_[part.atom]) continue;
      atom_active_[part.atom] = 1;
      atom_variable(part.atom);
      active_.push_back(part.atom);
      queue.push_back(part.atom);
    }
  };
  need(wanted);
  const Forms& forms = problem_->forms();
  for (size_t i = 0; i < queue.size(); ++i) {
    const Atom& atom = forms.atom(queue[i]);
    if (atom.kind == AtomKind::Floor || atom.kind == AtomKind::Least ||
        atom.kind == AtomKind::Choice)
      need(forms.parts(atom.first));
    if (atom.kind == AtomKind::Remainder || atom.kind == AtomKind::Quotient) {
      need(forms.parts(atom.first));
      need(forms.parts(atom.second));
    }
    // The exponents are no coefficients, but the factors are the same.
    if (atom.kind == AtomKind::Product) need(forms.parts(atom.first));
  }
  for (const AtomId id : queue)
    if (!assert_axioms(id)) return false;
  sum_ = wanted;
  return true;
}

bool Search::assert_axioms(AtomId id) {
  const Forms& forms = problem_->forms();
  const Atom& atom = forms.atom(id);
  switch (atom.kind) {
    case AtomKind::Variable: {
      const term::Term source{static_cast<uint32_t>(atom.source)};
      if (problem_->terms().sort(source) != term::Sort::Bool) return true;
      sum_.assign({{id, 1}});
      if (!assert_sum(0, {Origin::BooleanLow, id}, 0)) return false;
      sum_.assign({{id, -1}});
      return assert_sum(1, {Origin::BooleanHigh, id}, 0);
    }
    case AtomKind::Floor: {
      const int64_t k = forms.constant_of(atom.first);
      const auto load = [&](int64_t sign) {
        load_form(atom.first, sign);
        sum_.push_back({id, -sign * atom.number});
      };
      load(1);
      if (!assert_sum(k, {Origin::FloorLow, id}, 0)) return false;
      load(-1);
      return assert_sum(atom.number - 1 - k, {Origin::FloorHigh, id}, 0);
    }
    case AtomKind::Least:
      return assert_value(id, -1, -1, {Origin::LeastZero, id}, 0) &&
             assert_value(id, atom.first, -1, {Origin::LeastForm, id}, 0) &&
             find_gap(id);
    case AtomKind::Choice:
      if (holds(atom.source) >= 0)
        return assert_choice(id, assigned(atom.source));
      return true;
    case AtomKind::Product:
      return assert_square(id);
    case AtomKind::Remainder:
      return assert_value(id, -1, 1, {Origin::RemainderLow, id}, 0);
    case AtomKind::Quotient:
      return true;
  }
  return true;
}

bool Search::assert_square(AtomId id) {
  const Forms& forms = problem_->forms();
  const std::span<const Part> factors = forms.parts(forms.atom(id).first);
  const auto is_odd = [](const Part& factor) {
    return factor.coefficient % 2 != 0;
  };
  if (std::ranges::any_of(factors, is_odd)) return true;
  if (!assert_value(id, -1, 1, {Origin::SquareLow, id}, 0)) return false;
  if (factors.size() != 1 || factors[0].coefficient != 2) return true;
  const AtomId root = factors[0].atom;
  sum_.assign({{root, -1}, {id, 1}});
  if (!assert_sum(0, {Origin::SquareUp, id}, 0)) return false;
  sum_.assign({{root, 1}, {id, 1}});
  return assert_sum(0, {Origin::SquareDown, id}, 0);
}

// The leading coefficient of F is positive, so the row is F - m without its
// constant k and stands at -k where m = F.
bool Search::find_gap(AtomId id) {
  gaps_[id] = {line_variable(), -problem_->forms().constant_of(
                                    problem_->forms().atom(id).first)};
  return true;
}

bool Search::assert_choice(AtomId id, const Assigned& cond) {
  const FormId form = cond.holds ? problem_->forms().atom(id).first : -1;
  return assert_value(id, form, 1, {Origin::ChoiceLow, id}, cond.cases) &&
         assert_value(id, form, -1, {Origin::ChoiceHigh, id}, cond.cases);
}

}  // namespace hone::rewrite::linear
