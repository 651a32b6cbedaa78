// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/simplify.h"

#include "rewrite/greedy/simplify.h"
#include "term/print.h"
#include "term/substitute.h"
#include "term/walk.h"
#include "toolkit/prove.h"

namespace hone::toolkit {

using term::Term;

namespace {

// Empty where the prover does not see it.
Result<std::string> proof_of_equality(TextContext& text, Term a, Term b) {
  HONE_ASSIGN_OR_RETURN(
      ProveAnswer proved,
      text.prove(text.terms().make(term::Op::Eq, a, b), true));
  if (proved.answer != rewrite::Answer::True) return std::string();
  return std::move(proved.proof);
}

}  // namespace

Result<SimplifyAnswer> simplify(const SimplifyRequest& request,
                                std::string_view expression) {
  TextContext text;
  HONE_RETURN_IF_ERROR(assume_all(text, request.assumptions));
  term::Context& context = text.terms();
  HONE_ASSIGN_OR_RETURN(const Term before, text.context().parse(expression));
  HONE_ASSIGN_OR_RETURN(const Term plain, term::expand_lets(context, before));
  rewrite::Trace trace;
  const Term rewritten = rewrite::Simplifier().simplify(
      context, plain, rewrite::digest(context, text.context().assumptions()),
      request.with_steps ? &trace : nullptr);
  // The prover decides more Bools than rules do.
  HONE_ASSIGN_OR_RETURN(Term after, text.context().simplify(rewritten));
  std::string proof;
  if (request.with_proof) {
    HONE_ASSIGN_OR_RETURN(proof, proof_of_equality(text, plain, after));
    if (proof.empty()) {
      after = plain;
      trace.clear();
      HONE_ASSIGN_OR_RETURN(proof, proof_of_equality(text, plain, after));
    }
  }
  SimplifyAnswer answer{.text = term::print(context, after,
                                            request.prefix ? term::Form::Prefix
                                                           : term::Form::Infix),
                        .tree_before = term::tree_size(context, before),
                        .tree_after = term::tree_size(context, after),
                        .dag_before = term::dag_size(context, before),
                        .dag_after = term::dag_size(context, after),
                        .proof = std::move(proof)};
  for (const rewrite::Application& application : trace) {
    std::string step(rewrite::info(application.rule).name);
    std::string with;
    for (const auto& [name, value] : application.bindings)
      with += (with.empty() ? ": " : ", ") + name + " = " +
              term::print(context, value);
    answer.steps.push_back(step + with);
  }
  if (request.with_steps && after != rewritten && after != plain)
    answer.steps.push_back("decided: " + term::print(context, rewritten) +
                           " = " + answer.text);
  return answer;
}

}  // namespace hone::toolkit
