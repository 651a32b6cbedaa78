// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A problem's value under values for its variables.
#pragma once

#include <cstdint>
#include <vector>

#include "rewrite/linear/problem.h"

namespace hone::rewrite::linear {

class Model {
 public:
  // Every variable's value, by its atom; other entries are found here. False
  // where a number does not fit, which makes the rest meaningless.
  bool evaluate(const Problem& problem);

  std::vector<int64_t>& values() { return values_; }
  int64_t value(AtomId atom) const { return values_[atom]; }
  bool holds(CondId cond) const { return holds_[cond] != 0; }
  // After evaluate(): the form's value; false where it does not fit.
  bool value_of(const Forms& forms, FormId form, int64_t& value) const;

 private:
  bool evaluate_atom(const Forms& forms, AtomId id);
  bool evaluate_cond(const Problem& problem, CondId id);

  std::vector<int64_t> values_;
  std::vector<char> holds_;
};

}  // namespace hone::rewrite::linear
