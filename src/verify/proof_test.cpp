// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Proofs written by hand: what each rule demands. That real proofs pass is
// tested where the prover is at hand (toolkit/prove_test.cpp).
#include "verify/proof.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "term/parse.h"
#include "verify/proof_form.h"

namespace hone::verify {
namespace {

using ::testing::HasSubstr;

class ReplayTest : public testing::Test {
 protected:
  term::Term parsed(std::string_view text) {
    auto term = term::parse(terms, text);
    HONE_CHECK(term.ok());
    return *term;
  }
  // What the replay says; "" where it accepts.
  std::string replay(std::string_view goal, std::string_view body,
                     bool value = true, const ReplayLimits& limits = {}) {
    const term::Term claimed = parsed(goal);
    const Status status = replay_proof(
        terms, {.goal = claimed, .value = value, .assumptions = assumptions},
        "hone-proof 1\n" + std::string(body), limits);
    return status.ok() ? "" : status.error().message;
  }

  term::Context terms;
  std::vector<term::Term> assumptions;
};

constexpr std::string_view kReadSum =
    "atom 0 variable x\n"
    "read 0 int x = 0 1*0\n"
    "read 1 1 = 1\n";

TEST_F(ReplayTest, AComparisonOfItsFormIsAccepted) {
  EXPECT_EQ(
      replay("x + 1 > x", std::string(kReadSum) + "read 2 + 0 1 = 1 1*0\n"
                                                  "read 3 > 2 0\n"
                                                  "refute 3 false\nclash\n"),
      "");
}

TEST_F(ReplayTest, AFormMustBeThatOfItsTerm) {
  EXPECT_THAT(
      replay("x + 1 > x", std::string(kReadSum) + "read 2 + 0 1 = 2 1*0\n"),
      HasSubstr("fails at line 5: this is not the form of a term +"));
}

TEST_F(ReplayTest, TheGoalMustBeWhatIsRefuted) {
  const std::string body = std::string(kReadSum) +
                           "read 2 + 0 1 = 1 1*0\nread 3 > 2 0\n"
                           "refute 3 false\nclash\n";
  EXPECT_THAT(replay("x + 2 > x", body), HasSubstr("is not the goal"));
  EXPECT_THAT(replay("x + 1 > x", body, false),
              HasSubstr("refutes the value that is claimed"));
}

TEST_F(ReplayTest, AClashMustBeOne) {
  EXPECT_THAT(replay("x > 1", std::string(kReadSum) +
                                  "read 2 > 0 1\nrefute 2 false\nclash\n"),
              HasSubstr("nothing is contradicted here"));
}

TEST_F(ReplayTest, WhereACaseContradictsItselfNoMoreIsDemanded) {
  // x > 1 would be true and false; the prover may have found another reason.
  EXPECT_EQ(replay("x > 1 && !(x > 1)",
                   std::string(kReadSum) +
                       "read 2 > 0 1\nread 3 ! 2\nread 4 && 2 3\n"
                       "refute 4 true\nsplit 0 0 5\nsum 1 s0\nsum 1 s0\n",
                   false),
            "");
}

TEST_F(ReplayTest, ASumMustBeANegativeConstant) {
  const std::string body = std::string(kReadSum) +
                           "read 2 >= 0 1\nassume 2\nread 3 0 = 0\n"
                           "read 4 > 0 3\nrefute 4 false\n";
  assumptions = {parsed("x >= 1")};
  EXPECT_EQ(replay("x > 0", body + "sum 1 r2 1 r4\n"), "");
  EXPECT_THAT(replay("x > 0", body + "sum 1 r2 2 r4\n"),
              HasSubstr("no negative constant"));
  EXPECT_THAT(replay("x > 0", body + "sum -1 r2 1 r4\n"),
              HasSubstr("expected a positive multiplier"));
  assumptions.clear();
  EXPECT_THAT(replay("x > 0", body + "sum 1 r2 1 r4\n"),
              HasSubstr("none of the assumptions"));
}

TEST_F(ReplayTest, AQuotientMustBeShownToLieWhereItShould) {
  const std::string atoms =
      "atom 0 variable x\nread 0 int x = 0 1*0\nread 1 4 = 4\n"
      "atom 1 floor 4 0 1*0\n";
  EXPECT_THAT(replay("x / 4 < x", atoms + "read 2 / 0 1 = 0 1*1\n"),
              HasSubstr("is not shown to lie in 0"));
  EXPECT_THAT(replay("x / 4 < x", atoms + "lemma 0 0 1*0 -4*1\nsum 1 fl1 1 d\n"
                                          "lemma 1 3 -1*0 4*1\nsum 1 fh1 1 d\n"
                                          "read 2 / 0 1 = 0 1*1 by 0 1\n"),
              HasSubstr("ends before anything is refuted"));
}

TEST_F(ReplayTest, AMinimumMustBeThatOfItsOperands) {
  const std::string atoms =
      "atom 0 variable x\nread 0 int x = 0 1*0\n"
      "atom 1 variable y\nread 1 int y = 0 1*1\n"
      "atom 2 least 0 1*0 -1*1\n";
  (void)parsed("min(x, y)");
  EXPECT_THAT(replay("min(x, y) <= y", atoms + "read 2 min 0 1 = 0 1*0 1*2\n"),
              HasSubstr("not the form of a term min"));
  EXPECT_EQ(replay("min(x, y) <= y",
                   atoms + "read 2 min 0 1 = 0 1*1 1*2\nread 3 <= 2 1\n"
                           "refute 3 false\nsum 1 r3 1 lz2\n"),
            "");
}

TEST_F(ReplayTest, CasesOfADisequalityNeedOne) {
  EXPECT_THAT(
      replay("x == 1",
             std::string(kReadSum) + "read 2 == 0 1\nrefute 2 true\nzero 2\n",
             false),
      HasSubstr("not known to differ here"));
}

TEST_F(ReplayTest, AQuotientHasTheSignsOfItsCase) {
  // x >= 0 and y >= 1 give x / y <= x.
  const std::string body =
      "atom 0 variable x\nread 0 int x = 0 1*0\n"
      "atom 1 variable y\nread 1 int y = 0 1*1\n"
      "atom 2 quotient 0 1*0 , 0 1*1\nread 2 / 0 1 = 0 1*2\n"
      "read 3 <= 2 0\nread 4 0 = 0\nread 5 >= 0 4\nassume 5\n"
      "refute 3 false\ndividend 2\n";
  assumptions = {parsed("x >= 0")};
  const std::string_view goal = "x / y <= x";
  EXPECT_THAT(replay(goal, body + "sum 1 r3 1 qf2\nsum 1 r5 1 kf2\n"),
              HasSubstr("no such fact holds here"));
  const std::string positive = body + "divisor 2\nsum 1 r3 1 qf2\n";
  EXPECT_EQ(replay(goal, positive + "sum 1 r3 1 qs2 1 r5\n"
                                    "sum 1 r5 1 kf2\n"),
            "");
  EXPECT_THAT(replay(goal, positive + "sum 1 r3 1 ql2\n"),
              HasSubstr("no such fact holds here"));
}

TEST_F(ReplayTest, AProductOfFactsNeedsAtomsForItsParts) {
  const std::string body =
      "atom 0 variable x\nread 0 int x = 0 1*0\n"
      "atom 1 variable y\nread 1 int y = 0 1*1\n"
      "read 2 2 = 2\nread 3 >= 0 2\nread 4 >= 1 2\nassume 3\nassume 4\n";
  const std::string goal =
      "atom 2 product 0 1*0 1*1\nread 5 * 0 1 = 0 1*2\n"
      "read 6 4 = 4\nread 7 >= 5 6\nrefute 7 false\n";
  assumptions = {parsed("x >= 2"), parsed("y >= 2")};
  const std::string proof = "product 0 1 r3 1 r4\nsum 1 c0 2 r3 2 r4 1 r7\n";
  EXPECT_EQ(replay("x * y >= 4", body + goal + proof), "");
  EXPECT_THAT(replay("x * y >= 4", body + goal + "product 0 1 r3 2 r4\n"),
              HasSubstr("expected: 1 and a fact"));
  EXPECT_THAT(replay("x * y >= 4", body + goal + "product 0 1 r3 1 r3\n"),
              HasSubstr("no atom stands for a product of theirs"));
}

TEST_F(ReplayTest, FactsOfACaseDoNotHoldOutside) {
  EXPECT_THAT(
      replay("x == 1", std::string(kReadSum) +
                           "read 2 == 0 1\nrefute 2 false\nsplit 0 0 5\n"
                           "sum 1 s0 1 r2\n"),
      HasSubstr("not known to be equal here"));
  EXPECT_THAT(
      replay("x == 1", std::string(kReadSum) + "read 2 == 0 1\nrefute 2 false\n"
                                               "sum 1 s0\n"),
      HasSubstr("no such fact holds here"));
}

TEST_F(ReplayTest, CasesWithinCasesAreLimited) {
  std::string body = std::string(kReadSum) + "read 2 > 0 1\nrefute 2 false\n";
  for (int i = 0; i < 40; ++i)
    body += "split " + std::to_string(i) + " 0 " + std::to_string(i) + "\n";
  EXPECT_THAT(replay("x > 1", body, true, {.depth = 20}),
              HasSubstr("more than 20 cases within cases"));
}

TEST_F(ReplayTest, OperandsMustHaveTheSortsOfTheOperator) {
  EXPECT_THAT(replay("x > 1", std::string(kReadSum) +
                                  "read 2 > 0 1\nread 3 + 2 2 = 0\n"),
              HasSubstr("do not have the operator's sorts"));
}

TEST(ProofForm, TighteningRoundsTowardsTheInside) {
  // 2x - 3 >= 0 is x - 2 >= 0; -4x + 7 >= 0 is -x + 1 >= 0.
  ProofForm form = ProofForm::atom(0) * Integer(2);
  form.constant = Integer(-3);
  EXPECT_EQ(form.tightened().constant, Integer(-2));
  form = ProofForm::atom(0) * Integer(-4);
  form.constant = Integer(7);
  EXPECT_EQ(form.tightened().constant, Integer(1));
  EXPECT_EQ(form.tightened().parts.at(0), Integer(-1));
}

}  // namespace
}  // namespace hone::verify
