// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What terms become: every step from operands to a form or a condition.
#include <fmt/format.h>

#include <algorithm>

#include "verify/proof_replay.h"

namespace hone::verify {

using term::Op;
using term::Sort;

Status Replay::read_reading() {
  if (words_.take_index() != static_cast<int>(readings_.size()))
    return malformed("subterms are numbered from 0");
  Reading reading;
  const std::string_view word = words_.take();
  const auto op = term::op_named(word);
  if (op && *op != Op::Let) {
    reading.op = *op;
    HONE_RETURN_IF_ERROR(read_operands(reading));
  } else {
    HONE_RETURN_IF_ERROR(read_leaf(reading, word));
  }
  std::optional<bool> settled;
  const bool is_int = terms_.sort(reading.term) == Sort::Int;
  if (!words_.empty() && words_.peek() == "=") {
    words_.take();
    if (is_int) {
      HONE_ASSIGN_OR_RETURN(reading.form, known_form());
    } else {
      settled = words_.take() == "true";
    }
  } else if (is_int) {
    return malformed("expected the form of an Int");
  }
  cited_.clear();
  if (!words_.empty()) {
    if (words_.take() != "by") return malformed("expected: by");
    while (!words_.empty()) {
      const int lemma = words_.take_index();
      if (lemma < 0 || lemma >= static_cast<int>(lemmas_.size()))
        return malformed("expected the number of a lemma");
      cited_.push_back(lemmas_[lemma]);
    }
  }
  if (is_int) {
    HONE_RETURN_IF_ERROR(check_int(reading));
  } else {
    HONE_RETURN_IF_ERROR(settle(reading));
    if (settled && reading.known != settled)
      return wrong("the lemmas do not settle the comparison");
  }
  readings_.push_back(std::move(reading));
  return {};
}

Status Replay::read_leaf(Reading& reading, std::string_view word) {
  if (word == "true" || word == "false") {
    reading.op = Op::Constant;
    reading.term = terms_.boolean(word == "true");
    return {};
  }
  if (word == "int" || word == "bool") {
    const auto variable = terms_.find_variable(words_.take());
    if (!variable ||
        terms_.sort(*variable) != (word == "int" ? Sort::Int : Sort::Bool))
      return malformed("no term has such a variable");
    reading.op = Op::Variable;
    reading.term = *variable;
    return {};
  }
  const auto number = Integer::parse(word);
  if (!number) return malformed("expected an operator, a variable or a number");
  reading.op = Op::Constant;
  reading.term = terms_.integer(*number);
  return {};
}

Status Replay::read_operands(Reading& reading) {
  const int count = term::arity(reading.op);
  if (count == 0) return malformed("expected an operator");
  Sort sorts[3] = {};
  for (int i = 0; i < count; ++i) {
    const int arg = words_.take_index();
    if (arg < 0 || arg >= static_cast<int>(readings_.size()))
      return malformed("expected a subterm that has been read");
    reading.args[i] = arg;
    sorts[i] = terms_.sort(readings_[arg].term);
  }
  bool fits = true;
  switch (term::info(reading.op).operands) {
    case term::Operands::Ints:
      fits = std::all_of(sorts, sorts + count,
                         [](Sort s) { return s == Sort::Int; });
      break;
    case term::Operands::Bools:
      fits = std::all_of(sorts, sorts + count,
                         [](Sort s) { return s == Sort::Bool; });
      break;
    case term::Operands::Same:
      fits = sorts[0] == sorts[1];
      break;
    case term::Operands::Select:
      fits = sorts[0] == Sort::Bool && sorts[1] == sorts[2];
      break;
    case term::Operands::Leaf:
    case term::Operands::Let:
      fits = false;
      break;
  }
  if (!fits) return malformed("the operands do not have the operator's sorts");
  const auto arg = [&](int i) { return readings_[reading.args[i]].term; };
  reading.term = count == 1   ? terms_.make(reading.op, arg(0))
                 : count == 2 ? terms_.make(reading.op, arg(0), arg(1))
                              : terms_.make(reading.op, arg(0), arg(1), arg(2));
  return {};
}

bool Replay::is_proved(const ProofForm& form) const {
  if (form.is_constant()) return form.constant.sign() >= 0;
  return std::ranges::find(cited_, form) != cited_.end();
}

int Replay::variable_atom(term::Term variable) const {
  for (const auto& [id, atom] : atoms_)
    if (atom.kind == AtomKind::Variable && atom.variable == variable) return id;
  return -1;
}

Polynomial Replay::expanded(const ProofForm& form) const {
  Polynomial sum;
  if (form.constant.sign() != 0) sum[{}] = form.constant;
  for (const auto& [id, coefficient] : form.parts) {
    std::map<int, int64_t> exponents;
    const Atom& atom = atoms_.at(id);
    if (atom.kind == AtomKind::Product) {
      for (const auto& [factor, exponent] : atom.first.parts)
        exponents[factor] = *exponent.to_int64();
    } else {
      exponents[id] = 1;
    }
    Integer& own = sum[exponents];
    own = own + coefficient;
    if (own.sign() == 0) sum.erase(exponents);
  }
  return sum;
}

// form = base + g·m with m = min(0, X) and gX = other - base, or a proved one.
bool Replay::is_minimum(const ProofForm& form, const ProofForm& a,
                        const ProofForm& b) const {
  const auto is_from = [&](const ProofForm& base, const ProofForm& other) {
    const ProofForm rest = form - base;
    if (rest.is_constant())
      return rest.constant.sign() == 0 && is_proved(other - base);
    const auto& [id, factor] = *rest.parts.begin();
    const Atom& atom = atoms_.at(id);
    return rest.parts.size() == 1 && rest.constant.sign() == 0 &&
           atom.kind == AtomKind::Least && factor.sign() > 0 &&
           atom.first * factor == other - base;
  };
  return is_from(a, b) || is_from(b, a);
}

Status Replay::check_int(const Reading& reading) {
  const ProofForm& form = reading.form;
  const auto arg = [&](int i) -> const ProofForm& {
    return readings_[reading.args[i]].form;
  };
  bool right = false;
  switch (reading.op) {
    case Op::Constant:
      right = form == ProofForm::number(terms_.value(reading.term));
      break;
    case Op::Variable: {
      const int id = variable_atom(reading.term);
      if (id < 0) return wrong("the variable has no atom");
      const ProofForm plain = ProofForm::atom(id);
      right =
          form == plain || (is_proved(form - plain) && is_proved(plain - form));
      break;
    }
    case Op::Add:
      right = form == arg(0) + arg(1);
      break;
    case Op::Sub:
      right = form == arg(0) - arg(1);
      break;
    case Op::Mul:
      right = expanded(form) == product(expanded(arg(0)), expanded(arg(1)));
      break;
    case Op::Div:
    case Op::Mod:
      return check_division(reading);
    case Op::Min:
      right = is_minimum(form, arg(0), arg(1));
      break;
    case Op::Max:
      // max(a, b) = -min(-a, -b), of which the atom may be that of min(a, b).
      right = is_minimum(arg(0) + arg(1) - form, arg(0), arg(1));
      break;
    case Op::Select: {
      HONE_ASSIGN_OR_RETURN(const ProofForm expected,
                            chosen(reading.args[0], arg(1), arg(2)));
      right = form == expected;
      break;
    }
    default:
      break;
  }
  if (right) return {};
  return wrong(
      fmt::format("this is not the form of a term {}", term::name(reading.op)));
}

Status Replay::check_division(const Reading& reading) {
  const ProofForm& a = readings_[reading.args[0]].form;
  const ProofForm& b = readings_[reading.args[1]].form;
  const ProofForm& form = reading.form;
  const bool is_mod = reading.op == Op::Mod;
  if (!b.is_constant()) {
    // 0 / b and 0 % b, and a % a, whatever a is.
    if ((a == ProofForm() || (is_mod && a == b)) && form == ProofForm())
      return {};
    if (form.parts.size() != 1 || form.constant.sign() != 0 ||
        form.parts.begin()->second != Integer(1))
      return wrong("a quotient by no constant is an atom");
    const Atom& atom = atoms_.at(form.parts.begin()->first);
    if (atom.kind == (is_mod ? AtomKind::Remainder : AtomKind::Quotient) &&
        atom.first == a && atom.second == b)
      return {};
    return wrong("the atom is not that of this quotient");
  }
  const Integer& c = b.constant;
  if (c.sign() == 0) {
    if (form == ProofForm()) return {};
    return wrong("what is divided by 0 is 0");
  }
  const Integer size = c.sign() < 0 ? -c : c;
  const ProofForm rest = is_mod ? form : a - form * c;
  if (is_mod) {
    // a - form is a multiple of c.
    const ProofForm whole = a - form;
    const auto divides = [&](const Integer& number) {
      return euclidean_mod(number, size).sign() == 0;
    };
    if (!divides(whole.constant) ||
        !std::ranges::all_of(whole.parts, [&](const auto& part) {
          return divides(part.second);
        }))
      return wrong("the remainder differs by no multiple of the divisor");
  }
  if (is_proved(rest) && is_proved(ProofForm::number(size - Integer(1)) - rest))
    return {};
  return wrong("the remainder is not shown to lie in 0 … |divisor| - 1");
}

int Replay::resolved(int reading) const {
  while (readings_[reading].same_as >= 0) reading = readings_[reading].same_as;
  return reading;
}

Result<ProofForm> Replay::number_of(int index) const {
  index = resolved(index);
  const Reading& reading = readings_[index];
  if (terms_.sort(reading.term) == Sort::Int) return reading.form;
  if (reading.known) return ProofForm::number(Integer(*reading.known));
  if (reading.op == Op::Variable) {
    const int id = variable_atom(reading.term);
    if (id < 0) return wrong("the variable has no atom");
    return ProofForm::atom(id);
  }
  return chosen(index, ProofForm::number(Integer(1)), ProofForm());
}

Result<ProofForm> Replay::chosen(int condition, const ProofForm& a,
                                 const ProofForm& b) const {
  condition = resolved(condition);
  if (const auto known = readings_[condition].known) return *known ? a : b;
  const ProofForm difference = a - b;
  if (difference == ProofForm()) return a;
  for (const auto& [id, atom] : atoms_)
    if (atom.kind == AtomKind::Choice &&
        resolved(atom.condition) == condition && atom.first == difference)
      return b + ProofForm::atom(id);
  return wrong("no atom stands for this choice");
}

Result<ProofForm> Replay::comparison(const Reading& reading) const {
  const ProofForm one = ProofForm::number(Integer(1));
  if (reading.op == Op::Variable) {
    const int id = variable_atom(reading.term);
    if (id < 0) return wrong("the variable has no atom");
    return ProofForm::atom(id) - one;
  }
  if (reading.op == Op::Select) {
    HONE_ASSIGN_OR_RETURN(const ProofForm a, number_of(reading.args[1]));
    HONE_ASSIGN_OR_RETURN(const ProofForm b, number_of(reading.args[2]));
    HONE_ASSIGN_OR_RETURN(const ProofForm form, chosen(reading.args[0], a, b));
    return form - one;
  }
  HONE_ASSIGN_OR_RETURN(const ProofForm a, number_of(reading.args[0]));
  HONE_ASSIGN_OR_RETURN(const ProofForm b, number_of(reading.args[1]));
  switch (reading.op) {
    case Op::Lt:
      return b - a - one;
    case Op::Le:
      return b - a;
    case Op::Gt:
      return a - b - one;
    default:
      return a - b;
  }
}

// Whether the Bool is the same in every case, or another one.
Status Replay::settle(Reading& reading) {
  const auto arg = [&](int i) { return resolved(reading.args[i]); };
  const auto known = [&](int i) { return readings_[arg(i)].known; };
  switch (reading.op) {
    case Op::Constant:
      reading.known = terms_.word(reading.term) != 0;
      return {};
    case Op::Not:
      if (const auto value = known(0)) reading.known = !*value;
      return {};
    case Op::And:
    case Op::Or: {
      const bool absorbing = reading.op == Op::Or;
      if (known(0) == absorbing || known(1) == absorbing)
        reading.known = absorbing;
      else if (known(0))
        reading.same_as = arg(1);
      else if (known(1) || arg(0) == arg(1))
        reading.same_as = arg(0);
      return {};
    }
    case Op::Select:
      if (const auto value = known(0)) {
        reading.same_as = arg(*value ? 1 : 2);
        return {};
      }
      return settle_comparison(reading);
    default:
      return settle_comparison(reading);
  }
}

Status Replay::settle_comparison(Reading& reading) {
  // A Bool variable is a comparison only where a lemma is about it.
  if (reading.op == Op::Variable && cited_.empty()) return {};
  HONE_ASSIGN_OR_RETURN(const ProofForm form, comparison(reading));
  const ProofForm one = ProofForm::number(Integer(1));
  if (reading.op != Op::Eq && reading.op != Op::Ne) {
    if (is_proved(form)) reading.known = true;
    if (is_proved(denial(form))) reading.known = false;
    return {};
  }
  const Integer shared = form.content();
  if (form == ProofForm())
    reading.known = reading.op == Op::Eq;
  else if (is_proved(form - one) || is_proved(denial(form)) ||
           (shared.sign() != 0 &&
            euclidean_mod(form.constant, shared).sign() != 0))
    reading.known = reading.op == Op::Ne;
  return {};
}

}  // namespace hone::verify
