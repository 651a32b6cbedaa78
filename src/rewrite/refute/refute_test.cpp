// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/refute/refute.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "rewrite/refute/tape.h"
#include "term/parse.h"

namespace hone::rewrite {
namespace {

using term::Context;
using term::Integer;
using term::Model;
using term::Term;

Refutation refuted(std::string_view text, std::vector<std::string> given = {}) {
  Context context;
  std::vector<Term> assumptions;
  for (const std::string& one : given)
    assumptions.push_back(*term::parse(context, one));
  const Term term = *term::parse(context, text);
  const Facts facts = digest(context, assumptions);
  const Refutation result = Refuter().refute(context, term, facts);
  // Every model that is handed over is right in the full semantics.
  for (const auto& [model, truth] :
       {std::pair{&result.when_true, 1}, std::pair{&result.when_false, 0}}) {
    if (!*model) continue;
    EXPECT_EQ(*term::evaluate(context, term, **model), Integer(truth));
    for (const Term assumption : assumptions)
      EXPECT_EQ(*term::evaluate(context, assumption, **model), Integer(1));
  }
  return result;
}

TEST(Refute, ContingentTermsGetAModelOfEachKind) {
  for (const char* text : {"x < y", "x == y", "x % 7 == 3",
                           "(v0 - v1 + 20) / 9 != 0", "min(x, y) == max(x, y)",
                           "p || x > 1000", "x * y == 12", "x == 1234567"})
    EXPECT_TRUE(refuted(text).contingent()) << text;
}

TEST(Refute, TrueAndFalseTermsGetOneModel) {
  const Refutation yes = refuted("x % 4 < 4");
  EXPECT_TRUE(yes.when_true && !yes.when_false);
  EXPECT_EQ(yes.samples, RefuteOptions().samples);
  const Refutation no = refuted("(v0*32 + 72) / 7 == 0");
  EXPECT_TRUE(no.when_false && !no.when_true);
}

TEST(Refute, AssumptionsAreKept) {
  EXPECT_FALSE(refuted("x < 64", {"0 <= x && x < 64"}).when_false);
  EXPECT_FALSE(refuted("x % 4 == 1", {"x % 8 == 5"}).when_false);
  EXPECT_FALSE(refuted("x <= y", {"x < y"}).when_false);
  EXPECT_TRUE(
      refuted("x == 63", {"x >= 0 && x <= 63", "x % 3 == 0"}).contingent());
  EXPECT_TRUE(refuted("x > 100000", {"x > 99990", "x < 100100"}).contingent());
}

TEST(Refute, TermsBeyondTheWordAreSampledByTheReference) {
  EXPECT_TRUE(refuted("x > 123456789012345678901234567890 - y * "
                      "123456789012345678901234567890")
                  .samples == 0);
  const Refutation result = refuted("x*x*x*x*x*x*x*x*x*x > y");
  EXPECT_TRUE(result.contingent());
}

TEST(Refute, TheSameSeedGivesTheSameModels) {
  Context context;
  const Term term = *term::parse(context, "x * 3 < y / 2");
  Refuter refuter;
  const Refutation a = refuter.refute(context, term);
  const Refutation b = refuter.refute(context, term);
  EXPECT_EQ(a.when_true, b.when_true);
  EXPECT_EQ(a.when_false, b.when_false);
  EXPECT_EQ(a.samples, b.samples);
}

TEST(Tape, AgreesWithTheReferenceOnEveryOperator) {
  Random random(5);
  for (const char* text :
       {"x + y",       "x - y",           "x * y",  "x / y",      "x % y",
        "min(x, y)",   "max(x, y)",       "x < y",  "x <= y",     "x > y",
        "x >= y",      "x == y",          "x != y", "x < y && p", "x < y || p",
        "!p",          "select(p, x, y)", "x / -3", "x % -3",     "x / 0",
        "p == (x < y)"}) {
    Context context;
    const Term term = *term::parse(context, text);
    Tape tape;
    ASSERT_TRUE(tape.compile(context, {&term, 1}));
    ASSERT_TRUE(tape.fits(1000));
    const auto variables = tape.variables();
    for (int round = 0; round < 20; ++round) {
      for (size_t v = 0; v < variables.size(); ++v)
        for (int64_t& value : tape.input(v))
          value = context.sort(variables[v]) == term::Sort::Bool
                      ? static_cast<int64_t>(random.below(2))
                      : static_cast<int64_t>(random.below(41)) - 20;
      tape.run();
      for (int lane = 0; lane < kLanes; ++lane) {
        Model model;
        for (size_t v = 0; v < variables.size(); ++v)
          model.emplace(variables[v], Integer(tape.input(v)[lane]));
        ASSERT_EQ(*term::evaluate(context, term, model),
                  Integer(tape.output(0)[lane]))
            << text;
      }
    }
  }
}

TEST(Tape, SaysWhatCouldLeaveTheWord) {
  Context context;
  const Term term = *term::parse(context, "x * y * 1000 < 3");
  Tape tape;
  ASSERT_TRUE(tape.compile(context, {&term, 1}));
  EXPECT_TRUE(tape.fits(int64_t{1} << 20));
  EXPECT_FALSE(tape.fits(int64_t{1} << 40));
}

}  // namespace
}  // namespace hone::rewrite
