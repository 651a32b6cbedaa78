// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/theory.h"

#include <gtest/gtest.h>

#include "rewrite/egraph/emit_cpp.h"
#include "rewrite/egraph/test_tools.h"

namespace hone::rewrite::egraph {
namespace {

std::string error_of(std::string_view text) {
  const auto theory = Theory::parse(text);
  return theory.ok() ? "" : theory.error().message;
}

TEST(Theory, EveryLineIsOperatorRuleTermOrComment) {
  const Theory theory = parse_theory(
      "# Two operators.\n\noperator + 2\noperator neg 1\n"
      "rule involution: (neg (neg ?a)) => ?a\nterm (+ x -3)\n");
  EXPECT_EQ(theory.rules().size(), 1u);
  EXPECT_EQ(theory.rules()[0].name, "involution");
  ASSERT_EQ(theory.terms().size(), 1u);
  EXPECT_EQ(theory.word(1), "-3");
}

TEST(Theory, ErrorsNameTheLineAndWhatWasExpected) {
  EXPECT_EQ(error_of("lemma x"),
            "line 1: expected operator, rule, term or #, found \"lemma\"");
  EXPECT_EQ(error_of("\noperator f two"),
            "line 2: expected `operator NAME ARITY` with an arity of at most "
            "8, found \"operator f two\"");
  EXPECT_EQ(error_of("operator f 1\noperator f 1"),
            "line 2: operator f of 1 stands twice");
  EXPECT_EQ(error_of("operator f 1\nrule r: (f ?a) = ?a"),
            "line 2: rule r: expected LEFT => RIGHT, found \"(f ?a) = ?a\"");
}

TEST(Theory, ErrorsInTermsNameTheColumn) {
  const std::string head = "operator f 1\n";
  EXPECT_EQ(error_of(head + "term (f a"),
            "line 2: expected ')' at column 5 of \"(f a\"");
  EXPECT_EQ(error_of(head + "term (f a b)"),
            "line 2: expected an operator, found \"f\" of 2 at column 7 of "
            "\"(f a b)\"");
  EXPECT_EQ(error_of(head + "term a b"),
            "line 2: expected the end of the term at column 3 of \"a b\"");
  EXPECT_EQ(error_of(head + "term (f ?a)"),
            "line 2: the left side does not bind ?a at column 6 of \"(f ?a)\"");
  EXPECT_EQ(error_of(head + "rule r: ?a => (f ?a)"),
            "line 2: rule r: the left side must have an operator");
  EXPECT_EQ(error_of(head + "term " + std::string(300, '(')),
            "line 2: expected a term less deep at column 202 of \"" +
                std::string(300, '(') + "\"");
}

TEST(Plan, VariantsThatBeginAlikeShareTheirSteps) {
  const Theory theory = parse_theory(
      "operator + 2\nrule comm: (+ ?a ?b) => (+ ?b ?a)\n"
      "rule assoc: (+ ?a (+ ?b ?c)) => (+ (+ ?a ?b) ?c)\n"
      "rule zero: (+ ?a 0) => ?a\n");
  EXPECT_EQ(
      print_plan(make_plan(theory.rules()), theory.rules(), theory.signature()),
      "drive new +: r0 r1 r2\n"
      "  emit comm: r0 r1 r2\n"
      "  probe + by column 2: r3 r4 =r1\n"
      "    emit assoc: r0 r3 r4 r1 r2\n"
      "  probe + by column 1: r3 =r2 r4, old\n"
      "    emit assoc: r3 r0 r1 r2 r4\n"
      "drive new +: r0 =literal 0 r1\n"
      "  emit zero: r0 literal 0 r1\n"
      "drive literal 0 if new\n"
      "  scan +: r0 =literal 0 r1, old\n"
      "    emit zero: r0 literal 0 r1\n");
}

TEST(Plan, OtherRulesHaveAnotherFingerprint) {
  const std::string head = "operator + 2\nrule r: (+ ?a ?b) => ";
  const Theory one = parse_theory(head + "?a\n");
  const Theory two = parse_theory(head + "?a\nrule s: (+ ?a ?a) => ?a\n");
  const auto fingerprint = [](const Theory& theory) {
    return plan_fingerprint(make_plan(theory.rules()), theory.rules(),
                            theory.signature());
  };
  EXPECT_EQ(fingerprint(one), fingerprint(parse_theory(head + "?a\n")));
  EXPECT_NE(fingerprint(one), fingerprint(two));
}

}  // namespace
}  // namespace hone::rewrite::egraph
