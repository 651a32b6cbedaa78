// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random terms: what is decided about them is true, says Z3.
#include <gtest/gtest.h>

#include "rewrite/linear/decide.h"
#include "rewrite/test_tools.h"
#include "rewrite/z3_test_tools.h"
#include "term/parse.h"
#include "term/print.h"

namespace hone::rewrite::linear {
namespace {

using term::Context;
using term::Op;
using term::Sort;
using term::Term;

// Steps of Z3 for one term: enough for all but a few.
constexpr unsigned kSteps = 60'000;
constexpr int kTerms = 2500;

std::vector<Term> random_facts(Context& context, RandomTerms& terms) {
  std::vector<Term> facts;
  for (const char* text :
       {"0 <= a && a < 20", "b % 4 == 1", "b >= -8", "c < a", "p || c > 3"})
    if (terms.random().chance(0.5))
      facts.push_back(*term::parse(context, text));
  return facts;
}

class DecisionsAgainstZ3 : public ::testing::TestWithParam<uint64_t> {};

TEST_P(DecisionsAgainstZ3, AreTrue) {
  RandomTerms terms(GetParam());
  Context context;
  Decider decider;
  z3::context z3;
  int decided = 0, open = 0;
  for (int i = 0; i < kTerms;) {
    // A solver for some, so that its memory does not grow.
    z3::solver solver(z3);
    z3::params limits(z3);
    limits.set("rlimit", kSteps);
    solver.set(limits);
    for (int end = i + 100; i < end && i < kTerms; ++i) {
      context.reset();
      std::vector<Term> facts;
      if (i % 2 == 1) facts = random_facts(context, terms);
      const Term goal = terms.next(context, Sort::Bool, 3 + i % 3 / 2);
      const Decision decision = decider.decide(context, goal, facts);
      if (decision.answer == Answer::Contingent) continue;
      Z3Terms exprs(context, z3);
      const auto can_be = [&](bool value) {
        solver.push();
        for (const Term fact : facts) solver.add(exprs(fact));
        solver.add(value ? exprs(goal) : !exprs(goal));
        const z3::check_result found = solver.check();
        solver.pop();
        return found;
      };
      if (decision.answer == Answer::Open) {
        open += can_be(true) == z3::unsat || can_be(false) == z3::unsat;
        continue;
      }
      ++decided;
      ASSERT_NE(can_be(decision.answer == Answer::False), z3::sat)
          << print(context, goal);
    }
  }
  EXPECT_GT(decided, kTerms / 12);
  // What Z3 decides and we do not: products of variables.
  EXPECT_LT(open, kTerms / 100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DecisionsAgainstZ3,
                         ::testing::Range<uint64_t>(101, 109));

}  // namespace
}  // namespace hone::rewrite::linear
