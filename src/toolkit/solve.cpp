// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/solve.h"

#include "term/print.h"
#include "toolkit/prove.h"

namespace hone::toolkit {

using term::Term;

Result<SolveAnswer> solve(const SolveRequest& request,
                          std::string_view condition) {
  TextContext text;
  HONE_RETURN_IF_ERROR(assume_all(text, request.assumptions));
  HONE_ASSIGN_OR_RETURN(const rewrite::Solution solution,
                        text.context().solve(condition, request.variable,
                                             {.otherwise = request.otherwise}));
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
  return answer;
}

}  // namespace hone::toolkit
