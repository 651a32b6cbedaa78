// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Quotients and remainders by what is no constant, and products of facts.
//
// Division is Euclidean, and F / 0 = F % 0 = 0. With q = F / D and r = F % D:
// F = qD + r and 0 <= r < |D| where D is not 0. Hence |q| <= |F|, and q is
// negative where just one of F and D is.
#include "verify/proof_replay.h"

namespace hone::verify {

// The polynomial over atoms; nothing where a product has no atom.
std::optional<ProofForm> Replay::collected(const Polynomial& polynomial) const {
  ProofForm form;
  for (const auto& [exponents, coefficient] : polynomial) {
    if (exponents.empty()) {
      form.constant = coefficient;
      continue;
    }
    int id = -1;
    if (exponents.size() == 1 && exponents.begin()->second == 1)
      id = exponents.begin()->first;
    for (auto at = atoms_.begin(); id < 0 && at != atoms_.end(); ++at) {
      if (at->second.kind != AtomKind::Product) continue;
      std::map<int, int64_t> its;
      for (const auto& [factor, exponent] : at->second.first.parts)
        its[factor] = *exponent.to_int64();
      if (its == exponents) id = at->first;
    }
    if (id < 0) return std::nullopt;
    form.add(ProofForm::atom(id), coefficient);
  }
  return form;
}

std::optional<ProofForm> Replay::division_fact(std::string_view kind, int id,
                                               const Atom& atom) const {
  const ProofForm self = ProofForm::atom(id);
  const ProofForm one = ProofForm::number(Integer(1));
  const auto divisor = divisor_cases_.find(id);
  const auto dividend = dividend_cases_.find(id);
  const auto room = [&] {
    return divisor->second ? atom.second - one : ProofForm() - atom.second;
  };
  if (kind == "kf") {
    if (dividend == dividend_cases_.end()) return std::nullopt;
    return dividend->second ? atom.first : denial(atom.first);
  }
  if (kind == "kd") {
    if (divisor == divisor_cases_.end()) return std::nullopt;
    return room();
  }
  if (atom.kind == AtomKind::Quotient) return quotient_fact(kind, id, atom);
  // Also of a % 0, which is 0.
  if (kind == "rl") return self;
  if (kind == "kr" && divisor != divisor_cases_.end()) return room() - self;
  if (kind == "rf" && dividend != dividend_cases_.end() && dividend->second)
    return atom.first - self;
  if (kind != "rs" && kind != "rt") return std::nullopt;
  for (const auto& [other, quotient] : atoms_) {
    if (quotient.kind != AtomKind::Quotient || quotient.first != atom.first ||
        quotient.second != atom.second)
      continue;
    const auto rest = quotient_fact("ql", other, quotient);
    if (!rest) return std::nullopt;
    return kind == "rs" ? *rest - self : self - *rest;
  }
  return std::nullopt;
}

std::optional<ProofForm> Replay::quotient_fact(std::string_view kind, int id,
                                               const Atom& atom) const {
  const ProofForm self = ProofForm::atom(id);
  const ProofForm one = ProofForm::number(Integer(1));
  const auto side = [&](const std::map<int, bool>& cases, bool wanted) {
    const auto found = cases.find(id);
    return found != cases.end() && found->second == wanted;
  };
  if (kind == "kn") {
    if (side(negative_cases_, true)) return denial(atom.second);
    if (side(negative_cases_, false)) return atom.second;
    return std::nullopt;
  }
  const bool positive = side(divisor_cases_, true);
  if (kind == "ql" || kind == "qh") {
    if (!positive && !side(negative_cases_, true)) return std::nullopt;
    const auto whole =
        collected(product(expanded(self), expanded(atom.second)));
    if (!whole) return std::nullopt;
    const ProofForm rest = atom.first - *whole;
    if (kind == "ql") return rest;
    return (positive ? atom.second : ProofForm() - atom.second) - one - rest;
  }
  const bool not_positive = side(divisor_cases_, false);
  if (kind == "qz" || kind == "qy") {
    if (!not_positive || !side(negative_cases_, false)) return std::nullopt;
    return kind == "qz" ? self : ProofForm() - self;
  }
  const bool up = side(dividend_cases_, true);
  if ((!positive && !not_positive) || (!up && !side(dividend_cases_, false)))
    return std::nullopt;
  const ProofForm size = up == positive ? self : ProofForm() - self;
  // Of F <= -1 and D >= 1 the quotient is at most -1.
  if (kind == "qs") return !up && positive ? size - one : size;
  if (kind == "qf") return (up ? atom.first : ProofForm() - atom.first) - size;
  return std::nullopt;
}

Status Replay::check_division_case(int depth, std::map<int, bool>& cases) {
  const int id = words_.take_index();
  const auto atom = atoms_.find(id);
  if (atom == atoms_.end() ||
      (atom->second.kind != AtomKind::Remainder &&
       atom->second.kind != AtomKind::Quotient) ||
      cases.contains(id))
    return malformed("expected a quotient or remainder whose case is open");
  for (const bool side : {true, false}) {
    cases[id] = side;
    HONE_RETURN_IF_ERROR(check_tree(depth + 1));
  }
  cases.erase(id);
  return {};
}

Status Replay::check_product(int depth) {
  const int index = words_.take_index();
  if (index < 0 || cuts_.contains(index))
    return malformed("expected a new number");
  Polynomial value = {{{}, Integer(1)}};
  for (int i = 0; i < 2; ++i) {
    if (words_.take() != "1") return malformed("expected: 1 and a fact");
    HONE_ASSIGN_OR_RETURN(const ProofForm form, fact(words_.take()));
    value = product(value, expanded(form.tightened()));
  }
  if (!words_.empty()) return malformed("expected two facts");
  const auto form = collected(value);
  if (!form) return wrong("no atom stands for a product of theirs");
  cuts_[index] = *form;
  HONE_RETURN_IF_ERROR(check_tree(depth + 1));
  cuts_.erase(index);
  return {};
}

}  // namespace hone::verify
