// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/solve.h"

#include "term/print.h"
#include "toolkit/prove.h"

namespace hone::toolkit {

using rewrite::Solution;
using term::Op;
using term::Sort;
using term::Term;

namespace {

// What was proved of the solution.
Term claim_of(term::Context& terms, Term condition, const Solution& solution) {
  const auto implies = [&](Term from, Term what) {
    return terms.make(Op::Or, terms.make(Op::Not, from), what);
  };
  switch (solution.kind) {
    case Solution::Kind::Exact:
      break;
    case Solution::Kind::Outer:
      return implies(condition, solution.formula);
    case Solution::Kind::Inner:
      return implies(solution.formula, condition);
  }
  return terms.make(Op::Eq, condition, solution.formula);
}

}  // namespace

Result<SolveAnswer> solve(const SolveRequest& request,
                          std::string_view condition) {
  TextContext text;
  HONE_RETURN_IF_ERROR(assume_all(text, request.assumptions));
  HONE_ASSIGN_OR_RETURN(const Term given,
                        text.context().parse(condition, Sort::Bool));
  HONE_ASSIGN_OR_RETURN(const Term variable,
                        text.context().parse(request.variable));
  HONE_ASSIGN_OR_RETURN(
      const rewrite::Solution solution,
      text.context().solve(given, variable, {.otherwise = request.otherwise}));
  const auto print = [&](Term term) { return term::print(text.terms(), term); };
  SolveAnswer answer{.kind = solution.kind, .formula = print(solution.formula)};
  for (const rewrite::Cell& cell : solution.cells) {
    SolveCell out;
    if (cell.low) out.low = print(*cell.low);
    if (cell.high) out.high = print(*cell.high);
    for (const Term term : cell.periodic) out.periodic.push_back(print(term));
    for (const Term term : cell.guards) out.guards.push_back(print(term));
    answer.cells.push_back(std::move(out));
  }
  if (!request.with_proof) return answer;
  HONE_ASSIGN_OR_RETURN(
      ProveAnswer proved,
      text.prove(claim_of(text.terms(), given, solution), true));
  if (proved.answer != rewrite::Answer::True)
    return Error(ErrorKind::LimitReached,
                 "the proof of the solution is not found again within the "
                 "limits; leave --proof out");
  answer.proof = std::move(proved.proof);
  return answer;
}

}  // namespace hone::toolkit
