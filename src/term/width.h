// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fixed-width integers as terms over unbounded ones, so that every engine
// decides them without knowing of widths.
//
//   Wrap, 8 bits: x + 1      (x + 1 + 128) % 256 - 128
//   Error:        x + 1      x + 1, where -128 <= x + 1 && x + 1 <= 127
//
// What evaluate() says with a Width, the result says without one, where the
// conditions hold.
#pragma once

#include <vector>

#include "term/context.h"
#include "term/evaluate.h"

namespace hone::term {

struct FixedWidth {
  Term term;
  // To be assumed: all variables of Ints are in range, and with Overflow::Error
  // all results are, which is what "no overflow" means.
  std::vector<Term> conditions;
};

// The term must have no lets (expand_lets). InvalidArgument: bits not in 1 to
// 1024. With Overflow::Never nothing changes.
Result<FixedWidth> of_width(Context& context, Term term, const Width& width);

}  // namespace hone::term
