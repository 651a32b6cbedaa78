// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/solve/solve.h"

#include <fmt/format.h>

#include "rewrite/solve/isolate.h"
#include "term/substitute.h"

namespace hone::rewrite {

using term::Op;
using term::Sort;
using term::Term;

std::string_view kind_name(Solution::Kind kind) {
  switch (kind) {
    case Solution::Kind::Exact:
      return "exact";
    case Solution::Kind::Outer:
      return "outer";
    case Solution::Kind::Inner:
      return "inner";
  }
  return "";
}

namespace {

using Kind = Solution::Kind;

class Solver {
 public:
  Solver(Context& context, Term variable, const SolveOptions& options)
      : context_(context),
        terms_(context.terms()),
        variable_(variable),
        options_(options) {}

  // Exact or Outer.
  Solution outer(Term condition) {
    const Result<Term> small = context_.simplify(condition);
    for (const Term start : {small.ok() ? *small : condition, condition}) {
      Isolator isolator(context_, variable_, options_);
      Cells cells = isolator.where(start, true);
      if (isolator.gave_up()) continue;
      cells = isolator.cells().tidy(std::move(cells));
      Solution found{.cells = cells,
                     .formula = isolator.cells().formula(cells)};
      if (proves(Op::Eq, condition, found.formula)) return found;
      found.kind = Kind::Outer;
      if (start == condition && follows(condition, found.formula)) return found;
    }
    return everywhere(Kind::Outer);
  }

  // Exact or Inner: what is left outside of where the opposite may hold.
  Solution inner(Term condition) {
    const Solution opposite = outer(terms_.make(Op::Not, condition));
    Solution found = outer(terms_.make(Op::Not, opposite.formula));
    if (proves(Op::Eq, condition, found.formula)) return found;
    found.kind = Kind::Inner;
    if (follows(found.formula, condition)) return found;
    return {.kind = Kind::Inner, .formula = terms_.boolean(false)};
  }

 private:
  bool proves(Op op, Term a, Term b) {
    return context_.proves(terms_.make(op, a, b));
  }
  bool follows(Term from, Term what) {
    return proves(Op::Or, terms_.make(Op::Not, from), what);
  }
  Solution everywhere(Kind kind) {
    return {.kind = kind, .cells = {Cell{}}, .formula = terms_.boolean(true)};
  }

  Context& context_;
  term::Context& terms_;
  Term variable_;
  const SolveOptions& options_;
};

}  // namespace

Result<Solution> solve(Context& context, Term condition, Term variable,
                       const SolveOptions& options) {
  term::Context& terms = context.terms();
  HONE_CHECK(terms.sort(condition) == Sort::Bool);
  if (terms.op(variable) != Op::Variable || terms.sort(variable) != Sort::Int)
    return Error(ErrorKind::InvalidArgument,
                 "expected a variable of sort Int to solve for");
  HONE_ASSIGN_OR_RETURN(const Term plain, term::expand_lets(terms, condition));
  Solver solver(context, variable, options);
  Solution found = solver.outer(plain);
  if (found.kind == Kind::Exact || options.otherwise != Kind::Inner)
    return found;
  return solver.inner(plain);
}

}  // namespace hone::rewrite
