// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/smtlib/smtlib.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "term/evaluate.h"
#include "term/print.h"
#include "term/verify.h"

namespace hone::term {
namespace {

using testing::HasSubstr;

// The last assertion in the prefix form, or the error.
std::string asserted(std::string_view script) {
  Context context;
  const Result<SmtScript> read = read_smtlib(context, script);
  if (!read.ok()) return read.error().message;
  for (size_t i = read->commands.size(); i-- > 0;)
    if (read->commands[i].kind == SmtCommand::Kind::Assert)
      return print(context, read->commands[i].term, Form::Prefix);
  return "nothing";
}

std::string asserted_of_ints(const std::string& claim) {
  return asserted(
      "(declare-const x Int)(declare-const y Int)(declare-fun p () Bool)"
      "(assert " +
      claim + ")");
}

TEST(Smtlib, FunctionsOfTheCoreAndOfIntegersAreRead) {
  const std::pair<const char*, const char*> cases[] = {
      {"(< x 3)", "( < x 3 )"},
      {"(< 1 x y)", "( && ( < 1 x ) ( < x y ) )"},
      {"(= (+ x 1 y) (- 5))", "( == ( + ( + x 1 ) y ) -5 )"},
      {"(distinct x y 3)", "( && ( && ( != x y ) ( != x 3 ) ) ( != y 3 ) )"},
      {"(=> p (> x 0))", "( || ( ! p ) ( > x 0 ) )"},
      {"(ite p (= x y) (not p))", "( select p ( == x y ) ( ! p ) )"},
      {"(>= (abs x) (- y))", "( >= ( max x ( - 0 x ) ) ( - 0 y ) )"},
      {"(xor p (= (div x 4) (mod y 3)))",
       "( != p ( == ( / x 4 ) ( % y 3 ) ) )"},
      {"((_ divisible 8) x)", "( == ( % x 8 ) 0 )"},
      {"(let ((x y) (y x)) (< x y))", "( < y x )"},
      {"(! (< |x| 3) :named claim)", "( < x 3 )"}};
  for (const auto& [script, term] : cases)
    EXPECT_EQ(asserted_of_ints(script), term) << script;
}

TEST(Smtlib, FunctionsAreMacros) {
  EXPECT_EQ(asserted("(define-fun tile ((a Int) (b Int)) Int (* 8 (+ a b)))"
                     "(declare-const v Int)"
                     "(assert (= (tile v 1) (tile 2 v)))"),
            "( == ( * 8 ( + v 1 ) ) ( * 8 ( + 2 v ) ) )");
  EXPECT_EQ(asserted("(define-fun n () Int 4)(assert (< n n))"), "( < 4 4 )");
}

TEST(Smtlib, NamesThatAreNoneHereGetOne) {
  EXPECT_EQ(asserted("(declare-const |a b| Int)(declare-const min Int)"
                     "(declare-const a_b Int)(assert (< |a b| min a_b))"),
            "( && ( < a_b min.1 ) ( < min.1 a_b.1 ) )");
}

TEST(Smtlib, AScopeTakesItsDeclarationsAlong) {
  EXPECT_EQ(asserted("(push 1)(declare-const x Int)(pop 1)"
                     "(declare-const x Bool)(assert x)"),
            "x.1");
  EXPECT_THAT(asserted("(push)(declare-const x Int)(pop)(assert (< x 1))"),
              HasSubstr("'x' is not declared"));
}

TEST(Smtlib, DivisionByZeroIsTheModels) {
  Context context;
  const Result<SmtScript> read = read_smtlib(
      context,
      "(declare-const x Int)(declare-const y Int)"
      "(assert (= (div x y) (div 3 0)))(assert (= (div x 0) (mod x y)))");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(print(context, read->commands[0].term, Form::Prefix),
            "( == ( select ( == y 0 ) div0 ( / x y ) ) div0.1 )");
  EXPECT_EQ(print(context, read->commands[1].term, Form::Prefix),
            "( == div0 ( select ( == y 0 ) mod0 ( % x y ) ) )");
  ASSERT_EQ(read->axioms.size(), 1u);
  EXPECT_EQ(print(context, read->axioms[0], Form::Prefix),
            "( || ( != x 3 ) ( == div0 div0.1 ) )");
}

TEST(Smtlib, ErrorsNameThePlace) {
  const std::pair<const char*, const char*> cases[] = {
      {"(assert (< 1 2)", "1:1: a '(' that nothing closes"},
      {"(check-sat))", "1:12: a ')' that closes nothing"},
      {"(declare-const x Real)", "only the sorts Int and Bool"},
      {"(declare-fun f (Int) Int)", "functions with arguments"},
      {"(assert (forall ((x Int)) true))", "quantifiers"},
      {"(assert 3)", "'assert' takes Bool here, found Int"},
      {"(assert (+ true 1))", "'+' takes Int here, found Bool"},
      {"(assert (< 1))", "'<' takes two arguments or more"},
      {"\n (assert (foo 1))", "2:10: the function 'foo' is neither"},
      {"(assert (= 1.5 2))", "'1.5' is neither an integer nor a symbol"},
      {"(minimize x)", "the command 'minimize' is not supported"},
      {"(pop 2)", "there are 0 levels to pop, not 2"},
      {"(declare-const x Int)(declare-const x Int)", "declared already"},
      {"(define-fun f ((x Int)) Int (div 1 x))",
       "a division by what may be zero, within a function"},
      {"(declare-const |x", "expected another | behind this one"}};
  for (const auto& [script, message] : cases)
    EXPECT_THAT(asserted(script), HasSubstr(message)) << script;
}

TEST(Smtlib, DepthIsLimitedThroughFunctionsToo) {
  std::string script = "(define-fun f0 () Int 1)";
  for (int i = 0; i < 60; ++i)
    script += "(define-fun f" + std::to_string(i + 1) + " () Int (+ f" +
              std::to_string(i) + " 1))";
  Context context;
  const Result<SmtScript> read = read_smtlib(context, script, {.depth = 50});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::LimitReached);
}

TEST(Smtlib, AQuestionIsPrintedWithItsSharedPartsOnce) {
  Context context;
  const Term x = context.variable("x", Sort::Int);
  const Term and_ = context.variable("and", Sort::Int);
  const Term sum = context.make(Op::Add, x, and_);
  const Term goal =
      context.make(Op::Le, context.make(Op::Min, sum, context.integer(-3)),
                   context.make(Op::Div, x, and_));
  const Term given = context.make(Op::Lt, x, context.integer(4));
  EXPECT_EQ(print_smtlib(context, std::span(&given, 1), goal),
            "(declare-const ?and Int)\n"
            "(declare-const x Int)\n"
            "(define-fun ?0 () Int (+ x ?and))\n"
            "(define-fun ?1 () Bool (<= (ite (<= ?0 (- 3)) ?0 (- 3)) "
            "(ite (= ?and 0) 0 (div x ?and))))\n"
            "(assert (< x 4))\n"
            "(push 1)\n(assert (not ?1))\n(check-sat)\n(pop 1)\n"
            "(push 1)\n(assert ?1)\n(check-sat)\n(pop 1)\n");
}

// Random words of scripts: no crash, and what is accepted is well sorted.
TEST(Smtlib, RandomScriptsAreRefusedOrWellSorted) {
  const std::vector<std::string_view> words = {
      "x", "p", "3",   "0",   "+",   "div", "mod", "ite",
      "=", "<", "and", "not", "let", "-",   "abs", "true"};
  Random random(3);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string claim;
    int open = 0;
    for (uint64_t n = random.below(12) + 1; n > 0; --n) {
      if (random.chance(0.4)) {
        claim += "(";
        ++open;
      }
      claim += std::string(random.pick(words)) + " ";
      if (open > 0 && random.chance(0.4)) {
        claim += ")";
        --open;
      }
    }
    claim += std::string(static_cast<size_t>(open), ')');
    Context context;
    const Result<SmtScript> read = read_smtlib(
        context,
        "(declare-const x Int)(declare-const p Bool)(assert " + claim + ")");
    if (!read.ok()) continue;
    ++accepted;
    ASSERT_TRUE(verify(context, read->commands[0].term).ok()) << claim;
  }
  EXPECT_GT(accepted, 60);
}

}  // namespace
}  // namespace hone::term
