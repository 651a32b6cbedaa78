// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Steps written by hand: what is demanded of each. That real ones pass is
// tested where the engines are at hand (toolkit/steps_test.cpp).
#include "verify/steps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "term/parse.h"
#include "verify/steps_forms.h"

namespace hone::verify {
namespace {

using ::testing::HasSubstr;

constexpr ProofRule kRules[] = {
    {"quotient-multiples", "(c0*x + y) / c0", "x + y / c0", "c0 > 0"},
    {"quotient-of-same", "x / x", "1", "x != 0"},
    {"bound-by-member", "c0*min(x, y) + z <= 0", "true",
     "c0 >= 0 && c0*x + z <= 0"},
    {"all-imply", "p && x <= 0 && y <= 0", "p && x <= 0", "y - x <= 0"},
    {"minimum-of-maxima", "min(max(x, z), max(y, z))", "max(min(x, y), z)",
     "true"},
};

class StepsTest : public testing::Test {
 protected:
  term::Term parsed(std::string_view text) {
    auto term = term::parse(terms, text);
    HONE_CHECK(term.ok());
    return *term;
  }
  // What the replay says; "" where it accepts.
  std::string replay(std::string_view goal, std::string_view steps,
                     bool value = true) {
    const Status status = replay_proof(terms,
                                       {.goal = parsed(goal),
                                        .value = value,
                                        .assumptions = assumptions,
                                        .rules = kRules},
                                       "hone-steps 1\n" + std::string(steps));
    return status.ok() ? "" : status.error().message;
  }

