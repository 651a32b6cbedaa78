// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/proof.h"

#include <fmt/format.h>

#include <algorithm>

#include "verify/proof_replay.h"
#include "verify/steps.h"

namespace hone::verify {

Status replay_proof(term::Context& terms, const Claim& claim,
                    std::string_view proof, const ReplayLimits& limits) {
  if (proof.starts_with("hone-steps "))
    return replay_steps(terms, claim, proof);
  return Replay(terms, claim, proof, limits).run();
}

void ProofWords::skip() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
}

std::string_view ProofWords::peek() const {
  return rest_.substr(0, rest_.find(' '));
}

std::string_view ProofWords::take() {
  const std::string_view word = peek();
  rest_.remove_prefix(word.size());
  skip();
  return word;
}

int ProofWords::take_index() {
  const std::string_view word = take();
  if (word.empty() || word.size() > 9) return -1;
  int value = 0;
  for (const char c : word) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<Integer> ProofWords::take_integer() {
  return Integer::parse(take());
}

std::optional<ProofForm> ProofWords::take_form() {
  ProofForm form;
  const auto constant = take_integer();
  if (!constant) return std::nullopt;
  form.constant = *constant;
  while (peek().find('*') != std::string_view::npos) {
    const std::string_view word = take();
    const size_t star = word.find('*');
    const auto coefficient = Integer::parse(word.substr(0, star));
    const int atom = ProofWords(word.substr(star + 1)).take_index();
    if (!coefficient || atom < 0 || coefficient->sign() == 0 ||
        form.parts.contains(atom))
      return std::nullopt;
    form.parts[atom] = *coefficient;
  }
  return form;
}

Error Replay::wrong(std::string_view what) const {
  return Error(ErrorKind::Rejected,
               fmt::format("the proof fails at line {}: {}", line_, what));
}

Error Replay::malformed(std::string_view what) const {
  return Error(ErrorKind::Malformed,
               fmt::format("line {} of the proof: {}", line_, what));
}

bool Replay::next_line() {
  if (at_ >= proof_.size()) return false;
  const size_t end = std::min(proof_.find('\n', at_), proof_.size());
  words_ = ProofWords(proof_.substr(at_, end - at_));
  at_ = end + 1;
  ++line_;
  return true;
}

// A form over atoms that have been introduced.
Result<ProofForm> Replay::known_form() {
  auto form = words_.take_form();
  if (!form) return malformed("expected a form, as in: 5 2*0 -1*3");
  for (const auto& [atom, coefficient] : form->parts)
    if (!atoms_.contains(atom))
      return malformed(fmt::format("atom {} has not been introduced", atom));
  return *std::move(form);
}

Status Replay::run() {
  if (!next_line() || words_.take() != "hone-proof" || words_.take() != "1")
    return malformed("expected: hone-proof 1");
  while (next_line()) {
    const std::string_view word = words_.take();
    if (word == "atom") {
      HONE_RETURN_IF_ERROR(read_atom());
    } else if (word == "lemma") {
      HONE_RETURN_IF_ERROR(read_lemma());
    } else if (word == "read") {
      HONE_RETURN_IF_ERROR(read_reading());
    } else if (word == "assume") {
      HONE_RETURN_IF_ERROR(read_assumption());
    } else if (word == "refute") {
      return read_refutation();
    } else {
      return malformed("expected atom, lemma, read, assume or refute");
    }
  }
  return wrong("it ends before anything is refuted");
}

Status Replay::read_atom() {
  const int id = words_.take_index();
  if (id < 0 || atoms_.contains(id))
    return malformed("expected the number of a new atom");
  const std::string_view kind = words_.take();
  Atom atom;
  if (kind == "variable") {
    const auto variable = terms_.find_variable(words_.take());
    if (!variable) return malformed("no term has such a variable");
    atom.kind = AtomKind::Variable;
    atom.variable = *variable;
    if (variable_atom(*variable) >= 0)
      return malformed("the variable is an atom already");
    atoms_[id] = std::move(atom);
    return {};
  }
  if (kind == "floor") {
    atom.kind = AtomKind::Floor;
    const auto divisor = words_.take_integer();
    if (!divisor || divisor->sign() <= 0)
      return malformed("expected a positive divisor");
    atom.divisor = *divisor;
  } else if (kind == "least") {
    atom.kind = AtomKind::Least;
  } else if (kind == "choice") {
    atom.kind = AtomKind::Choice;
    atom.condition = words_.take_index();
    if (atom.condition < 0 ||
        atom.condition >= static_cast<int>(readings_.size()) ||
        terms_.sort(readings_[atom.condition].term) != term::Sort::Bool)
      return malformed("expected the number of a Bool that has been read");
  } else if (kind == "product") {
    atom.kind = AtomKind::Product;
  } else if (kind == "quotient") {
    atom.kind = AtomKind::Quotient;
  } else if (kind == "remainder") {
    atom.kind = AtomKind::Remainder;
  } else {
    return malformed("no such kind of atom");
  }
  HONE_ASSIGN_OR_RETURN(atom.first, known_form());
  if (atom.kind == AtomKind::Quotient || atom.kind == AtomKind::Remainder) {
    if (words_.take() != ",") return malformed("expected a second form");
    HONE_ASSIGN_OR_RETURN(atom.second, known_form());
  }
  if (atom.kind == AtomKind::Product)
    for (const auto& [factor, exponent] : atom.first.parts)
      if (exponent.sign() < 0 || exponent.bit_length() > 31)
        return malformed("expected exponents from 1 to 2^31");
  atoms_[id] = std::move(atom);
  return {};
}

Status Replay::read_lemma() {
  if (words_.take_index() != static_cast<int>(lemmas_.size()))
    return malformed("lemmas are numbered from 0");
  HONE_ASSIGN_OR_RETURN(ProofForm form, known_form());
  denied_ = denial(form).tightened();
  HONE_RETURN_IF_ERROR(check_tree(0));
  denied_.reset();
  lemmas_.push_back(std::move(form));
  return {};
}

Status Replay::read_assumption() {
  const int reading = words_.take_index();
  if (reading < 0 || reading >= static_cast<int>(readings_.size()))
    return malformed("expected the number of a Bool that has been read");
  const term::Term term = readings_[reading].term;
  if (std::ranges::find(claim_.assumptions, term) == claim_.assumptions.end())
    return wrong("this is none of the assumptions");
  assign(reading, true);
  return {};
}

Status Replay::read_refutation() {
  const int reading = words_.take_index();
  if (reading < 0 || reading >= static_cast<int>(readings_.size()))
    return malformed("expected the number of a Bool that has been read");
  const std::string_view value = words_.take();
  if (value != "true" && value != "false")
    return malformed("expected true or false");
  if (readings_[reading].term != claim_.goal)
    return wrong("what it refutes is not the goal");
  if ((value == "true") == claim_.value)
    return wrong("it refutes the value that is claimed");
  assign(reading, value == "true");
  HONE_RETURN_IF_ERROR(check_tree(0));
  if (next_line()) return malformed("expected the end");
  return {};
}

}  // namespace hone::verify
