// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "verify/steps_forms.h"

#include <algorithm>

namespace hone::verify {

namespace {

constexpr int kDepth = 400;
constexpr size_t kParts = 64;

std::string text_of(const ProofForm& form) {
  std::string text = form.constant.text();
  for (const auto& [atom, coefficient] : form.parts)
    text += " " + coefficient.text() + "*" + std::to_string(atom);
  return text;
}

// Every coefficient and the constant over a number that divides them.
ProofForm divided(const ProofForm& form, const Integer& divisor) {
  ProofForm result;
  result.constant = euclidean_div(form.constant, divisor);
  for (const auto& [atom, coefficient] : form.parts)
    result.parts[atom] = euclidean_div(coefficient, divisor);
  return result;
}

}  // namespace

bool StepForms::spend() {
  if (--work_ < 0 || depth_ > kDepth) failed_ = true;
  return !failed_;
}

int StepForms::intern(Node node) {
  std::string key = std::to_string(static_cast<int>(node.kind));
  for (const ProofForm& form : node.forms) key += ";" + text_of(form);
  for (const int id : node.ids) key += "," + std::to_string(id);
  key += "/" + node.number.text();
  const auto [at, is_new] =
      known_nodes_.emplace(std::move(key), static_cast<int>(nodes_.size()));
  if (is_new) {
    if (node.kind != Kind::Variable) {
      node.range = range_of(node);
      node.alignment = alignment_of(node);
    }
    nodes_.push_back(std::move(node));
  }
  return at->second;
}

ProofForm StepForms::variable(term::Term variable) {
  return of_atom(
      intern({.kind = Kind::Variable, .ids = {static_cast<int>(variable.id)}}));
}

StepLiteral StepForms::bool_variable(term::Term variable) {
  return of_node(
      intern({.kind = Kind::Boolean, .ids = {static_cast<int>(variable.id)}}));
}

void StepForms::narrow(term::Term variable, const StepRange& range) {
  Node& node = nodes_[intern(
      {.kind = Kind::Variable, .ids = {static_cast<int>(variable.id)}})];
  if (range.low && (!node.range.low || *node.range.low < *range.low))
    node.range.low = range.low;
  if (range.high && (!node.range.high || *range.high < *node.range.high))
    node.range.high = range.high;
}

void StepForms::align(term::Term variable, const StepAlignment& alignment) {
  Node& node = nodes_[intern(
      {.kind = Kind::Variable, .ids = {static_cast<int>(variable.id)}})];
  // The coarser of two congruences says nothing more, or is left out.
  if (node.alignment.modulus < alignment.modulus) node.alignment = alignment;
}

ProofForm StepForms::of_atom(int atom) {
  const auto found = definitions_.find(atom);
  if (found == definitions_.end() || found->second.multiple != Integer(1))
    return ProofForm::atom(atom);
  ++depth_;
  ProofForm form = spend() ? normal(found->second.form) : ProofForm();
  --depth_;
  return form;
}

StepLiteral StepForms::of_node(int node) {
  const auto found = facts_.find(node);
  if (found == facts_.end()) return 2 * node;
  ++depth_;
  const StepLiteral literal = spend() ? normal(found->second) : kStepTrue;
  --depth_;
  return literal;
}

ProofForm StepForms::normal_atom(int atom) {
  if (const auto found = normal_atoms_.find(atom); found != normal_atoms_.end())
    return found->second;
  ++depth_;
  ProofForm form;
  if (spend()) {
    const Node node = nodes_[atom];
    const auto part = [&](size_t i) { return normal(node.forms[i]); };
    switch (node.kind) {
      case Kind::Floor:
        form = floor_of(part(0), node.number);
        break;
      case Kind::Quotient:
        form = quotient_of(part(0), part(1));
        break;
      case Kind::Remainder:
        form = remainder_of(part(0), part(1));
        break;
      case Kind::Least: {
        std::vector<ProofForm> members;
        for (size_t i = 0; i < node.forms.size(); ++i)
          members.push_back(part(i));
        form = least_of(std::move(members));
        break;
      }
      case Kind::Product:
        form = ProofForm::number(Integer(1));
        for (const int factor : node.ids)
          form = product_of(form, normal_atom(factor));
        break;
      case Kind::Choice:
        form = choice_of(normal(node.ids[0]), part(0), ProofForm());
        break;
      default:
        form = of_atom(atom);
        break;
    }
  }
  --depth_;
  normal_atoms_[atom] = form;
  return form;
}

ProofForm StepForms::normal(const ProofForm& form) {
  ProofForm sum = ProofForm::number(form.constant);
  for (const auto& [atom, coefficient] : form.parts)
    sum.add(normal_atom(atom), coefficient);
  // Multiples of atoms of which only multiples are known.
  for (bool again = true; again && !failed_;) {
    again = false;
    for (const auto& [atom, coefficient] : sum.parts) {
      const auto found = definitions_.find(atom);
      if (found == definitions_.end() ||
          euclidean_mod(coefficient, found->second.multiple).sign() != 0)
        continue;
      if (!spend()) break;
      const Integer times = euclidean_div(coefficient, found->second.multiple);
      ProofForm rest = sum;
      rest.parts.erase(atom);
      ++depth_;
      rest.add(normal(found->second.form), times);
      --depth_;
      sum = std::move(rest);
      again = true;
      break;
    }
  }
  return sum;
}

ProofForm StepForms::product_of(const ProofForm& a, const ProofForm& b) {
  if (a.parts.size() * b.parts.size() > kParts) failed_ = true;
  if (failed_) return {};
  ProofForm sum = a * b.constant;
  sum.add(b, a.constant);
  sum.constant = a.constant * b.constant;
  for (const auto& [left, x] : a.parts)
    for (const auto& [right, y] : b.parts) {
      std::vector<int> factors;
      for (const int id : {left, right}) {
        if (nodes_[id].kind == Kind::Product)
          factors.insert(factors.end(), nodes_[id].ids.begin(),
                         nodes_[id].ids.end());
        else
          factors.push_back(id);
      }
      std::ranges::sort(factors);
      sum.add(of_atom(intern({.kind = Kind::Product, .ids = factors})), x * y);
    }
  return sum;
}

ProofForm StepForms::floor_of(const ProofForm& form, const Integer& divisor) {
  if (!spend() || divisor.sign() <= 0) return {};
  ProofForm whole, rest;
  for (const auto& [atom, coefficient] : form.parts) {
    const Integer q = euclidean_div(coefficient, divisor);
    const Integer r = coefficient - q * divisor;
    if (q.sign() != 0) whole.parts[atom] = q;
    if (r.sign() != 0) rest.parts[atom] = r;
  }
  whole.constant = euclidean_div(form.constant, divisor);
  rest.constant = form.constant - whole.constant * divisor;
  if (rest.is_constant()) return whole;
  return whole + floor_of_rest(std::move(rest), divisor);
}

// Coefficients and constant are in 0 … divisor - 1.
ProofForm StepForms::floor_of_rest(ProofForm rest, Integer divisor) {
  // floor((gF + r) / gc) = floor((F + floor(r / g)) / c)
  const Integer shared = gcd(rest.content(), divisor);
  rest = divided(rest, shared);
  divisor = euclidean_div(divisor, shared);
  if (divisor == Integer(1)) return rest;
  // floor(F / c) = -floor((c - 1 - F) / c), of which one leads with less.
  if (rest.parts.begin()->second * Integer(2) > divisor) {
    const ProofForm mirrored = ProofForm::number(divisor - Integer(1)) - rest;
    return ProofForm() - floor_of(mirrored, divisor);
  }
  const StepRange range = range_of(rest);
  if (range.low && range.high) {
    const Integer low = euclidean_div(*range.low, divisor);
    if (low == euclidean_div(*range.high, divisor))
      return ProofForm::number(low);
  }
  const auto& [atom, coefficient] = *rest.parts.begin();
  const Node& inner = nodes_[atom];
  if (rest.parts.size() == 1 && inner.kind == Kind::Floor &&
      coefficient == Integer(1)) {
    ProofForm joined = inner.forms[0];
    joined.constant = joined.constant + rest.constant * inner.number;
    return floor_of(joined, divisor * inner.number);
  }
  const int id =
      intern({.kind = Kind::Floor, .forms = {rest}, .number = divisor});
  const StepAlignment alignment = alignment_of(rest);
  if (euclidean_mod(alignment.modulus, divisor).sign() == 0 &&
      !definitions_.contains(id)) {
    ProofForm exact = rest;
    exact.constant =
        exact.constant - euclidean_mod(alignment.remainder, divisor);
    definitions_[id] = {divisor, exact};
  }
  return of_atom(id);
}

ProofForm StepForms::quotient_of(const ProofForm& a, const ProofForm& b) {
  if (b.is_constant()) {
    if (b.constant.sign() == 0) return {};
    if (b.constant.sign() > 0) return floor_of(a, b.constant);
    return ProofForm() - floor_of(a, -b.constant);
  }
  if (a == ProofForm()) return {};
  return of_atom(intern({.kind = Kind::Quotient, .forms = {a, b}}));
}

ProofForm StepForms::remainder_of(const ProofForm& a, const ProofForm& b) {
  if (b.is_constant()) {
    if (b.constant.sign() == 0) return {};
    const Integer c = b.constant.sign() < 0 ? -b.constant : b.constant;
    return normal(a - floor_of(a, c) * c);
  }
  if (a == ProofForm() || a == b) return {};
  return of_atom(intern({.kind = Kind::Remainder, .forms = {a, b}}));
}

ProofForm StepForms::least_of(std::vector<ProofForm> members) {
  if (!spend()) return {};
  // Minima among the members.
  for (size_t i = 0; i < members.size() && members.size() < kParts; ++i) {
    int least = -1, count = 0;
    for (const auto& [atom, coefficient] : members[i].parts)
      if (nodes_[atom].kind == Kind::Least) {
        ++count;
        if (coefficient.sign() > 0) least = atom;
      }
    if (count != 1 || least < 0) continue;
    ProofForm rest = members[i];
    const Integer factor = rest.parts[least];
    rest.parts.erase(least);
    const std::vector<ProofForm> inner = nodes_[least].forms;
    members.erase(members.begin() + static_cast<ptrdiff_t>(i));
    for (const ProofForm& each : inner) members.push_back(each * factor + rest);
    --i;
  }
  std::vector<ProofForm> kept;
  for (size_t i = 0; i < members.size(); ++i) {
    bool dropped = false;
    for (size_t j = 0; j < members.size() && !dropped; ++j) {
      if (i == j) continue;
      const ProofForm difference = members[j] - members[i];
      // Of equal ones the first stays.
      if (difference == ProofForm())
        dropped = j < i;
      else
        dropped = at_most(difference) &&
                  (j < i || !at_most(ProofForm() - difference));
    }
    if (!dropped) kept.push_back(members[i]);
  }
  if (kept.empty()) return {};
  // What all share: atoms with coefficients of one sign, the least constant.
  ProofForm common = kept[0];
  for (const ProofForm& member : kept)
    common.constant = std::min(common.constant, member.constant);
  for (auto& [atom, shared] : common.parts)
    for (const ProofForm& member : kept) {
      const auto found = member.parts.find(atom);
      if (found == member.parts.end() ||
          found->second.sign() != shared.sign()) {
        shared = Integer();
        break;
      }
      shared = shared.sign() > 0 ? std::min(shared, found->second)
                                 : std::max(shared, found->second);
    }
  std::erase_if(common.parts,
                [](const auto& part) { return part.second.sign() == 0; });
  if (kept.size() == 1) return kept[0];
  Integer shared;
  for (ProofForm& member : kept) {
    member = member - common;
    shared = gcd(gcd(shared, member.content()), member.constant);
  }
  for (ProofForm& member : kept) member = divided(member, shared);
  std::ranges::sort(kept, {}, text_of);
  const ProofForm least =
      of_atom(intern({.kind = Kind::Least, .forms = std::move(kept)}));
  return common + least * shared;
}

ProofForm StepForms::choice_of(StepLiteral p, const ProofForm& a,
                               const ProofForm& b) {
  if (p == kStepTrue) return a;
  if (p == kStepFalse) return b;
  if (p & 1) return choice_of(p ^ 1, b, a);
  ProofForm difference = a - b;
  if (difference == ProofForm()) return b;
  Integer shared = gcd(difference.content(), difference.constant);
  const bool is_negative = difference.is_constant()
                               ? difference.constant.sign() < 0
                               : difference.parts.begin()->second.sign() < 0;
  if (is_negative) shared = -shared;
  const int id = intern({.kind = Kind::Choice,
                         .forms = {divided(difference, shared)},
                         .ids = {p}});
  return b + of_atom(id) * shared;
}

// The equation is solved for its newest atom; where that has a coefficient,
// only its multiples are known.
void StepForms::define(const ProofForm& a, const ProofForm& b) {
  ProofForm zero = a - b;
  if (zero.is_constant()) return;
  const Integer shared = zero.content();
  if (euclidean_mod(zero.constant, shared).sign() != 0) return;
  zero = divided(zero, shared);
  const auto newest = std::prev(zero.parts.end());
  const int atom = newest->first;
  Integer multiple = newest->second;
  zero.parts.erase(newest);
  ProofForm form = ProofForm() - zero;
  if (multiple.sign() < 0) {
    multiple = -multiple;
    form = ProofForm() - form;
  }
  // Its range is one of the form as well.
  const StepRange range = nodes_[atom].range;
  if (multiple == Integer(1)) {
    if (range.high)
      at_most_zero_.push_back(form - ProofForm::number(*range.high));
    if (range.low)
      at_most_zero_.push_back(ProofForm::number(*range.low) - form);
  }
  definitions_[atom] = {multiple, form};
  normal_atoms_.clear();
  is_known_stale_ = true;
}

}  // namespace hone::verify
