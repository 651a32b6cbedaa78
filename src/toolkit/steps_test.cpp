// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Steps of the greedy pass and of the e-graph, replayed by the checker.
#include <gtest/gtest.h>

#include "rewrite/prover.h"
#include "rewrite/rules/rule.h"
#include "rewrite/test_tools.h"
#include "term/parse.h"
#include "term/print.h"
#include "verify/proof.h"

namespace hone::toolkit {
namespace {

using rewrite::Answer;
using rewrite::Prover;
using rewrite::Tier;

class StepsTest : public testing::Test {
 protected:
  StepsTest() {
    for (const rewrite::RuleInfo& row : rewrite::rules())
      rules.push_back({row.name, row.left, row.right, row.condition});
  }
  term::Term parsed(std::string_view text) {
    auto term = term::parse(terms, text);
    HONE_CHECK(term.ok());
    return *term;
  }
  Status replay(const Prover::Proof& proof) {
    return verify::replay_proof(terms,
                                {.goal = proof.goal,
                                 .value = proof.value,
                                 .assumptions = proof.assumptions,
                                 .rules = rules},
                                proof.text);
  }

  void replay_random(Tier tier, int count, int& replayed, int& decided);

  term::Context terms;
  std::vector<verify::ProofRule> rules;
};

TEST_F(StepsTest, OfAnswersOfBothEnginesAreReplayed) {
  for (const Tier tier : {Tier::Greedy, Tier::EGraph})
    for (const char* goal :
         {"(u * 8 + v) / 8 == u + v / 8", "v / 8 * 8 + v % 8 <= v",
          "min(x, y) + max(x, y) == x + y", "max(min(x, 3), 5) >= 5",
          "x + 1 <= x", "(x < y && y < x) == false", "x * 4 % 4 == 0",
          "min(x + 2, y + 2) == min(y, x) + 2", "(a*32 + 72) / 7 == 0"}) {
      SCOPED_TRACE(std::string(tier_name(tier)) + ": " + goal);
      Prover prover(terms, {.tiers = {tier}});
      const auto judgement = prover.prove(parsed(goal));
      ASSERT_TRUE(judgement.ok());
      if (judgement->answer == Answer::Open) {
        EXPECT_EQ(tier, Tier::EGraph);
        continue;
      }
      const auto steps = prover.steps();
      ASSERT_TRUE(steps.ok()) << steps.error().message;
      EXPECT_TRUE(steps->text.starts_with("hone-steps 1\n"));
      const Status replayed = replay(*steps);
      EXPECT_TRUE(replayed.ok()) << replayed.error().message << steps->text;
    }
}

// How many answers of a tier about random terms are replayed from their steps.
void StepsTest::replay_random(Tier tier, int count, int& replayed,
                              int& decided) {
  rewrite::RandomTerms random(5);
  for (int i = 0; i < count; ++i) {
    terms.reset();
    Prover prover(terms, {.tiers = {tier}});
    if (i % 2 == 1) {
      const term::Term facts[] = {parsed("0 <= a && a < 20"),
                                  parsed("b % 4 == 1")};
      ASSERT_TRUE(prover.assume(facts).ok());
    }
    const term::Term goal = random.next(terms, term::Sort::Bool, 3);
    const auto judgement = prover.prove(goal);
    ASSERT_TRUE(judgement.ok());
    if (judgement->answer == Answer::Open) continue;
    const auto steps = prover.steps();
    ASSERT_TRUE(steps.ok());
    ++decided;
    replayed += replay(*steps).ok();
    // The opposite is never shown.
    Prover::Proof opposite = *steps;
    opposite.value = !opposite.value;
    EXPECT_FALSE(replay(opposite).ok()) << term::print(terms, goal);
    const auto proof = prover.proof();
    ASSERT_TRUE(proof.ok());
    if (proof->text.starts_with("hone-proof"))
      EXPECT_TRUE(replay(*proof).ok()) << term::print(terms, goal);
  }
}

TEST_F(StepsTest, OfTheGreedyPassAreNearlyAlwaysEnough) {
  int replayed = 0, decided = 0;
  replay_random(Tier::Greedy, 3000, replayed, decided);
  EXPECT_GT(decided, 250);
  EXPECT_GE(replayed * 50, decided * 49) << replayed << " of " << decided;
}

TEST_F(StepsTest, OfTheEGraphAreAlwaysEnough) {
  int replayed = 0, decided = 0;
  replay_random(Tier::EGraph, 150, replayed, decided);
  EXPECT_GT(decided, 8);
  EXPECT_EQ(replayed, decided);
}

TEST_F(StepsTest, EveryEqualityOfASimplifiedTermIsReplayed) {
  rewrite::RandomTerms random(6);
  int changed = 0;
  for (int i = 0; i < 600; ++i) {
    terms.reset();
    Prover prover(terms);
    const term::Term term =
        random.next(terms, i % 3 == 0 ? term::Sort::Bool : term::Sort::Int, 3);
    const auto result = prover.simplify(term);
    ASSERT_TRUE(result.ok()) << result.error().message;
    changed += result->term != term;
    const Status replayed = replay(result->proof);
    EXPECT_TRUE(replayed.ok())
        << replayed.error().message << term::print(terms, term);
  }
  EXPECT_GT(changed, 300);
}

}  // namespace
}  // namespace hone::toolkit
