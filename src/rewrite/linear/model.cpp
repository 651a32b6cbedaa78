// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/linear/model.h"

#include <algorithm>

#include "term/integer.h"

namespace hone::rewrite::linear {

bool Model::value_of(const Forms& forms, FormId form, int64_t& value) const {
  value = forms.constant_of(form);
  for (const Part& part : forms.parts(form)) {
    int64_t product = 0;
    if (!multiply(part.coefficient, values_[part.atom], product) ||
        !add_to(value, product))
      return false;
  }
  return true;
}

bool Model::evaluate_atom(const Forms& forms, AtomId id) {
  const Atom& atom = forms.atom(id);
  int64_t first = 0, second = 0;
  if (atom.kind == AtomKind::Product) {
    int64_t product = 1;
    for (const Part& factor : forms.parts(atom.first))
      for (int64_t i = 0; i < factor.coefficient; ++i)
        if (!multiply(product, values_[factor.atom], product)) return false;
    values_[id] = product;
    return true;
  }
  if (!value_of(forms, atom.first, first)) return false;
  if (atom.second >= 0 && !value_of(forms, atom.second, second)) return false;
  switch (atom.kind) {
    case AtomKind::Floor:
      values_[id] = floor_div(first, atom.number);
      break;
    case AtomKind::Least:
      values_[id] = std::min<int64_t>(first, 0);
      break;
    case AtomKind::Choice:
      values_[id] = holds_[atom.source] ? first : 0;
      break;
    case AtomKind::Quotient:
      values_[id] = term::euclidean_div(first, second);
      break;
    case AtomKind::Remainder:
      values_[id] = term::euclidean_mod(first, second);
      break;
    case AtomKind::Variable:
    case AtomKind::Product:
      break;
  }
  return true;
}

bool Model::evaluate_cond(const Problem& problem, CondId id) {
  const Cond& cond = problem.cond(id);
  int64_t value = 0;
  if (cond.form >= 0 && !value_of(problem.forms(), cond.form, value))
    return false;
  switch (cond.kind) {
    case CondKind::False:
      holds_[id] = false;
      break;
    case CondKind::True:
      holds_[id] = true;
      break;
    case CondKind::AtLeast:
      holds_[id] = value >= 0;
      break;
    case CondKind::Zero:
      holds_[id] = value == 0;
      break;
    case CondKind::Not:
      holds_[id] = !holds_[cond.a];
      break;
    case CondKind::And:
      holds_[id] = holds_[cond.a] && holds_[cond.b];
      break;
    case CondKind::Or:
      holds_[id] = holds_[cond.a] || holds_[cond.b];
      break;
  }
  return true;
}

// An atom's condition was made before the atom, and its forms before that.
bool Model::evaluate(const Problem& problem) {
  const Forms& forms = problem.forms();
  const AtomId atoms = static_cast<AtomId>(forms.atom_count());
  const CondId conds = static_cast<CondId>(problem.cond_count());
  values_.resize(atoms);
  holds_.resize(conds);
  CondId cond = 0;
  for (AtomId id = 0; id < atoms; ++id) {
    const Atom& atom = forms.atom(id);
    if (atom.kind == AtomKind::Variable) continue;
    if (atom.kind == AtomKind::Choice)
      for (; cond <= atom.source; ++cond)
        if (!evaluate_cond(problem, cond)) return false;
    if (!evaluate_atom(forms, id)) return false;
  }
  for (; cond < conds; ++cond)
    if (!evaluate_cond(problem, cond)) return false;
  return true;
}

}  // namespace hone::rewrite::linear
