// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Trees of cases: that each leaf is absurd, and that the cases are all there
// are.
#include <fmt/format.h>

#include <algorithm>

#include "verify/proof_replay.h"

namespace hone::verify {

using term::Op;

std::optional<bool> Replay::value_of(int reading) const {
  reading = resolved(reading);
  if (readings_[reading].known) return readings_[reading].known;
  const auto found = values_.find(reading);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

// Everything that follows about parts of the reading.
void Replay::assign(int reading, bool value) {
  std::vector<std::pair<int, bool>> pending = {{reading, value}};
  for (;;) {
    if (pending.empty()) {
      const auto forced = find_forced();
      if (!forced) return;
      pending.push_back(*forced);
    }
    const auto [next, wanted] = pending.back();
    pending.pop_back();
    const int index = resolved(next);
    if (const auto known = value_of(index)) {
      if (*known != wanted) contradicted_ = true;
      continue;
    }
    values_[index] = wanted;
    assigned_.push_back(index);
    const Reading& r = readings_[index];
    if (r.op == Op::Not) pending.push_back({r.args[0], !wanted});
    if ((r.op == Op::And && wanted) || (r.op == Op::Or && !wanted)) {
      pending.push_back({r.args[0], wanted});
      pending.push_back({r.args[1], wanted});
    }
  }
}

// What is left of a disjunction of which one side has fallen.
std::optional<std::pair<int, bool>> Replay::find_forced() {
  for (const int index : assigned_) {
    const Reading& r = readings_[index];
    const bool wanted = values_[index];
    if (!((r.op == Op::And && !wanted) || (r.op == Op::Or && wanted))) continue;
    const auto a = value_of(r.args[0]);
    const auto b = value_of(r.args[1]);
    if (a == wanted || b == wanted) continue;
    if (a && b) {
      contradicted_ = true;
      return std::nullopt;
    }
    if (a || b) return std::pair{r.args[a ? 1 : 0], wanted};
  }
  return std::nullopt;
}

void Replay::undo(size_t size) {
  for (; assigned_.size() > size; assigned_.pop_back())
    values_.erase(assigned_.back());
}

Status Replay::check_tree(int depth) {
  if (depth > limits_.depth)
    return Error(
        ErrorKind::LimitReached,
        fmt::format("line {} of the proof: more than {} cases within cases",
                    line_, limits_.depth));
  if (contradicted_) return skip_tree();
  if (!next_line()) return malformed("expected a tree of cases");
  const std::string_view word = words_.take();
  if (word == "sum") return check_sum();
  if (word == "parity") return check_parity();
  if (word == "case") return check_case(depth);
  if (word == "least") return check_least(depth);
  if (word == "divisor") return check_division_case(depth, divisor_cases_);
  if (word == "negative") return check_division_case(depth, negative_cases_);
  if (word == "dividend") return check_division_case(depth, dividend_cases_);
  if (word == "product") return check_product(depth);
  if (word == "zero") return check_zero(depth);
  if (word == "split") return check_split(depth);
  if (word == "cut") return check_cut(depth);
  if (word != "clash") return malformed("expected a node of a tree of cases");
  return wrong("nothing is contradicted here");
}

// Where something would be true and false no more is to be shown, whatever the
// prover found in its place.
Status Replay::skip_tree() {
  for (int open = 1; open > 0;) {
    if (!next_line()) return malformed("expected a tree of cases");
    const std::string_view word = words_.take();
    if (word == "sum" || word == "parity" || word == "clash")
      --open;
    else if (word != "cut" && word != "product")
      ++open;
  }
  return {};
}

Result<ProofForm> Replay::literal(int index, bool back) const {
  index = resolved(index);
  const auto value = value_of(index);
  if (!value) return wrong("the comparison is not known here");
  const Reading& reading = readings_[index];
  if (terms_.sort(reading.term) != term::Sort::Bool ||
      !(term::is_comparison(reading.op) || reading.op == Op::Variable ||
        reading.op == Op::Select))
    return wrong("this is no comparison");
  HONE_ASSIGN_OR_RETURN(const ProofForm form, comparison(reading));
  if (reading.op == Op::Eq || reading.op == Op::Ne) {
    if (*value != (reading.op == Op::Eq))
      return wrong("the two are not known to be equal here");
    return back ? ProofForm() - form : form;
  }
  if (back) return wrong("only an equality has a second half");
  return *value ? form : denial(form);
}

Result<ProofForm> Replay::fact(std::string_view name) const {
  if (name == "d" && denied_) return *denied_;
  const size_t letters = name.find_first_of("0123456789");
  const std::string_view kind = name.substr(0, letters);
  const int index = letters > name.size()
                        ? -1
                        : ProofWords(name.substr(letters)).take_index();
  if (index < 0) return malformed("expected a fact, as in: fl3");
  const auto in =
      [&](const std::map<int, ProofForm>& facts) -> Result<ProofForm> {
    const auto found = facts.find(index);
    if (found == facts.end()) return wrong("no such fact holds here");
    return found->second;
  };
  if (kind == "s") return in(splits_);
  if (kind == "c") return in(cuts_);
  if (kind == "r" || kind == "q" || kind == "z") {
    if (index >= static_cast<int>(readings_.size()))
      return malformed("no such subterm has been read");
    if (kind != "z") return literal(index, kind == "q");
    const auto side = zero_cases_.find(index);
    if (side == zero_cases_.end()) return wrong("no such fact holds here");
    HONE_ASSIGN_OR_RETURN(const ProofForm form, comparison(readings_[index]));
    return side->second ? form - ProofForm::number(Integer(1)) : denial(form);
  }
  const auto found = atoms_.find(index);
  if (found == atoms_.end()) return malformed("no such atom");
  auto form = atom_fact(kind, index, found->second);
  if (!form) return wrong("no such fact holds here");
  return *std::move(form);
}

// The axioms of an atom, and what holds in the case at hand.
std::optional<ProofForm> Replay::atom_fact(std::string_view kind, int id,
                                           const Atom& atom) const {
  const ProofForm self = ProofForm::atom(id);
  const ProofForm one = ProofForm::number(Integer(1));
  switch (atom.kind) {
    case AtomKind::Floor: {
      const ProofForm rest = atom.first - self * atom.divisor;
      if (kind == "fl") return rest;
      if (kind == "fh")
        return ProofForm::number(atom.divisor - Integer(1)) - rest;
      break;
    }
    case AtomKind::Least: {
      if (kind == "lz") return ProofForm() - self;
      if (kind == "lf") return atom.first - self;
      const auto side = least_cases_.find(id);
      if (side == least_cases_.end()) break;
      if (kind == "kc") return side->second ? atom.first : denial(atom.first);
      if (kind == "kv") return side->second ? self : self - atom.first;
      break;
    }
    case AtomKind::Choice: {
      const auto value = value_of(atom.condition);
      if (!value) break;
      const ProofForm rest = *value ? self - atom.first : self;
      if (kind == "cl") return rest;
      if (kind == "ch") return ProofForm() - rest;
      break;
    }
    case AtomKind::Variable:
      if (terms_.sort(atom.variable) != term::Sort::Bool) break;
      if (kind == "bl") return self;
      if (kind == "bh") return one - self;
      break;
    case AtomKind::Quotient:
    case AtomKind::Remainder:
      return division_fact(kind, id, atom);
    case AtomKind::Product: {
      const auto is_even = [](const auto& factor) {
        return euclidean_mod(factor.second, Integer(2)).sign() == 0;
      };
      if (!std::ranges::all_of(atom.first.parts, is_even)) break;
      if (kind == "sq") return self;
      if (atom.first.parts.size() != 1 ||
          atom.first.parts.begin()->second != Integer(2))
        break;
      // An integer is at most its square.
      const ProofForm root = ProofForm::atom(atom.first.parts.begin()->first);
      if (kind == "su") return self - root;
      if (kind == "sd") return self + root;
      break;
    }
    default:
      break;
  }
  return std::nullopt;
}

// Positive multiples of facts, each of them rounded.
Result<ProofForm> Replay::take_sum() {
  ProofForm sum;
  while (!words_.empty()) {
    const auto multiplier = words_.take_integer();
    if (!multiplier || multiplier->sign() <= 0)
      return malformed("expected a positive multiplier");
    HONE_ASSIGN_OR_RETURN(const ProofForm form, fact(words_.take()));
    sum.add(form.tightened(), *multiplier);
  }
  return sum;
}

Status Replay::check_sum() {
  HONE_ASSIGN_OR_RETURN(const ProofForm sum, take_sum());
  if (sum.is_constant() && sum.constant.sign() < 0) return {};
  return wrong("the sum is no negative constant");
}

Status Replay::check_parity() {
  ProofForm first, second;
  while (!words_.empty()) {
    const auto multiplier = words_.take_integer();
    if (!multiplier || multiplier->sign() <= 0)
      return malformed("expected a positive multiplier");
    HONE_ASSIGN_OR_RETURN(const ProofForm a, fact(words_.take()));
    HONE_ASSIGN_OR_RETURN(const ProofForm b, fact(words_.take()));
    first.add(a.tightened(), *multiplier);
    second.add(b.tightened(), *multiplier);
  }
  const ProofForm sum = first.tightened() + second.tightened();
  if (sum.is_constant() && sum.constant.sign() < 0) return {};
  return wrong("the two sums do not contradict each other");
}

Status Replay::check_case(int depth) {
  const int reading = words_.take_index();
  if (reading < 0 || reading >= static_cast<int>(readings_.size()) ||
      terms_.sort(readings_[reading].term) != term::Sort::Bool)
    return malformed("expected the number of a Bool that has been read");
  const size_t size = assigned_.size();
  const bool contradicted = contradicted_;
  for (const bool value : {true, false}) {
    assign(reading, value);
    HONE_RETURN_IF_ERROR(check_tree(depth + 1));
    undo(size);
    contradicted_ = contradicted;
  }
  return {};
}

Status Replay::check_least(int depth) {
  const int id = words_.take_index();
  const auto atom = atoms_.find(id);
  if (atom == atoms_.end() || atom->second.kind != AtomKind::Least ||
      least_cases_.contains(id))
    return malformed("expected a minimum whose case is open");
  for (const bool side : {true, false}) {
    least_cases_[id] = side;
    HONE_RETURN_IF_ERROR(check_tree(depth + 1));
  }
  least_cases_.erase(id);
  return {};
}

Status Replay::check_zero(int depth) {
  const int index = words_.take_index();
  if (index < 0 || index >= static_cast<int>(readings_.size()) ||
      zero_cases_.contains(index) || resolved(index) != index)
    return malformed("expected an equality whose case is open");
  const Reading& reading = readings_[index];
  if ((reading.op != Op::Eq && reading.op != Op::Ne) ||
      value_of(index) != (reading.op == Op::Ne))
    return wrong("the two are not known to differ here");
  for (const bool side : {true, false}) {
    zero_cases_[index] = side;
    HONE_RETURN_IF_ERROR(check_tree(depth + 1));
  }
  zero_cases_.erase(index);
  return {};
}

Status Replay::check_split(int depth) {
  const int index = words_.take_index();
  const int id = words_.take_index();
  const auto value = words_.take_integer();
  if (index < 0 || splits_.contains(index) || !atoms_.contains(id) || !value)
    return malformed("expected a new number, an atom and a value");
  const ProofForm high = ProofForm::atom(id) - ProofForm::number(*value);
  for (const bool side : {true, false}) {
    splits_[index] = side ? high : denial(high);
    HONE_RETURN_IF_ERROR(check_tree(depth + 1));
  }
  splits_.erase(index);
  return {};
}

Status Replay::check_cut(int depth) {
  const int index = words_.take_index();
  if (index < 0 || cuts_.contains(index))
    return malformed("expected a new number");
  HONE_ASSIGN_OR_RETURN(const ProofForm sum, take_sum());
  cuts_[index] = sum.tightened();
  HONE_RETURN_IF_ERROR(check_tree(depth + 1));
  cuts_.erase(index);
  return {};
}

}  // namespace hone::verify
