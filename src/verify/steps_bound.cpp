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

Integer gcd(Integer a, Integer b) {
  if (a.sign() < 0) a = -a;
  if (b.sign() < 0) b = -b;
  while (b.sign() != 0) {
    Integer rest = euclidean_mod(a, b);
    a = std::move(b);
    b = std::move(rest);
  }
  return a;
}

StepAlignment reduced(const Integer& modulus, const Integer& remainder) {
  return {modulus,
          modulus.sign() == 0 ? remainder : euclidean_mod(remainder, modulus)};
}

// What both are.
StepAlignment joined(const StepAlignment& a, const StepAlignment& b) {
  return reduced(gcd(gcd(a.modulus, b.modulus), a.remainder - b.remainder),
                 a.remainder);
}

StepRange product(const StepRange& a, const StepRange& b) {
  if (a.low && a.high && b.low && b.high) {
    const Integer ends[] = {*a.low * *b.low, *a.low * *b.high, *a.high * *b.low,
                            *a.high * *b.high};
    return {*std::ranges::min_element(ends), *std::ranges::max_element(ends)};
  }
  const auto above = [](const StepRange& r) {
    return r.low && r.low->sign() >= 0;
  };
  const auto below = [](const StepRange& r) {
    return r.high && r.high->sign() <= 0;
  };
  if (above(a) && above(b)) return {*a.low * *b.low, {}};
  if (below(a) && below(b)) return {*a.high * *b.high, {}};
  if (above(a) && below(b)) return {{}, *a.low * *b.high};
  if (below(a) && above(b)) return {{}, *a.high * *b.low};
  return {};
}

StepRange opposite(const StepRange& range) {
  return {range.high ? End(-*range.high) : std::nullopt,
          range.low ? End(-*range.low) : std::nullopt};
}

// Of a / b by no constant: at most as large as a, its sign that of a by that of
// b; 0 where b is 0.
StepRange quotient(const StepRange& a, const StepRange& b) {
  const bool positive = b.low && b.low->sign() >= 0;
  const bool up = a.low && a.low->sign() >= 0;
  const bool down = a.high && a.high->sign() <= 0;
  if (positive && up) return {Integer(), a.high};
  if (positive && down) return {a.low, Integer()};
  if (positive) return a;
  if (b.high && b.high->sign() <= 0) return opposite(quotient(a, opposite(b)));
  if (!a.low || !a.high) return {};
  const Integer size = std::max(-*a.low, *a.high);
  return {-size, size};
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
      for (const int factor : node.ids) {
        const StepAlignment& its = nodes_[factor].alignment;
        all = reduced(
            gcd(gcd(all.modulus * its.modulus, all.modulus * its.remainder),
                all.remainder * its.modulus),
            all.remainder * its.remainder);
      }
      return all;
    }
    default:
      return {};
  }
}

bool StepForms::is_known(const ProofForm& goal) const {
  return std::ranges::any_of(at_most_zero_, [&](const ProofForm& known) {
    const StepRange rest = range_of(goal - known);
    return rest.high && rest.high->sign() <= 0;
  });
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