  term::Context terms;
  std::vector<term::Term> assumptions;
};

TEST_F(StepsTest, WhatIsTheSameInCanonicalFormNeedsNoStep) {
  for (const char* goal :
       {"(x + 3) * 2 == x * 2 + 6", "x / 4 * 4 + x % 4 == x",
        "max(x, y) == -min(-x, -y)", "min(x + z, y + z) == min(y, x) + z",
        "(8*x + 12*y + 5) / 12 == y + (2*x + 1) / 3", "x % 4 < 4",
        "!(x < y) == (y <= x)", "!(p && !p)",
        "select(p, x + 1, y + 1) == select(p, x, y) + 1"}) {
    SCOPED_TRACE(goal);
    EXPECT_EQ(replay(goal, ""), "");
  }
}

TEST_F(StepsTest, WhatIsNotTrueIsNeverShown) {
  for (const char* goal :
       {"x / 4 * 4 == x", "min(x, y) == x", "x % 4 < 3", "x * x >= x + 1",
        "p || q", "x / y * y + x % y == x", "x != x + y"}) {
    SCOPED_TRACE(goal);
    EXPECT_THAT(replay(goal, ""), HasSubstr("do not show that the goal"));
    EXPECT_THAT(replay(goal, "", false), HasSubstr("do not show"));
  }
}

TEST_F(StepsTest, AStepMakesItsTwoSidesOne) {
  const std::string_view goal = "x / x + y / y == 2";
  assumptions = {parsed("x >= 1"), parsed("y < 0")};
  EXPECT_THAT(replay(goal, "step quotient-of-same x = x ;\n"),
              HasSubstr("do not show"));
  EXPECT_EQ(replay(goal,
                   "step quotient-of-same x = x ;\n"
                   "step quotient-of-same x = y ;\n"),
            "");
}

TEST_F(StepsTest, TheConditionMustBeSeenToHold) {
  EXPECT_THAT(replay("x / x == 1", "step quotient-of-same x = x ;\n"),
              HasSubstr("fails at line 2: quotient-of-same where x != 0"));
  EXPECT_THAT(replay("x / -4 == x",
                     "step quotient-multiples x = x ; y = 0 ; c0 = -4 ;\n"),
              HasSubstr("where c0 > 0 is not seen to hold"));
}

TEST_F(StepsTest, AStepNamesARuleAndAllItsNames) {
  EXPECT_THAT(replay("x <= y", "step always-true x = x ;\n"),
              HasSubstr("always-true is none of the rules"));
  EXPECT_THAT(replay("x <= y", "step quotient-of-same y = x ;\n"),
              HasSubstr("nothing stands for x"));
  // A rule is proved for every c0; its condition is what must be seen.
  EXPECT_THAT(
      replay("x <= y", "step quotient-multiples x = x ; y = y ; c0 = y ;\n"),
      HasSubstr("where c0 > 0 is not seen to hold"));
  EXPECT_THAT(replay("x <= y", "step quotient-of-same x = ( + x ;\n"),
              HasSubstr("line 2"));
  EXPECT_THAT(replay("x <= y", "leap\n"), HasSubstr("expected: step RULE"));
}

TEST_F(StepsTest, AssumptionsCountAndNothingElse) {
  EXPECT_THAT(replay("x <= y", ""), HasSubstr("do not show"));
  assumptions = {parsed("x <= z"), parsed("z <= y")};
  EXPECT_THAT(replay("x <= y - 1", ""), HasSubstr("do not show"));
  assumptions.push_back(parsed("x <= y"));
  EXPECT_EQ(replay("x <= y", ""), "");
  assumptions = {parsed("v % 8 == 3"), parsed("0 <= v && v < 64")};
  EXPECT_EQ(replay("v % 4 == 3 && v / 64 == 0 && v != 12", ""), "");
  EXPECT_THAT(replay("v % 16 == 3", ""), HasSubstr("do not show"));
}

TEST_F(StepsTest, TermsThatGrowTooLargeAreRefused) {
  std::string sum = "x";
  for (char c = 'a'; c < 'm'; ++c) sum += std::string(" + ") + c;
  const std::string power =
      "(" + sum + ") * (" + sum + ") * (" + sum + ") == 0";
  EXPECT_THAT(replay(power, ""), HasSubstr("grow too large"));
}

TEST_F(StepsTest, ARangeIsComputedFromWhatIsKnownOfTheOperands) {
  assumptions = {parsed("0 <= a && a < 20"), parsed("b % 4 == 1")};
  const std::string_view goal = "min(a, b) - b % 8 * a < 18";
  EXPECT_THAT(replay(goal, ""), HasSubstr("do not show"));
  // The product's range alone: b % 8 is not known yet.
  EXPECT_THAT(replay(goal, "range ( * a ( - 1 ( % b 8 ) ) )\n"),
              HasSubstr("do not show"));
  EXPECT_EQ(replay(goal,
                   "range ( % b 8 )\n"
                   "range ( - 1 ( % b 8 ) )\n"
                   "range ( * a ( - 1 ( % b 8 ) ) )\n"),
            "");
  EXPECT_THAT(replay("min(a, b) - b % 8 * a < 0",
                     "range ( % b 8 )\n"
                     "range ( - 1 ( % b 8 ) )\n"
                     "range ( * a ( - 1 ( % b 8 ) ) )\n"),
              HasSubstr("do not show"));
}

TEST_F(StepsTest, RangesOfEveryOperatorAreSound) {
  // What is said of the operator over operands in these ranges, against all of
  // their values.
  struct Operand {
    int low, high, modulus, remainder;
  };
  const Operand operands[] = {{-3, 5, 1, 0},  {2, 9, 3, 2},  {-8, -2, 2, 0},
                              {0, 0, 1, 0},   {-6, 6, 4, 2}, {1, 7, 1, 0},
                              {-9, -9, 1, 0}, {4, 4, 1, 0}};
  const auto value_of_operand = [](const Operand& o) {
    return StepValue{{Integer(o.low), Integer(o.high)},
                     {Integer(o.modulus), Integer(o.remainder)}};
  };
  using term::Op;
  for (const Op op : {Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Mod, Op::Min,
                      Op::Max, Op::Select})
    for (const Operand& a : operands)
      for (const Operand& b : operands) {
        const StepValue args[] = {value_of_operand(a), value_of_operand(b)};
        const StepValue said = value_of(op, args);
        const StepRange range = tightened(said.range, said.alignment);
        for (int x = a.low; x <= a.high; ++x)
          for (int y = b.low; y <= b.high; ++y) {
            if ((x - a.remainder) % a.modulus != 0 ||
                (y - b.remainder) % b.modulus != 0)
              continue;
            const Integer m(x), n(y);
            for (const Integer& is :
                 op == Op::Add   ? std::vector{m + n}
                 : op == Op::Sub ? std::vector{m - n}
                 : op == Op::Mul ? std::vector{m * n}
                 : op == Op::Div ? std::vector{euclidean_div(m, n)}
                 : op == Op::Mod ? std::vector{euclidean_mod(m, n)}
                 : op == Op::Min ? std::vector{std::min(m, n)}
                 : op == Op::Max ? std::vector{std::max(m, n)}
                                 : std::vector{m, n}) {
              EXPECT_TRUE(!range.low || *range.low <= is) << x << " " << y;
              EXPECT_TRUE(!range.high || is <= *range.high) << x << " " << y;
              EXPECT_EQ(euclidean_mod(is - said.alignment.remainder,
                                      said.alignment.modulus),
                        said.alignment.modulus.sign() == 0
                            ? is - said.alignment.remainder
                            : Integer());
              if (said.alignment.modulus.sign() == 0)
                EXPECT_EQ(is, said.alignment.remainder);
            }
          }
      }
}

TEST_F(StepsTest, AComparisonIsDecidedByTheRangesOfItsSides) {
  assumptions = {parsed("x % 6 == 1"), parsed("y % 4 == 0")};
  EXPECT_EQ(replay("x * y != 2", "range ( * x y )\nrange ( != ( * x y ) 2 )\n"),
            "");
  EXPECT_THAT(
      replay("x * y != 4", "range ( * x y )\nrange ( != ( * x y ) 4 )\n"),
      HasSubstr("do not show"));
  EXPECT_THAT(replay("x < y", "range ( + x\n"), HasSubstr("line 2"));
}

TEST(StepForms, AnEquationIsSolvedForItsNewestAtom) {
  term::Context terms;
  StepForms forms;
  const ProofForm x = forms.variable(terms.variable("x", term::Sort::Int));
  const ProofForm y = forms.variable(terms.variable("y", term::Sort::Int));
  const ProofForm q = forms.quotient_of(x, ProofForm::number(Integer(4)));
  forms.define(q, y);
  EXPECT_EQ(forms.normal(q), y);
  forms.define(x + y, ProofForm::number(Integer(7)));
  EXPECT_EQ(forms.normal(x + y).constant, Integer(7));
  EXPECT_FALSE(forms.failed());
}

}  // namespace
}  // namespace hone::verify
