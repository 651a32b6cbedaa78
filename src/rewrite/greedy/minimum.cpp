// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Minima, and maxima as minima: max(a, b) = -min(-a, -b).
//
// In normal form a minimum is flat and sorted, none of its members is known to
// be at least another, and what all members have in common stands outside:
// equal monos, the least constant, a common factor.
//
//   min(4*x + y + 3, y + 7)  =  4 * min(x, 1) + y + 3
#include <numeric>

#include "rewrite/greedy/normalizer.h"

namespace hone::rewrite {

FormId Normalizer::max(Ids& forms) {
  note_pairs(Rule::MaximumAsMinimum, {}, forms, nullptr);
  for (uint32_t& form : forms) form = negated(form);
  return negated(min(forms));
}

FormId Normalizer::min(Ids& forms) {
  // Flatten: a member that is itself a minimum, plus a constant.
  for (uint32_t i = 0; i < forms.size();) {
    const FormId form = forms[i];
    const auto monos = store_.monos(form);
    if (monos.size() == 1 && monos[0].factor == 1 && forms.size() < 64) {
      const Atom& atom = store_.atom_at(monos[0].atom);
      if (atom.kind == AtomKind::Min) {
        const int64_t constant = store_[form].constant;
        Ids members{store_.list(atom)};
        forms.erase(i);
        for (const FormId member : members) {
          Poly each = store_.poly(member);
          each.add_constant(constant);
          forms.push(store_.form(each));
        }
        continue;
      }
    }
    ++i;
  }
  return min_of(forms);
}

// Removes members that are never less than another.
void Normalizer::drop_dominated(Ids& forms) {
  forms.sort_unique();
  const bool deep = forms.size() <= 6;
  for (uint32_t i = 0; i < forms.size(); ++i)
    for (uint32_t j = 0; j < forms.size(); ++j) {
      if (i == j) continue;
      Poly apart = store_.poly(forms[i]);
      store_.add(apart, -1, forms[j]);
      // forms[i] <= forms[j]
      if (apart.is_constant()
              ? apart.constant() > 0
              : !at_most_zero(apart, deep ? limits_.inner_steps : 1))
        continue;
      const FormId kept = forms[i], dropped = forms[j];
      forms.erase(j);
      if (j < i) --i;
      --j;
      if (log_) note_dominated(kept, dropped, forms);
    }
}

// Whether every member is a quotient by one number, plus a constant.
bool Normalizer::common_divisor(Ids& forms, int64_t& divisor) {
  divisor = 0;
  for (const FormId form : forms) {
    const auto monos = store_.monos(form);
    if (monos.size() != 1 || monos[0].factor != 1) return false;
    const Atom& atom = store_.atom_at(monos[0].atom);
    if (atom.kind != AtomKind::Div || !store_.is_constant(atom.b)) return false;
    const int64_t its = store_.value(atom.b);
    if (divisor != 0 && divisor != its) return false;
    divisor = its;
  }
  return true;
}

// The members of a maximum, where the form is one plus a constant.
bool Normalizer::maximum_members(FormId form, Ids& out) {
  const auto monos = store_.monos(form);
  if (monos.size() != 1 || monos[0].factor != -1) return false;
  const Atom& atom = store_.atom_at(monos[0].atom);
  if (atom.kind != AtomKind::Min) return false;
  const int64_t constant = store_[form].constant;
  Ids members{store_.list(atom)};
  for (const FormId member : members) {
    Poly each(constant);
    store_.add(each, -1, member);
    out.push(store_.form(each));
  }
  return true;
}

// Two members that are maxima with something in common are one:
// min(max(a, c), max(b, c)) = max(min(a, b), c).
bool Normalizer::join_maxima(Ids& forms) {
  for (uint32_t i = 0; i < forms.size() && forms.size() <= 8; ++i)
    for (uint32_t j = i + 1; j < forms.size(); ++j) {
      Ids a, b, shared, in_a, in_b;
      if (!maximum_members(forms[i], a)) break;
      if (!maximum_members(forms[j], b)) continue;
      for (const FormId member : a) {
        const bool both = std::find(b.begin(), b.end(), member) != b.end();
        (both ? shared : in_a).push(member);
      }
      for (const FormId member : b)
        if (std::find(shared.begin(), shared.end(), member) == shared.end())
          in_b.push(member);
      if (shared.size() == 0 || in_a.size() == 0 || in_b.size() == 0) continue;
      const FormId x = max(in_a), y = max(in_b), z = max(shared);
      note(Rule::MinimumOfMaxima, {}, x, y, z);
      Ids pair, whole;
      pair.push(x);
      pair.push(y);
      whole.push(min(pair));
      whole.push(z);
      forms[i] = max(whole);
      forms.erase(j);
      return true;
    }
  return false;
}

FormId Normalizer::min_of(Ids& forms) {
  drop_dominated(forms);
  if (store_.failed() || forms.size() == 1) return forms[0];
  if (join_maxima(forms)) return min(forms);
  if (int64_t divisor; common_divisor(forms, divisor)) {
    // Rounding down is monotone: min(a / c, b / c + k) = min(a, b + k*c) / c.
    if (log_) note_quotients(forms, divisor);
    for (FormId& form : forms) {
      Poly dividend = store_.poly(store_.atom_at(store_.monos(form)[0].atom).a);
      dividend.add_constant(static_cast<__int128>(store_[form].constant) *
                            divisor);
      form = store_.form(dividend);
    }
    return div_by(store_.poly(min(forms)), divisor);
  }
  // What all have in common: monos of the first that the others have too.
  Poly common;
  const Poly first = store_.poly(forms[0]);
  for (const Mono& mono : first.monos()) {
    bool shared = true;
    for (uint32_t i = 1; i < forms.size() && shared; ++i) {
      shared = false;
      for (const Mono& other : store_.monos(forms[i])) shared |= other == mono;
    }
    if (shared) common.add(mono.factor, mono.atom);
  }
  bool any = false;
  int64_t least = INT64_MAX;
  for (const FormId form : forms) {
    if (store_[form].count == common.count()) continue;  // a number remains
    least = std::min(least, store_[form].constant);
    any = true;
  }
  if (!any) least = 0;
  common.set_constant(least);
  int64_t gcd = 0;
  for (uint32_t& form : forms) {
    if (least != 0 || common.count() != 0) {
      Poly rest = store_.poly(form);
      rest.add_scaled(-1, common);
      form = store_.form(rest);
    }
    if (gcd == 1) continue;
    gcd = std::gcd(gcd, store_[form].constant);
    for (const Mono& mono : store_.monos(form))
      gcd = std::gcd(gcd, mono.factor);
  }
  if (log_ && (least != 0 || common.count() != 0))
    note_pairs(Rule::MinimumCommon, {}, forms, &common);
  if (gcd > 1)
    for (uint32_t& form : forms) {
      Poly reduced = store_.poly(form);
      for (Mono& mono : reduced.monos()) mono.factor /= gcd;
      reduced.set_constant(reduced.constant() / gcd);
      form = store_.form(reduced);
    }
  if (gcd > 1) note_pairs(Rule::MinimumScaled, {gcd}, forms);
  // Without what was common, a member may be a minimum itself.
  for (const FormId form : forms) {
    const auto monos = store_.monos(form);
    if (monos.size() != 1 || monos[0].factor != 1 ||
        store_.atom_at(monos[0].atom).kind != AtomKind::Min)
      continue;
    store_.add(common, gcd > 1 ? gcd : 1, min(forms));
    return sum(common);
  }
  std::sort(forms.begin(), forms.end());
  Atom key{.kind = AtomKind::Min,
           .range = store_[forms[0]].range,
           .alignment = store_[forms[0]].alignment};
  for (const FormId form : forms) {
    key.range = hone::rewrite::min(key.range, store_[form].range);
    key.alignment = hull(key.alignment, store_[form].alignment);
  }
  common.add(gcd > 1 ? gcd : 1, store_.atom(key, forms.span()));
  return sum(common);
}

}  // namespace hone::rewrite
