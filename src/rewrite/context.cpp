// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/context.h"

#include "term/substitute.h"

namespace hone::rewrite {

using term::Sort;
using term::Term;

Context::Context(const ContextOptions& options)
    : options_(options),
      prover_(terms_, options.prover),
      simplifier_(options.simplify) {}

Result<Term> Context::parse(std::string_view text, std::optional<Sort> sort) {
  return term::parse(terms_, text, options_.parse, sort);
}

Status Context::assume(std::string_view text) {
  HONE_ASSIGN_OR_RETURN(const Term assumption, parse(text, Sort::Bool));
  return assume(assumption);
}

Result<Judgement> Context::prove(std::string_view text) {
  HONE_ASSIGN_OR_RETURN(const Term goal, parse(text, Sort::Bool));
  return prove(goal);
}

bool Context::proves(Term goal) {
  const Result<bool> answer = prover_.proves(goal);
  return answer.ok() && *answer;
}

Result<Bounds> Context::bounds(std::string_view text) {
  HONE_ASSIGN_OR_RETURN(const Term term, parse(text, Sort::Int));
  return bounds(term);
}

Result<Term> Context::simplify(std::string_view text) {
  HONE_ASSIGN_OR_RETURN(const Term term, parse(text));
  return simplify(term);
}

Result<Solution> Context::solve(std::string_view condition,
                                std::string_view variable,
                                const SolveOptions& options) {
  HONE_ASSIGN_OR_RETURN(const Term parsed, parse(condition, Sort::Bool));
  HONE_ASSIGN_OR_RETURN(const Term name, parse(variable));
  return solve(parsed, name, options);
}

Result<Term> Context::simplify(Term term) {
  HONE_ASSIGN_OR_RETURN(const Term plain, term::expand_lets(terms_, term));
  const Term small = simplifier_.simplify(terms_, plain, prover_.facts());
  if (terms_.sort(small) != Sort::Bool || terms_.is_constant(small))
    return small;
  HONE_ASSIGN_OR_RETURN(const Judgement judgement, prove(small));
  if (judgement.answer == Answer::True) return terms_.boolean(true);
  if (judgement.answer == Answer::False) return terms_.boolean(false);
  return small;
}

}  // namespace hone::rewrite
