// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Assumptions, taken apart into what analyses can use.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "rewrite/analysis/alignment.h"
#include "rewrite/analysis/interval.h"
#include "term/context.h"

namespace hone::rewrite {

// What is assumed of one variable. Where assumptions about one variable
// contradict each other, one of them is left out; the others stay sound.
struct VariableFacts {
  Interval range;
  Alignment alignment;
};

struct Facts {
  std::unordered_map<term::Term, VariableFacts> variables;
  // Bools that a variable's facts do not say entirely.
  std::vector<term::Term> others;

  bool empty() const { return variables.empty() && others.empty(); }
  VariableFacts of(term::Term variable) const {
    const auto found = variables.find(variable);
    return found == variables.end() ? VariableFacts{} : found->second;
  }
};

// From a conjunction of Bools. `0 <= v && v < 64` and `v % 8 == 3` become facts
// about v; whatever else there is goes to `others`.
Facts digest(const term::Context& context,
             std::span<const term::Term> assumptions);

}  // namespace hone::rewrite
