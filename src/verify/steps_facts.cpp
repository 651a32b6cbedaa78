// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bools of the replay of rule steps.
#include <algorithm>

#include "verify/steps_forms.h"

namespace hone::verify {

namespace {

const ProofForm kOne = ProofForm::number(Integer(1));

// Of "form <= 0": divided by the content, the constant rounded up.
ProofForm rounded(const ProofForm& form) {
  return ProofForm() - (ProofForm() - form).tightened();
}

}  // namespace

StepLiteral StepForms::at_most_zero(const ProofForm& given) {
  const ProofForm form = rounded(given);
  if (form.is_constant())
    return form.constant.sign() <= 0 ? kStepTrue : kStepFalse;
  if (at_most(form)) return kStepTrue;
  const ProofForm opposite = kOne - form;
  if (at_most(opposite)) return kStepFalse;
  // Of F <= 0 and its denial 1 - F <= 0 the node is the one whose first
  // coefficient is positive.
  if (form.parts.begin()->second.sign() > 0)
    return of_node(intern({.kind = Kind::AtMost, .forms = {form}}));
  return of_node(intern({.kind = Kind::AtMost, .forms = {opposite}})) ^ 1;
}

StepLiteral StepForms::equal_zero(ProofForm form) {
  if (form.is_constant())
    return form.constant.sign() == 0 ? kStepTrue : kStepFalse;
  const Integer shared = form.content();
  if (euclidean_mod(form.constant, shared).sign() != 0) return kStepFalse;
  form = form.tightened();
  if (form.parts.begin()->second.sign() < 0) form = ProofForm() - form;
  const bool above = at_most(ProofForm() - form);
  const bool below = at_most(form);
  if (above && below) return kStepTrue;
  if (at_most(kOne - form) || at_most(kOne + form)) return kStepFalse;
  const StepAlignment alignment = alignment_of(form);
  if (alignment.modulus.sign() != 0 && alignment.remainder.sign() != 0)
    return kStepFalse;
  return of_node(intern({.kind = Kind::Equal, .forms = {form}}));
}

// F of a literal that says F <= 0.
std::optional<ProofForm> StepForms::comparison(StepLiteral literal) const {
  const Node& node = nodes_[literal / 2];
  if (node.kind != Kind::AtMost) return std::nullopt;
  return literal & 1 ? kOne - node.forms[0] : node.forms[0];
}

// What two members of a conjunction are together; true where one has changed.
bool StepForms::relate(std::vector<StepLiteral>& parts, size_t i, size_t j) {
  if (parts[i] == (parts[j] ^ 1)) {
    parts = {kStepFalse};
    return true;
  }
  const auto a = comparison(parts[i]), b = comparison(parts[j]);
  if (a && b) {
    const ProofForm difference = *a - *b, sum = *a + *b;
    if (difference.is_constant()) {
      parts.erase(parts.begin() + static_cast<ptrdiff_t>(
                                      difference.constant.sign() >= 0 ? j : i));
      return true;
    }
    if (sum.is_constant() && sum.constant.sign() > 0) {
      parts = {kStepFalse};
      return true;
    }
  }
  std::vector<int> pair = {parts[i], parts[j]};
  std::ranges::sort(pair);
  const int node = intern({.kind = Kind::Both, .ids = pair});
  if (!facts_.contains(node)) return false;
  const StepLiteral together = of_node(node);
  parts.erase(parts.begin() + static_cast<ptrdiff_t>(j));
  parts[i] = together;
  return true;
}

StepLiteral StepForms::both(std::vector<StepLiteral> parts) {
  if (!spend()) return kStepTrue;
  // A list and its denial, before the list is taken apart.
  for (const StepLiteral part : parts)
    if (std::ranges::find(parts, part ^ 1) != parts.end()) return kStepFalse;
  for (bool again = true; again && !failed_;) {
    again = false;
    for (size_t i = 0; i < parts.size(); ++i) {
      const Node& node = nodes_[parts[i] / 2];
      if (node.kind != Kind::Both || (parts[i] & 1)) continue;
      const std::vector<int> inner = node.ids;
      parts.erase(parts.begin() + static_cast<ptrdiff_t>(i));
      parts.insert(parts.end(), inner.begin(), inner.end());
      --i;
    }
    std::ranges::sort(parts);
    const auto repeated = std::ranges::unique(parts);
    parts.erase(repeated.begin(), repeated.end());
    std::erase(parts, kStepTrue);
    if (std::ranges::find(parts, kStepFalse) != parts.end()) return kStepFalse;
    for (size_t i = 0; i < parts.size() && !again; ++i)
      for (size_t j = i + 1; j < parts.size() && !again; ++j) {
        if (!spend()) return kStepTrue;
        again = relate(parts, i, j);
      }
  }
  if (parts.empty()) return kStepTrue;
  if (parts.size() == 1) return parts[0];
  return of_node(intern({.kind = Kind::Both, .ids = std::move(parts)}));
}

StepLiteral StepForms::same(StepLiteral a, StepLiteral b) {
  const int denied = (a ^ b) & 1;
  a &= ~1;
  b &= ~1;
  if (a == b) return kStepTrue ^ denied;
  if (a == kStepTrue) return b ^ denied;
  if (b == kStepTrue) return a ^ denied;
  return of_node(intern(
             {.kind = Kind::Same, .ids = {std::min(a, b), std::max(a, b)}})) ^
         denied;
}

StepLiteral StepForms::normal(StepLiteral literal) {
  const Node node = nodes_[literal / 2];
  const int denied = literal & 1;
  ++depth_;
  StepLiteral result = literal;
  if (spend()) {
    switch (node.kind) {
      case Kind::AtMost:
        result = at_most_zero(normal(node.forms[0])) ^ denied;
        break;
      case Kind::Equal:
        result = equal_zero(normal(node.forms[0])) ^ denied;
        break;
      case Kind::Both: {
        std::vector<StepLiteral> parts;
        for (const int part : node.ids) parts.push_back(normal(part));
        result = both(std::move(parts)) ^ denied;
        break;
      }
      case Kind::Same:
        result = same(normal(node.ids[0]), normal(node.ids[1])) ^ denied;
        break;
      case Kind::Boolean:
        result = of_node(literal / 2) ^ denied;
        break;
      default:
        break;
    }
  }
  --depth_;
  return result;
}

void StepForms::define(StepLiteral a, StepLiteral b) {
  if (a / 2 == b / 2) return;
  // The newer node stands in no older one.
  if (a / 2 < b / 2) std::swap(a, b);
  facts_[a / 2] = b ^ (a & 1);
  if (b == kStepTrue || b == kStepFalse) {
    const StepLiteral holds = b == kStepTrue ? a : a ^ 1;
    const Node node = nodes_[holds / 2];
    if (const auto form = comparison(holds)) at_most_zero_.push_back(*form);
    if (node.kind == Kind::Equal && !(holds & 1)) {
      at_most_zero_.push_back(node.forms[0]);
      at_most_zero_.push_back(ProofForm() - node.forms[0]);
      define(node.forms[0], ProofForm());
    }
    if (node.kind == Kind::Both && !(holds & 1))
      for (const int part : node.ids) define(part, kStepTrue);
  }
  normal_atoms_.clear();
  is_known_stale_ = true;
}

}  // namespace hone::verify
