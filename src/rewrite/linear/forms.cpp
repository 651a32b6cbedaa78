// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/linear/forms.h"

#include <algorithm>

#include "base/result.h"

namespace hone::rewrite::linear {

namespace {

constexpr size_t kSlots = 256;  // at first
constexpr size_t kMostParts = size_t{1} << 22;
constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;

uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * kMultiplier;
  return hash ^ (hash >> 29);
}

}  // namespace

Forms::Forms() : slots_(kSlots) {}

void Forms::clear() {
  parts_.clear();
  forms_.clear();
  atoms_.clear();
  overflow_ = false;
  if (++epoch_ == 0) {
    std::fill(slots_.begin(), slots_.end(), Slot{});
    epoch_ = 1;
  }
}

// Slots are emptied in the reverse order of their filling, which leaves every
// older atom where a probe finds it.
void Forms::rewind(const Mark& mark) {
  const size_t mask = slots_.size() - 1;
  for (; atoms_.size() > mark.atoms; atoms_.pop_back()) {
    const auto id = static_cast<AtomId>(atoms_.size()) - 1;
    size_t at = hash(atoms_.back()) & mask;
    while (slots_[at].epoch != epoch_ || slots_[at].atom != id)
      at = (at + 1) & mask;
    slots_[at] = {};
  }
  forms_.resize(mark.forms);
  parts_.resize(mark.parts);
  overflow_ = false;
}

FormId Forms::end(int32_t begin, int64_t constant) {
  overflow_ = overflow_ || parts_.size() > kMostParts;
  forms_.push_back({.begin = begin,
                    .size = static_cast<int32_t>(parts_.size()) - begin,
                    .constant = constant});
  return static_cast<FormId>(forms_.size()) - 1;
}

FormId Forms::fail() {
  overflow_ = true;
  return constant(0);
}

FormId Forms::constant(int64_t value) {
  if (value >= kLargest || value <= -kLargest) {
    overflow_ = true;
    value = 0;
  }
  return end(begin(), value);
}

FormId Forms::atom_form(AtomId id, int64_t coefficient, int64_t constant) {
  const int32_t at = begin();
  parts_.push_back({id, coefficient});
  return end(at, constant);
}

FormId Forms::variable(int32_t source, Interval range) {
  return atom_form(
      intern({.kind = AtomKind::Variable, .source = source, .range = range}));
}

FormId Forms::combine(FormId a, int64_t sa, FormId b, int64_t sb, int64_t k) {
  const Record ra = forms_[a], rb = forms_[b];
  const int32_t at = begin();
  int64_t ka = 0, kb = 0;
  if (!linear::multiply(ra.constant, sa, ka) ||
      !linear::multiply(rb.constant, sb, kb) || !add_to(k, ka) ||
      !add_to(k, kb))
    return fail();
  int32_t i = 0, j = 0;
  while (i < ra.size || j < rb.size) {
    const Part x = i < ra.size ? parts_[ra.begin + i] : Part{INT32_MAX, 0};
    const Part y = j < rb.size ? parts_[rb.begin + j] : Part{INT32_MAX, 0};
    int64_t cx = 0, cy = 0;
    if (x.atom <= y.atom) {
      if (!linear::multiply(x.coefficient, sa, cx)) return fail();
      ++i;
    }
    if (y.atom <= x.atom) {
      if (!linear::multiply(y.coefficient, sb, cy)) return fail();
      ++j;
    }
    if (!add_to(cx, cy)) return fail();
    if (cx != 0) parts_.push_back({std::min(x.atom, y.atom), cx});
  }
  return end(at, k);
}

FormId Forms::shift(FormId a, int64_t k) {
  Record copy = forms_[a];
  if (!add_to(copy.constant, k)) return fail();
  forms_.push_back(copy);
  return static_cast<FormId>(forms_.size()) - 1;
}

FormId Forms::scale(FormId a, int64_t factor) {
  if (factor == 1) return a;
  if (factor == 0) return constant(0);
  const Record r = forms_[a];
  const int32_t at = begin();
  int64_t k = 0;
  if (!linear::multiply(r.constant, factor, k)) return fail();
  for (int32_t i = 0; i < r.size; ++i) {
    Part part = parts_[r.begin + i];
    if (!linear::multiply(part.coefficient, factor, part.coefficient))
      return fail();
    parts_.push_back(part);
  }
  return end(at, k);
}

FormId Forms::multiply(FormId a, FormId b) {
  if (is_constant(a)) return scale(b, constant_of(a));
  if (is_constant(b)) return scale(a, constant_of(b));
  const Record ra = forms_[a], rb = forms_[b];
  // (A + k)(B + l) = kB + lA + kl + Σ c_i·d_j·(a_i·b_j)
  int64_t k = 0;
  if (!linear::multiply(ra.constant, rb.constant, k)) return fail();
  FormId sum = combine(shift(a, -ra.constant), rb.constant,
                       shift(b, -rb.constant), ra.constant, k);
  for (int32_t i = 0; i < ra.size && !overflow_; ++i) {
    for (int32_t j = 0; j < rb.size && !overflow_; ++j) {
      const Part x = parts_[ra.begin + i], y = parts_[rb.begin + j];
      int64_t coefficient = 0;
      if (!linear::multiply(x.coefficient, y.coefficient, coefficient))
        return fail();
      const auto factors = [&](AtomId id) {
        return atoms_[id].kind == AtomKind::Product ? atoms_[id].first
                                                    : atom_form(id);
      };
      const FormId product = add(factors(x.atom), factors(y.atom));
      const AtomId id = intern({.kind = AtomKind::Product, .first = product});
      sum = combine(sum, 1, atom_form(id), coefficient);
    }
  }
  return sum;
}

