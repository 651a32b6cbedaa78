// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Unions of cells, and what is done with them.
#pragma once

#include <vector>

#include "rewrite/context.h"
#include "rewrite/solve/solve.h"

namespace hone::rewrite {

using Cells = std::vector<Cell>;

// Of one variable in one context.
class CellAlgebra {
 public:
  CellAlgebra(Context& context, term::Term variable, size_t limit)
      : context_(context), variable_(variable), limit_(limit) {}

  Cells all() const { return {Cell{}}; }
  Cells unite(Cells a, Cells b);
  Cells intersect(const Cells& a, const Cells& b);
  // Of a Bool that does not name the variable.
  Cells guarded(term::Term guard);
  // Whether some result had more cells than the limit; what was made since is
  // meaningless.
  bool overflow() const { return overflow_; }

  // Leaves out what the assumptions say already, joins cells that touch and
  // drops those within others.
  Cells tidy(Cells cells);

  term::Term formula(const Cells& cells);
  term::Term formula(const Cell& cell);

  // A smaller equal term.
  term::Term small(term::Term term);
  // Whether a Bool is proved.
  bool proves(term::Term goal) { return context_.proves(goal); }

 private:
  bool join(Cell& a, const Cell& b);
  bool implies(term::Term a, term::Term b);
  void tighten(Cell& cell);
  bool add_guard(Cell& cell, term::Term guard);
  term::Term greater(term::Term a, term::Term b, bool wanted);

  Context& context_;
  term::Term variable_;
  size_t limit_;
  bool overflow_ = false;
};

}  // namespace hone::rewrite
