// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A condition solved for one of its variables.
//
//   v * 4 + 3 < n             v <= (n - 4) / 4
//   (v + i) / 8 == 2          16 - i <= v <= 23 - i
//   v * 6 % 8 == 2            v % 4 == 3
//   min(v, n) >= 3            v >= 3 && 3 <= n
//
// The solution is a union of cells: an interval of the variable, conditions
// that repeat with a period, and conditions that do not name the variable.
// Ends are terms over the other variables.
//
// Sums are taken apart until the variable stands alone; quotients, remainders,
// minima, maxima and selects are turned inside out by their definitions. What
// cannot be taken apart (v * v, or v beside v / 3) is covered by the interval
// that bounds() finds. No step is trusted: the whole is then proved equal to
// the condition, or to follow from it (Outer), or to imply it (Inner).
//
// Halide's solve_for_outer_interval and solve_for_inner_interval are the like
// for single intervals; they lose exactness at every / and %.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "term/context.h"

namespace hone::rewrite {

class Context;

// All conditions of a cell hold at once.
struct Cell {
  std::optional<term::Term> low;     // the variable is at least this
  std::optional<term::Term> high;    // and at most that
  std::vector<term::Term> periodic;  // Bools: v % 4 == 3, v % 8 < n, …
  std::vector<term::Term> guards;    // Bools without the variable
};

struct Solution {
  enum class Kind : uint8_t {
    Exact,  // the cells are all values for which the condition holds
    Outer,  // it holds in no other place, but not everywhere in the cells
    Inner   // it holds everywhere in the cells, maybe elsewhere too
  };
  Kind kind = Kind::Exact;
  std::vector<Cell> cells;  // none: the condition never holds
  // The cells as one Bool. Under the context's assumptions it was proved equal
  // to the condition, to follow from it, or to imply it, by the kind.
  term::Term formula;
};

// "exact", "outer", "inner".
std::string_view kind_name(Solution::Kind kind);

struct SolveOptions {
  // What to find where exactness is out of reach.
  Solution::Kind otherwise = Solution::Kind::Outer;
  int cells = 32;     // more are given up for one interval
  int steps = 2'000;  // comparisons taken apart
};

// Of a Bool, for an Int variable. Wherever the assumptions of the context hold.
Result<Solution> solve(Context& context, term::Term condition,
                       term::Term variable, const SolveOptions& options = {});

}  // namespace hone::rewrite
