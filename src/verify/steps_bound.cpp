// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ranges, alignments, and a bounded search for F <= 0.
#include <algorithm>

#include "verify/steps_forms.h"

namespace hone::verify {

namespace {

constexpr int kFuel = 12;

using End = std::optional<Integer>;

End sum(const End& a, const End& b) {
  return a && b ? End(*a + *b) : std::nullopt;
}

}  // namespace

StepRange StepForms::range_of(const ProofForm& form) const {
  StepRange total{form.constant, form.constant};
  for (const auto& [atom, coefficient] : form.parts) {
    const StepRange& range = nodes_[atom].range;
    const bool up = coefficient.sign() > 0;
    const End& low = up ? range.low : range.high;
    const End& high = up ? range.high : range.low;
    total.low = sum(total.low, low ? End(*low * coefficient) : std::nullopt);
    total.high =
        sum(total.high, high ? End(*high * coefficient) : std::nullopt);
  }
  return total;
}

StepRange StepForms::range_of(const Node& node) const {
  switch (node.kind) {
    case Kind::Floor: {
      StepRange range = range_of(node.forms[0]);
      if (range.low) range.low = euclidean_div(*range.low, node.number);
      if (range.high) range.high = euclidean_div(*range.high, node.number);
      return range;
    }
    case Kind::Least: {
      StepRange range = range_of(node.forms[0]);
      for (const ProofForm& form : node.forms) {
        const StepRange other = range_of(form);
        if (!range.low || !other.low || *other.low < *range.low)
          range.low = range.low ? other.low : std::nullopt;
        if (other.high && (!range.high || *other.high < *range.high))
          range.high = other.high;
      }
      return range;
    }
    case Kind::Choice: {
      StepRange range = range_of(node.forms[0]);
      if (range.low && range.low->sign() > 0) range.low = Integer();
      if (range.high && range.high->sign() < 0) range.high = Integer();
      return range;
    }
    case Kind::Product: {
      StepRange range{Integer(1), Integer(1)};
      for (const int factor : node.ids)
        range = product(range, nodes_[factor].range);
      if (node.ids.size() == 2 && node.ids[0] == node.ids[1] &&
          (!range.low || range.low->sign() < 0))
        range.low = Integer();
      return range;
    }
    case Kind::Remainder: {
      // Less than a positive divisor; at most the opposite of another.
      const StepRange divisor = range_of(node.forms[1]);
      StepRange range{Integer(), {}};
      if (divisor.low && divisor.high)
        range.high = std::max(
            std::max(*divisor.high - Integer(1), -*divisor.low), Integer());
      return range;
    }
    case Kind::Quotient:
      return quotient(range_of(node.forms[0]), range_of(node.forms[1]));
    default:
      return {};
  }
}

StepAlignment StepForms::alignment_of(const ProofForm& form) const {
  StepAlignment total{Integer(), form.constant};
  for (const auto& [atom, coefficient] : form.parts) {
    const StepAlignment& its = nodes_[atom].alignment;
    total = reduced(gcd(total.modulus, its.modulus * coefficient),
                    total.remainder + its.remainder * coefficient);
  }
  return total;
}

StepAlignment StepForms::alignment_of(const Node& node) const {
  switch (node.kind) {
    case Kind::Least: {
      StepAlignment all = alignment_of(node.forms[0]);
      for (const ProofForm& form : node.forms)
        all = joined(all, alignment_of(form));
      return all;
    }
    case Kind::Choice:
      return joined(alignment_of(node.forms[0]), {Integer(), Integer()});
    case Kind::Product: {
      StepAlignment all{Integer(), Integer(1)};
      for (const int factor : node.ids)
        all = product(all, nodes_[factor].alignment);
      return all;
    }
    default:
      return {};
  }
}

// Facts are of forms as they were; what was defined since is put into them.
void StepForms::refresh_known() {
  if (!is_known_stale_) return;
  is_known_stale_ = false;
  for (ProofForm& known : at_most_zero_) known = normal(known);
  for (auto& [form, alignment] : aligned_) form = normal(form);
}

bool StepForms::is_known(const ProofForm& goal) {
  refresh_known();
  return std::ranges::any_of(at_most_zero_, [&](const ProofForm& known) {
    const StepRange rest = range_of(goal - known);
    return rest.high && rest.high->sign() <= 0;
  });
}

StepValue StepForms::seen(const ProofForm& form) {
  refresh_known();
  StepValue value{range_of(form), alignment_of(form)};
  for (const ProofForm& known : at_most_zero_) {
    const ProofForm above = form - known, below = form + known;
    // form = known + c <= c, or form = c - known >= c.
    if (above.is_constant() &&
        (!value.range.high || above.constant < *value.range.high))
      value.range.high = above.constant;
    if (below.is_constant() &&
        (!value.range.low || *value.range.low < below.constant))
      value.range.low = below.constant;
  }
  for (const auto& [known, its] : aligned_) {
    StepAlignment alignment = its;
    const ProofForm above = form - known, below = form + known;
    if (above.is_constant())
      alignment = reduced(its.modulus, above.constant + its.remainder);
    else if (below.is_constant())
      alignment = reduced(its.modulus, below.constant - its.remainder);
    else
      continue;
    if (alignment.modulus.sign() == 0 ||
        (value.alignment.modulus.sign() != 0 &&
         value.alignment.modulus < alignment.modulus))
      value.alignment = alignment;
  }
  value.range = tightened(value.range, value.alignment);
  return value;
}

void StepForms::note(const ProofForm& form, const StepValue& value) {
  if (form.is_constant()) return;
  const StepRange range = tightened(value.range, value.alignment);
  if (range.low) at_most_zero_.push_back(ProofForm::number(*range.low) - form);
  if (range.high)
    at_most_zero_.push_back(form - ProofForm::number(*range.high));
  if (value.alignment.modulus != Integer(1))
    aligned_.emplace_back(form, value.alignment);
  const StepRange all = seen(form).range;
  if (all.low && all.high && *all.low == *all.high)
    define(form, ProofForm::number(*all.low));
}

bool StepForms::at_most(const ProofForm& form) {
  int fuel = kFuel;
  return bounded(form, fuel);
}

// One atom gives way to what is no smaller where the form is concerned.
bool StepForms::bounded(ProofForm goal, int& fuel) {
  if (!spend()) return false;
  goal = ProofForm() - (ProofForm() - goal).tightened();
  const StepRange range = range_of(goal);
  if (range.high && range.high->sign() <= 0) return true;
  if (is_known(goal)) return true;
  if (--fuel < 0) return false;
  // The newest first: it stands in no other.
  for (auto at = goal.parts.rbegin(); at != goal.parts.rend(); ++at) {
    const Node& node = nodes_[at->first];
    const Integer factor = at->second;
    ProofForm rest = goal;
    rest.parts.erase(at->first);
    if (node.kind == Kind::Floor) {
      // c·floor(F / c) is at most F and at least F - (c - 1); what is known of
      // F modulo c brings both closer.
      const StepAlignment its = alignment_of(node.forms[0]);
      const Integer step = gcd(its.modulus, node.number);
      const Integer least = euclidean_mod(its.remainder, step);
      const Integer shared = gcd(factor, node.number);
      const Integer scale = euclidean_div(node.number, shared);
      ProofForm scaled = rest * scale;
      ProofForm inner = node.forms[0];
      inner.constant = inner.constant -
                       (factor.sign() < 0 ? node.number - step + least : least);
      scaled.add(inner, euclidean_div(factor, shared));
      scaled.constant = scaled.constant - (scale - Integer(1));
      return bounded(std::move(scaled), fuel);
    }
    if (node.kind == Kind::Choice) {
      const ProofForm chosen = rest + node.forms[0] * factor;
      return bounded(rest, fuel) && bounded(chosen, fuel);
    }
    if (node.kind == Kind::Least) {
      const std::vector<ProofForm> members = node.forms;
      const auto does = [&](const ProofForm& member) {
        return bounded(rest + member * factor, fuel);
      };
      return factor.sign() > 0 ? std::ranges::any_of(members, does)
                               : std::ranges::all_of(members, does);
    }
  }
  return false;
}

}  // namespace hone::verify
