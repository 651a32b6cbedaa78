// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random terms: what the greedy pass makes of them is equal to them, says Z3.
#include <gtest/gtest.h>

#include "rewrite/greedy/simplify.h"
#include "rewrite/test_tools.h"
#include "rewrite/z3_test_tools.h"
#include "term/parse.h"
#include "term/print.h"

namespace hone::rewrite {
namespace {

using term::Context;
using term::Sort;
using term::Term;

// Steps of Z3 for one term: enough for all but a few.
constexpr unsigned kSteps = 60'000;

z3::solver bounded_solver(z3::context& z3) {
  z3::solver solver(z3);
  z3::params limits(z3);
  limits.set("rlimit", kSteps);
  solver.set(limits);
  return solver;
}

class RandomTermsAgainstZ3 : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomTermsAgainstZ3, AreEqualToWhatTheyAreSimplifiedTo) {
  RandomTerms terms(GetParam());
  Context context;
  Simplifier simplifier;
  constexpr int kTerms = 2500;
  int confirmed = 0;
  z3::context z3;
  for (int i = 0; i < kTerms;) {
    // A solver for some, so that its memory does not grow.
    z3::solver solver = bounded_solver(z3);
    for (int end = i + 100; i < end && i < kTerms; ++i) {
      context.reset();
      const Term term = terms.next(
          context, terms.random().chance(0.4) ? Sort::Int : Sort::Bool, 3);
      const Term result = simplifier.simplify(context, term);
      Z3Terms exprs(context, z3);
      solver.push();
      solver.add(exprs(term) != exprs(result));
      const z3::check_result found = solver.check();
      solver.pop();
      ASSERT_NE(found, z3::sat) << print(context, term) << "\n"
                                << print(context, result);
      confirmed += found == z3::unsat;
    }
  }
  EXPECT_GT(confirmed, kTerms * 95 / 100);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomTermsAgainstZ3,
                         ::testing::Range<uint64_t>(1, 9));

// With assumptions: equal wherever they hold.
TEST(GreedyAgainstZ3, FactsAreUsedSoundly) {
  RandomTerms terms(77);
  Context context;
  Simplifier simplifier;
  z3::context z3;
  constexpr int kTerms = 1000;
  int confirmed = 0, smaller = 0;
  for (int i = 0; i < kTerms;) {
    z3::solver solver = bounded_solver(z3);
    for (int end = i + 100; i < end; ++i) {
      context.reset();
      std::vector<Term> given = {
          terms.next(context, Sort::Bool, 2),
          *term::parse(context,
                       i % 2 == 0 ? "0 <= a && a < 20" : "b % 4 == 1")};
      const Term term = terms.next(context, Sort::Bool, 3);
      const Term free = simplifier.simplify(context, term);
      const Term result =
          simplifier.simplify(context, term, digest(context, given));
      smaller += result != free;
      Z3Terms exprs(context, z3);
      solver.push();
      for (const Term assumption : given) solver.add(exprs(assumption));
      solver.add(exprs(term) != exprs(result));
      const z3::check_result found = solver.check();
      solver.pop();
      ASSERT_NE(found, z3::sat)
          << print(context, term) << "\n"
          << print(context, result) << "\nwhere " << print(context, given[0]);
      confirmed += found == z3::unsat;
    }
  }
  EXPECT_GT(confirmed, kTerms * 9 / 10);
  EXPECT_GT(smaller, kTerms / 10);
}

}  // namespace
}  // namespace hone::rewrite
