// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Any text that is a term: every tier must answer, and no two answers may
// contradict each other; what is simplified must have the value that it had.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "rewrite/greedy/simplify.h"
#include "rewrite/prover.h"
#include "term/evaluate.h"
#include "term/parse.h"
#include "term/substitute.h"
#include "term/walk.h"

namespace {

using hone::rewrite::Answer;
using hone::rewrite::Tier;
using hone::term::Sort;
using hone::term::Term;

void prove(hone::term::Context& terms, Term goal) {
  bool seen[4] = {};
  for (const Tier tier :
       {Tier::Refute, Tier::Greedy, Tier::Linear, Tier::EGraph}) {
    hone::rewrite::ProverOptions options{.tiers = {tier}};
    options.linear.limits = {.pivots = 2000, .cases = 100};
    options.egraph.limits = {.iterations = 4, .nodes = 500};
    options.samples.samples = 60;
    hone::rewrite::Prover prover(terms, options);
    const auto judgement = prover.prove(goal);
    HONE_CHECK(judgement.ok());
    seen[static_cast<int>(judgement->answer)] = true;
  }
  HONE_CHECK(seen[static_cast<int>(Answer::True)] +
                 seen[static_cast<int>(Answer::False)] +
                 seen[static_cast<int>(Answer::Contingent)] <=
             1);
}

void simplify(hone::term::Context& terms, Term term) {
  const Term small = hone::rewrite::Simplifier().simplify(terms, term);
  for (int64_t point = -3; point < 4; ++point) {
    hone::term::Model model;
    int64_t value = point;
    for (const Term side : {term, small})
      for (const Term variable : hone::term::free_variables(terms, side)) {
        value = value * 5 % 17 + point;
        model.try_emplace(variable, terms.sort(variable) == Sort::Bool
                                        ? hone::term::Integer(value & 1)
                                        : hone::term::Integer(value));
      }
    const auto before = hone::term::evaluate(terms, term, model);
    const auto after = hone::term::evaluate(terms, small, model);
    HONE_CHECK(!before.ok() || (after.ok() && *before == *after));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 300) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  hone::term::Context terms;
  auto term = hone::term::parse(terms, text);
  if (!term.ok()) return 0;
  term = hone::term::expand_lets(terms, *term, 500);
  if (!term.ok()) return 0;
  simplify(terms, *term);
  if (terms.sort(*term) == Sort::Bool) prove(terms, *term);
  return 0;
}
