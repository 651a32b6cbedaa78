// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/linear/problem.h"

#include "base/result.h"

namespace hone::rewrite::linear {

using term::Op;
using term::Sort;
using term::Term;

Problem::Problem() = default;

void Problem::begin(const term::Context& terms) {
  terms_ = &terms;
  forms_.clear();
  conds_.clear();
  substitutions_.clear();
  conds_.push_back({.kind = CondKind::False});
  conds_.push_back({.kind = CondKind::True});
  readings_.clear();
  forget_terms();
}

void Problem::forget_terms() {
  first_of_goal_ = readings_.size();
  forms_before_goal_ = forms_.mark();
  conds_before_goal_ = conds_.size();
  next_epoch();
}

void Problem::rewind() {
  readings_.resize(first_of_goal_);
  conds_.resize(conds_before_goal_);
  forms_.rewind(forms_before_goal_);
  next_epoch();
}

void Problem::next_epoch() {
  if (++epoch_ == 0) {
    slots_.clear();
    epoch_ = 1;
  }
}

CondId Problem::condition(Term term) {
  HONE_CHECK(terms_->sort(term) == Sort::Bool);
  read(term);
  return value(term);
}

FormId Problem::form(Term term) {
  HONE_CHECK(terms_->sort(term) == Sort::Int);
  read(term);
  return value(term);
}

void Problem::substitute(AtomId variable, AtomId atom, int64_t coefficient,
                         int64_t constant) {
  substitutions_.push_back(
      {variable, forms_.atom_form(atom, coefficient, constant)});
}

void Problem::read(Term root) {
  if (slots_.size() < terms_->size()) slots_.resize(terms_->size());
  if (is_read(root)) return;
  pending_.clear();
  pending_.push_back(root);
  while (!pending_.empty()) {
    const Term term = pending_.back();
    if (is_read(term)) {
      pending_.pop_back();
      continue;
    }
    const size_t before = pending_.size();
    for (const Term arg : terms_->args(term))
      if (!is_read(arg)) pending_.push_back(arg);
    if (pending_.size() != before) continue;
    pending_.pop_back();
    slots_[term.id] = Slot{epoch_, read_node(term)};
    readings_.push_back({term, value(term)});
    if (forms_.overflow()) break;
  }
  if (is_read(root)) return;
  const bool is_bool = terms_->sort(root) == Sort::Bool;
  slots_[root.id] = Slot{epoch_, is_bool ? kFalse : forms_.constant(0)};
}

CondId Problem::add(Cond cond) {
  conds_.push_back(cond);
  return static_cast<CondId>(conds_.size()) - 1;
}

CondId Problem::at_least(FormId form, Term term) {
  const int64_t shared = forms_.content(form);
  if (shared == 0) return forms_.constant_of(form) >= 0 ? kTrue : kFalse;
  form = forms_.divide_content(form, shared);
  const Interval range = forms_.range(form);
  if (range.low >= 0) return kTrue;
  if (range.high < 0) return kFalse;
  return add({.kind = CondKind::AtLeast, .form = form, .term = term});
}

CondId Problem::zero(FormId form, Term term) {
  const int64_t shared = forms_.content(form);
  const int64_t k = forms_.constant_of(form);
  if (shared == 0) return k == 0 ? kTrue : kFalse;
  if (k % shared != 0) return kFalse;
  form = forms_.divide_content(form, shared);
  if (!forms_.range(form).contains(0)) return kFalse;
  return add({.kind = CondKind::Zero, .form = form, .term = term});
}

CondId Problem::both(CondId a, CondId b, Term term) {
  if (a == kFalse || b == kFalse) return kFalse;
  if (a == kTrue || a == b) return b;
  if (b == kTrue) return a;
  return add({.kind = CondKind::And, .a = a, .b = b, .term = term});
}

CondId Problem::either(CondId a, CondId b, Term term) {
  if (a == kTrue || b == kTrue) return kTrue;
  if (a == kFalse || a == b) return b;
  if (b == kFalse) return a;
  return add({.kind = CondKind::Or, .a = a, .b = b, .term = term});
}

CondId Problem::negation(CondId a, Term term) {
  if (a == kFalse) return kTrue;
  if (a == kTrue) return kFalse;
  return add({.kind = CondKind::Not, .a = a, .term = term});
}

CondId Problem::claim(FormId form) {
  return add({.kind = CondKind::AtLeast, .form = form});
}

FormId Problem::comparison(Op op, FormId a, FormId b) {
  switch (op) {
    case Op::Lt:
      return forms_.combine(b, 1, a, -1, -1);
    case Op::Le:
      return forms_.subtract(b, a);
    case Op::Gt:
      return forms_.combine(a, 1, b, -1, -1);
    default:
      return forms_.subtract(a, b);
  }
}

FormId Problem::number_of(CondId id) {
  if (id == kFalse || id == kTrue) return forms_.constant(id == kTrue);
  const Cond& cond = conds_[id];
  if (cond.term.valid() && terms_->op(cond.term) == Op::Variable)
    return forms_.shift(cond.form, 1);
  return forms_.choose(id, forms_.constant(1), forms_.constant(0));
}

FormId Problem::number_of(Term term) {
  return terms_->sort(term) == Sort::Bool ? number_of(value(term))
                                          : value(term);
}

int32_t Problem::read_node(Term term) {
  const auto arg = [&](int index) { return value(terms_->arg(term, index)); };
  switch (terms_->op(term)) {
    case Op::Constant: {
      if (terms_->sort(term) == Sort::Bool)
        return terms_->word(term) != 0 ? kTrue : kFalse;
      return forms_.constant(terms_->is_word(term) ? terms_->word(term)
                                                   : kPlusInfinity);
    }
    case Op::Variable: {
      if (terms_->sort(term) == Sort::Bool) {
        const FormId number =
            forms_.variable(static_cast<int32_t>(term.id), {0, 1});
        return at_least(forms_.shift(number, -1), term);
      }
      const FormId form = forms_.variable(static_cast<int32_t>(term.id), {});
      for (const Substitution& s : substitutions_)
        if (s.variable == forms_.parts(form)[0].atom) return s.form;
      return form;
    }
    case Op::Add:
      return forms_.add(arg(0), arg(1));
    case Op::Sub:
      return forms_.subtract(arg(0), arg(1));
    case Op::Mul:
      return forms_.multiply(arg(0), arg(1));
    case Op::Div:
      return forms_.divide(arg(0), arg(1));
    case Op::Mod:
      return forms_.remainder(arg(0), arg(1));
    case Op::Min:
      return forms_.least(arg(0), arg(1));
    case Op::Max:
      return forms_.greatest(arg(0), arg(1));
    case Op::Lt:
    case Op::Le:
    case Op::Gt:
    case Op::Ge:
      return at_least(comparison(terms_->op(term), arg(0), arg(1)), term);
    case Op::Eq:
    case Op::Ne: {
      const FormId difference =
          comparison(Op::Eq, number_of(terms_->arg(term, 0)),
                     number_of(terms_->arg(term, 1)));
      const CondId equal = zero(difference, term);
      return terms_->op(term) == Op::Eq ? equal : negation(equal, term);
    }
    case Op::Not:
      return negation(arg(0), term);
    case Op::And:
      return both(arg(0), arg(1), term);
    case Op::Or:
      return either(arg(0), arg(1), term);
    case Op::Select: {
      const CondId condition = arg(0);
      if (condition == kTrue) return arg(1);
      if (condition == kFalse) return arg(2);
      const FormId chosen =
          forms_.choose(condition, number_of(terms_->arg(term, 1)),
                        number_of(terms_->arg(term, 2)));
      if (terms_->sort(term) == Sort::Int) return chosen;
      return at_least(forms_.shift(chosen, -1), term);
    }
    case Op::Let:
      break;
  }
  HONE_CHECK(!"a let, which the caller expands");
  return -1;
}

}  // namespace hone::rewrite::linear
