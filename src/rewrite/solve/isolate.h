// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Conditions taken apart until a variable stands alone.
#pragma once

#include "rewrite/solve/cells.h"

namespace hone::rewrite {

class Isolator {
 public:
  Isolator(Context& context, term::Term variable, const SolveOptions& options)
      : context_(context),
        terms_(context.terms()),
        variable_(variable),
        steps_(options.steps),
        cells_(context, variable, static_cast<size_t>(options.cells)) {}

  // Where a Bool holds, or does not. The cells contain every such place.
  Cells where(term::Term condition, bool holds);

  // Whether limits were exceeded; the cells are meaningless then.
  bool gave_up() const { return gave_up_ || cells_.overflow(); }
  CellAlgebra& cells() { return cells_; }

 private:
  // d = Σ coefficient·part + rest, where only the parts name the variable.
  struct Sum {
    std::vector<std::pair<int64_t, term::Term>> parts;
    term::Term rest;
  };

  bool names_variable(term::Term term);
  bool repeats(term::Term remainder);
  std::optional<Sum> split(term::Term term);
  term::Term number(int64_t value) { return terms_.integer(value); }
  term::Term join(const Sum& sum);
  // Of d op 0; op is Le, Ge, Eq or Ne.
  Cells compare(term::Op op, term::Term difference);
  // Of term op bound; the bound does not name the variable.
  Cells against(term::Term term, term::Op op, term::Term bound);
  Cells quotient(term::Term term, term::Op op, term::Term bound);
  Cells remainder(term::Term term, term::Op op, term::Term bound);
  Cells minimum(term::Term term, term::Op op, term::Term bound);
  term::Term operand(term::Term part, bool first) const;
  term::Term chooses_first(term::Term part);
  Cells split_case(const Sum& sum, size_t part, term::Op op);
  Cells cover(term::Term condition);

  Context& context_;
  term::Context& terms_;
  term::Term variable_;
  int steps_;
  int depth_ = 0;
  bool gave_up_ = false;
  CellAlgebra cells_;
};

}  // namespace hone::rewrite
