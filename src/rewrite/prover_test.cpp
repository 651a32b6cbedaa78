// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/prover.h"

#include <gtest/gtest.h>

#include "term/parse.h"

namespace hone::rewrite {
namespace {

class ProverTest : public testing::Test {
 protected:
  term::Term parsed(std::string_view text) {
    auto term = term::parse(terms, text);
    HONE_CHECK(term.ok());
    return *term;
  }
  void assume(std::string_view text) {
    const Status status = prover.assume(parsed(text));
    ASSERT_TRUE(status.ok()) << status.error().message;
  }
  Answer answer(std::string_view text) {
    const auto judgement = prover.prove(parsed(text));
    HONE_CHECK(judgement.ok());
    return judgement->answer;
  }
  Bounds bounds(std::string_view text) {
    const auto bounds = prover.bounds(parsed(text));
    HONE_CHECK(bounds.ok());
    return *bounds;
  }
  int64_t at(std::string_view text, const term::Model& model) {
    return *term::evaluate(terms, parsed(text), model)->to_int64();
  }

  term::Context terms;
  Prover prover{terms};
};

TEST_F(ProverTest, AssumptionsHoldUntilTheyArePopped) {
  prover.push();
  assume("0 <= v && v < 64");
  EXPECT_EQ(answer("v / 64 == 0"), Answer::True);
  prover.pop();
  EXPECT_EQ(answer("v / 64 == 0"), Answer::Contingent);
}

TEST_F(ProverTest, ACounterexampleComesWithItsValues) {
  assume("v >= 10");
  const auto judgement = prover.prove(parsed("v % 7 != 3"));
  ASSERT_TRUE(judgement.ok());
  ASSERT_EQ(judgement->answer, Answer::Contingent);
  EXPECT_EQ(at("v % 7", *judgement->when_false), 3);
  EXPECT_NE(at("v % 7", *judgement->when_true), 3);
  EXPECT_GE(at("v", *judgement->when_false), 10);
}

TEST_F(ProverTest, AContradictoryAssumptionIsRefused) {
  assume("v < w");
  const Status status = prover.assume(parsed("w < v"));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::InvalidArgument);
  EXPECT_NE(status.error().message.find("contradicts those before it"),
            std::string::npos);
  EXPECT_EQ(prover.assumptions().size(), 1u);
}

TEST_F(ProverTest, LetsAreExpanded) {
  EXPECT_EQ(answer("let x = v * 4 in (x + 3) % 4 == 3"), Answer::True);
}

TEST_F(ProverTest, SamplesSettleWhatIsNotLinear) {
  EXPECT_EQ(answer("x * y == 6"), Answer::Contingent);
  EXPECT_EQ(answer("x * x * x > y * y"), Answer::Contingent);
}

TEST_F(ProverTest, BoundsAreTight) {
  assume("0 <= v && v < 64");
  const Bounds found = bounds("v / 8 * 8 - 3");
  EXPECT_EQ(found.low.kind, Bound::Kind::Tight);
  EXPECT_EQ(found.low.value, -3);
  EXPECT_EQ(found.high.kind, Bound::Kind::Tight);
  EXPECT_EQ(found.high.value, 53);
  ASSERT_TRUE(found.high.at);
  EXPECT_EQ(at("v / 8 * 8 - 3", *found.high.at), 53);
}

TEST_F(ProverTest, BoundsSeeCorrelations) {
  assume("0 <= i && i < 10 && 0 <= j && j < 4");
  const Bounds found = bounds("max(i * 4 + j, 37) - j - i * 4 + min(i, 9)");
  EXPECT_EQ(found.low.value, 9);
  EXPECT_EQ(found.high.value, 37);
}

TEST_F(ProverTest, ASideWithoutEndIsUnbounded) {
  assume("n >= 5");
  const Bounds found = bounds("n * 3 + 1");
  EXPECT_EQ(found.low.kind, Bound::Kind::Tight);
  EXPECT_EQ(found.low.value, 16);
  EXPECT_EQ(found.high.kind, Bound::Kind::Unbounded);
}

TEST_F(ProverTest, AConstantIsItsOwnBounds) {
  const Bounds found = bounds("v - v + 7");
  EXPECT_EQ(found.low.value, 7);
  EXPECT_EQ(found.high.value, 7);
}

TEST_F(ProverTest, AProofNamesWhatItProves) {
  assume("v % 8 == 0");
  EXPECT_EQ(answer("v / 8 * 8 == v"), Answer::True);
  const auto proof = prover.proof();
  ASSERT_TRUE(proof.ok());
  EXPECT_EQ(proof->goal, parsed("v / 8 * 8 == v"));
  EXPECT_TRUE(proof->value);
  EXPECT_EQ(proof->assumptions.size(), 1u);
  EXPECT_EQ(proof->text.substr(0, 12), "hone-proof 1");
}

TEST(AnswerName, EveryAnswerHasAName) {
  EXPECT_EQ(answer_name(Answer::True), "true");
  EXPECT_EQ(answer_name(Answer::False), "false");
  EXPECT_EQ(answer_name(Answer::Contingent), "contingent");
  EXPECT_EQ(answer_name(Answer::Open), "open");
}

TEST_F(ProverTest, EveryTierAnswersAlone) {
  const std::pair<Tier, std::string_view> cases[] = {
      {Tier::Refute, "x < y"},
      {Tier::Greedy, "min(x, y) <= y"},
      {Tier::Linear, "min(x, y) <= y"},
      {Tier::EGraph, "min(x, y) <= y"},
  };
  for (const auto& [tier, text] : cases) {
    SCOPED_TRACE(tier_name(tier));
    EXPECT_EQ(tier_named(tier_name(tier)), tier);
    Prover alone(terms, {.tiers = {tier}});
    const auto judgement = alone.prove(parsed(text));
    ASSERT_TRUE(judgement.ok());
    EXPECT_EQ(judgement->answer,
              tier == Tier::Refute ? Answer::Contingent : Answer::True);
    EXPECT_EQ(judgement->tier, tier);
  }
  EXPECT_FALSE(tier_named("oracle"));
}

TEST_F(ProverTest, AnAnswerNamesTheTierThatGaveIt) {
  const auto judgement = prover.prove(parsed("(x + 3) * 2 == x * 2 + 6"));
  ASSERT_TRUE(judgement.ok());
  EXPECT_EQ(judgement->tier, Tier::Linear);
}

TEST_F(ProverTest, StepsNameRulesAndWhatStandsForTheirNames) {
  ASSERT_EQ(answer("(u * 8 + v) / 8 == u + v / 8"), Answer::True);
  const auto steps = prover.steps();
  ASSERT_TRUE(steps.ok());
  EXPECT_EQ(steps->text,
            "hone-steps 1\n"
            "step quotient-multiples x = u ; y = v ; c0 = 8 ;\n");
}

TEST_F(ProverTest, AnotherTiersAnswerHasACertificateToo) {
  Prover greedy(terms, {.tiers = {Tier::Greedy}});
  ASSERT_EQ(greedy.prove(parsed("v / 8 * 8 <= v"))->answer, Answer::True);
  const auto proof = greedy.proof();
  ASSERT_TRUE(proof.ok());
  EXPECT_TRUE(proof->text.starts_with("hone-proof 1\n"));
}

TEST_F(ProverTest, WhatIsSimplifiedIsProvedEqual) {
  assume("0 <= v && v < 64");
  const auto result = prover.simplify(parsed("min(v / 8, 7) * 8 + v % 8"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->term, parsed("v"));
  EXPECT_TRUE(result->proof.value);
  EXPECT_EQ(result->proof.goal,
            terms.make(term::Op::Eq, parsed("min(v / 8, 7) * 8 + v % 8"),
                       result->term));
}

}  // namespace
}  // namespace hone::rewrite
