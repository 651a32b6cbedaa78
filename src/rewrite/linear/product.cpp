// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Products of variables: where the solution of the linear part gives x·y
// another value than its values of x and y, two bounds (x - 3 >= 0, m - y - 1
// >= 0, …) are multiplied whose product is a fact that excludes it (McCormick,
// Mathematical Programming 10, 1976). Where no two do, a factor is split at its
// value, which gives it a bound that it touches; after some such splits the
// factors stand at bounds and the facts say x·y exactly.
#include <algorithm>

#include "rewrite/linear/search.h"

namespace hone::rewrite::linear {

namespace {

// Facts with larger numbers are not worth the digits.
constexpr int64_t kLargestValue = int64_t{1} << 40;

}  // namespace

// A product whose value in the tableau is not that of its factors; -1.
AtomId Search::wrong_product() const {
  const Forms& forms = problem_->forms();
  for (const AtomId id : active_) {
    if (forms.atom(id).kind != AtomKind::Product) continue;
    int64_t value = 1;
    bool fits = true;
    for (const Part& factor : forms.parts(forms.atom(id).first))
      for (int64_t i = 0; fits && i < factor.coefficient; ++i)
        fits = multiply(value, relaxed(factor.atom), value);
    if (fits && value != relaxed(id)) return id;
  }
  return -1;
}

bool Search::plan_product() {
  product_.reset();
  if (products_left_ <= 0) return false;
  const Forms& forms = problem_->forms();
  const size_t count = active_.size();
  for (size_t i = 0; i < count; ++i) {
    const AtomId id = active_[i];
    if (forms.atom(id).kind != AtomKind::Product) continue;
    const std::span<const Part> factors = forms.parts(forms.atom(id).first);
    if (factors.size() > 4) continue;
    for (size_t k = 0; k < factors.size(); ++k) {
      std::vector<Part> rest(factors.begin(), factors.end());
      if (--rest[k].coefficient == 0)
        rest.erase(rest.begin() + static_cast<ptrdiff_t>(k));
      const AtomId other = rest.size() == 1 && rest[0].coefficient == 1
                               ? rest[0].atom
                               : forms.find_product(rest);
      if (other < 0 || !atom_active_[other]) continue;
      if (plan_product_of(id, factors[k].atom, other)) {
        --products_left_;
        return true;
      }
    }
  }
  return false;
}

// Bounds of the atom, and of lines that it stands in.
void Search::collect_bounds(AtomId atom, std::vector<Bound>& bounds) const {
  bounds.clear();
  const auto add = [&](int32_t variable) {
    const Interval& range = tableau_.bounds(variable);
    if (range.low > -kLargestValue) bounds.push_back({variable, true});
    if (range.high < kLargestValue) bounds.push_back({variable, false});
  };
  add(atom_variables_[atom]);
  for (const Line& line : lines_) {
    const auto begin = line_parts_.begin() + line.begin;
    if (std::any_of(begin, begin + line.size,
                    [&](const Part& part) { return part.atom == atom; }))
      add(line.variable);
  }
}

// The bound as parts + constant >= 0.
void Search::load_bound(const Bound& bound, std::vector<Part>& parts,
                        int64_t& constant) const {
  const int64_t sign = bound.is_low ? 1 : -1;
  const Interval& range = tableau_.bounds(bound.variable);
  constant = bound.is_low ? -range.low : range.high;
  parts.clear();
  const int32_t owner = owners_[bound.variable];
  if (owner < 0) {
    parts.push_back({-1 - owner, sign});
    return;
  }
  const Line& line = lines_[owner];
  for (int32_t i = line.begin; i < line.begin + line.size; ++i)
    parts.push_back({line_parts_[i].atom, sign * line_parts_[i].coefficient});
}

bool Search::plan_product_of(AtomId, AtomId a, AtomId b) {
  std::vector<Bound> firsts, seconds;
  collect_bounds(a, firsts);
  collect_bounds(b, seconds);
  for (const Bound& first : firsts)
    for (const Bound& second : seconds)
      if (multiply_bounds(first, second)) {
        product_ = {first, second};
        return true;
      }
  return false;
}

// Whether the product is a form over atoms that are there, and the solution
// makes it negative. sum_ and cut_constant_ are the product then.
bool Search::multiply_bounds(const Bound& a, const Bound& b) {
  const Forms& forms = problem_->forms();
  std::vector<Part> left, right;
  int64_t k = 0, l = 0;
  load_bound(a, left, k);
  load_bound(b, right, l);
  if (!multiply(k, l, cut_constant_)) return false;
  cut_sum_.clear();
  for (const Part& x : left)
    for (const Part& y : right) {
      const AtomId product = forms.find_product(x.atom, y.atom);
      int64_t coefficient = 0;
      if (product < 0 || !atom_active_[product] ||
          !multiply(x.coefficient, y.coefficient, coefficient))
        return false;
      cut_sum_.push_back({product, coefficient});
    }
  for (const auto& [parts, factor] : {std::pair{&left, l}, {&right, k}})
    for (const Part& part : *parts) {
      int64_t coefficient = 0;
      if (!multiply(part.coefficient, factor, coefficient)) return false;
      if (coefficient != 0) cut_sum_.push_back({part.atom, coefficient});
    }
  std::ranges::sort(cut_sum_, {}, &Part::atom);
  sum_.clear();
  for (const Part& part : cut_sum_) {
    if (sum_.empty() || sum_.back().atom != part.atom)
      sum_.push_back(part);
    else if (!add_to(sum_.back().coefficient, part.coefficient))
      return false;
  }
  std::erase_if(sum_, [](const Part& part) { return part.coefficient == 0; });
  __int128 value = cut_constant_;
  for (const Part& part : sum_)
    value += static_cast<__int128>(part.coefficient) * relaxed(part.atom);
  return value < 0;
}

bool Search::assert_product() {
  const auto begin = static_cast<int32_t>(certificate_.shares.size());
  Cases cases = 0;
  for (const Bound& bound : {product_->first, product_->second}) {
    const int32_t reason = bound.is_low ? tableau_.low_reason(bound.variable)
                                        : tableau_.high_reason(bound.variable);
    add_share(reason, 1);
    cases |= facts_[reason].cases;
  }
  product_.reset();
  const auto index = static_cast<int32_t>(cuts_.size());
  cuts_.push_back({.kind = NodeKind::Product,
                   .begin = begin,
                   .size = 2,
                   .cases = cases,
                   .used = false});
  return assert_sum(cut_constant_, {Origin::Cut, index}, cases);
}

// A factor of a wrong product: first one of open sign, for then its bound
// multiplies others; then one that touches no bound at its value, or only one.
std::optional<ValueSplit> Search::factor_split() const {
  const AtomId product = wrong_product();
  if (product < 0) return std::nullopt;
  const Forms& forms = problem_->forms();
  const std::span<const Part> factors = forms.parts(forms.atom(product).first);
  for (const Part& factor : factors) {
    const Interval& range = tableau_.bounds(atom_variables_[factor.atom]);
    if (range.low < 0 && range.high > 0) return ValueSplit{factor.atom, 0};
  }
  for (const bool one_touches : {false, true})
    for (const Part& factor : factors) {
      const int64_t value = relaxed(factor.atom);
      if (magnitude(value) >= kLargestValue) continue;
      const Interval& range = tableau_.bounds(atom_variables_[factor.atom]);
      const bool low = range.low == value, high = range.high == value;
      if (low && high) continue;
      if ((low || high) != one_touches) continue;
      // value <= here, or value >= here: what is added touches.
      return ValueSplit{factor.atom, high ? value : value + 1};
    }
  return std::nullopt;
}

}  // namespace hone::rewrite::linear