AtomId Forms::find_product(std::span<const Part> factors) const {
  for (AtomId id = 0; id < static_cast<AtomId>(atoms_.size()); ++id)
    if (atoms_[id].kind == AtomKind::Product &&
        std::ranges::equal(parts(atoms_[id].first), factors))
      return id;
  return -1;
}

AtomId Forms::find_quotient(AtomId remainder) const {
  const Atom& rest = atoms_[remainder];
  for (AtomId id = 0; id < remainder; ++id)
    if (atoms_[id].kind == AtomKind::Quotient &&
        same(atoms_[id].first, rest.first) &&
        same(atoms_[id].second, rest.second))
      return id;
  return -1;
}

AtomId Forms::find_product(AtomId a, AtomId b) const {
  std::vector<Part> factors;
  for (const AtomId id : {a, b}) {
    const Part itself{id, 1};
    const std::span<const Part> its = atoms_[id].kind == AtomKind::Product
                                          ? parts(atoms_[id].first)
                                          : std::span(&itself, 1);
    for (const Part& factor : its) {
      const auto at =
          std::ranges::lower_bound(factors, factor.atom, {}, &Part::atom);
      if (at != factors.end() && at->atom == factor.atom)
        at->coefficient += factor.coefficient;
      else
        factors.insert(at, factor);
    }
  }
  return find_product(factors);
}

bool Forms::same(FormId a, FormId b) const {
  if (a == b) return true;
  if (forms_[a].constant != forms_[b].constant) return false;
  return std::ranges::equal(parts(a), parts(b));
}

Interval Forms::range(FormId form) const {
  const int64_t k = constant_of(form);
  Interval sum{k, k};
  for (const Part& part : parts(form)) {
    sum = sum + linear::scale(atoms_[part.atom].range, part.coefficient);
    if (!is_finite(sum.low) && !is_finite(sum.high)) break;
  }
  return sum;
}

int64_t Forms::content(FormId form) const {
  int64_t shared = 0;
  for (const Part& part : parts(form)) {
    shared = gcd(shared, part.coefficient);
    if (shared == 1) break;
  }
  return shared;
}

FormId Forms::divide_content(FormId form, int64_t divisor) {
  if (divisor == 1) return form;
  const Record r = forms_[form];
  const int32_t at = begin();
  for (int32_t i = 0; i < r.size; ++i) {
    const Part part = parts_[r.begin + i];
    parts_.push_back({part.atom, part.coefficient / divisor});
  }
  return end(at, floor_div(r.constant, divisor));
}

void Forms::narrow(AtomId id, Interval range) {
  Interval& own = atoms_[id].range;
  own.low = std::max(own.low, range.low);
  own.high = std::min(own.high, range.high);
}

void Forms::refresh_ranges() {
  for (Atom& atom : atoms_)
    if (atom.kind != AtomKind::Variable) atom.range = range_of(atom);
}

uint64_t Forms::hash(FormId form) const {
  uint64_t h = mix(forms_[form].size, forms_[form].constant);
  for (const Part& part : parts(form))
    h = mix(mix(h, part.atom), part.coefficient);
  return h;
}

uint64_t Forms::hash(const Atom& atom) const {
  uint64_t h = mix(static_cast<uint64_t>(atom.kind) + 1, atom.number);
  h = mix(h, static_cast<uint64_t>(atom.source));
  if (atom.first >= 0) h = mix(h, hash(atom.first));
  if (atom.second >= 0) h = mix(h, hash(atom.second));
  return h;
}

AtomId Forms::intern(Atom atom) {
  if (atoms_.size() * 2 >= slots_.size()) {
    slots_.assign(slots_.size() * 2, {});
    for (AtomId id = 0; id < static_cast<AtomId>(atoms_.size()); ++id) {
      size_t at = hash(atoms_[id]) & (slots_.size() - 1);
      while (slots_[at].epoch == epoch_) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = {epoch_, id};
    }
  }
  size_t at = hash(atom) & (slots_.size() - 1);
  const auto equal = [&](FormId a, FormId b) {
    return a < 0 || b < 0 ? a == b : same(a, b);
  };
  for (; slots_[at].epoch == epoch_; at = (at + 1) & (slots_.size() - 1)) {
    const Atom& other = atoms_[slots_[at].atom];
    if (other.kind == atom.kind && other.source == atom.source &&
        other.number == atom.number && equal(other.first, atom.first) &&
        equal(other.second, atom.second))
      return slots_[at].atom;
  }
  if (atom.kind != AtomKind::Variable) atom.range = range_of(atom);
  const AtomId id = static_cast<AtomId>(atoms_.size());
  slots_[at] = {epoch_, id};
  atoms_.push_back(atom);
  return id;
}

}  // namespace hone::rewrite::linear
