// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cuts: sums of facts that, rounded, exclude a fractional solution.
#include <algorithm>

#include "rewrite/linear/search.h"

namespace hone::rewrite::linear {

namespace {

// Coefficients beyond are left to splitting: cuts of cuts grow.
constexpr int64_t kLargestCoefficient = int64_t{1} << 24;

}  // namespace

// Finds cut_ and its sum as a form over atoms.
bool Search::plan_cut(AtomId fractional) {
  if (!tableau_.find_cut(atom_variables_[fractional], cut_)) return false;
  cut_sum_.clear();
  cut_constant_ = 0;
  for (const Tableau::Touched& touched : cut_) {
    if (touched.multiplier > kLargestCoefficient) return false;
    const Interval& bounds = tableau_.bounds(touched.variable);
    // variable - low >= 0, or high - variable >= 0.
    const int64_t factor =
        touched.is_low ? touched.multiplier : -touched.multiplier;
    int64_t shift = 0;
    if (!multiply(-factor, touched.is_low ? bounds.low : bounds.high, shift) ||
        !add_to(cut_constant_, shift))
      return false;
    const int32_t owner = owners_[touched.variable];
    if (owner < 0) {
      cut_sum_.push_back({-1 - owner, factor});
      continue;
    }
    const Line& line = lines_[owner];
    for (int32_t i = line.begin; i < line.begin + line.size; ++i) {
      int64_t product = 0;
      if (!multiply(line_parts_[i].coefficient, factor, product)) return false;
      cut_sum_.push_back({line_parts_[i].atom, product});
    }
  }
  std::ranges::sort(cut_sum_, {}, &Part::atom);
  sum_.clear();
  for (const Part& part : cut_sum_) {
    if (!sum_.empty() && sum_.back().atom == part.atom) {
      if (!add_to(sum_.back().coefficient, part.coefficient)) return false;
    } else {
      sum_.push_back(part);
    }
  }
  std::erase_if(sum_, [](const Part& part) { return part.coefficient == 0; });
  int64_t shared = 0;
  for (const Part& part : sum_) shared = gcd(shared, part.coefficient);
  if (shared != 0 && cut_constant_ % shared == 0) return false;
  return std::ranges::all_of(sum_, [&](const Part& part) {
    return magnitude(part.coefficient / shared) < kLargestCoefficient;
  });
}

bool Search::assert_cut() {
  const auto begin = static_cast<int32_t>(certificate_.shares.size());
  Cases cases = 0;
  for (const Tableau::Touched& touched : cut_) {
    const int32_t reason = touched.is_low
                               ? tableau_.low_reason(touched.variable)
                               : tableau_.high_reason(touched.variable);
    add_share(reason, touched.multiplier);
    cases |= facts_[reason].cases;
  }
  const auto index = static_cast<int32_t>(cuts_.size());
  cuts_.push_back({.kind = NodeKind::Cut,
                   .begin = begin,
                   .size = static_cast<int32_t>(cut_.size()),
                   .cases = cases,
                   .used = false});
  return assert_sum(cut_constant_, {Origin::Cut, index}, cases);
}

}  // namespace hone::rewrite::linear
