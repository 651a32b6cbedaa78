// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "term/print.h"
#include "term/verify.h"

namespace hone::term {
namespace {

using ::testing::HasSubstr;

std::string prefix_of(std::string_view text) {
  Context context;
  const Result<Term> term = parse(context, text);
  if (!term) return term.error().message;
  EXPECT_TRUE(verify(context, *term).ok());
  return print(context, *term, Form::Prefix);
}

TEST(Parse, InfixHasThePrecedencesOfC) {
  EXPECT_EQ(prefix_of("a + b * c - d"), "( - ( + a ( * b c ) ) d )");
  EXPECT_EQ(prefix_of("a - b - c"), "( - ( - a b ) c )");
  EXPECT_EQ(prefix_of("a < b == c < d"), "( == ( < a b ) ( < c d ) )");
  EXPECT_EQ(prefix_of("p && q || r && s"), "( || ( && p q ) ( && r s ) )");
  EXPECT_EQ(prefix_of("a / b % c * d"), "( * ( % ( / a b ) c ) d )");
  EXPECT_EQ(prefix_of("!p == q"), "( == ( ! p ) q )");
  EXPECT_EQ(prefix_of("-x * y"), "( * ( - 0 x ) y )");
  EXPECT_EQ(prefix_of("a - -5"), "( - a -5 )");
  EXPECT_EQ(prefix_of("a-5"), "( - a 5 )");
  EXPECT_EQ(prefix_of("(a + b) * c"), "( * ( + a b ) c )");
}

TEST(Parse, FunctionsAndLetsAreRead) {
  EXPECT_EQ(prefix_of("min(a, max(b, 3)) + 1"),
            "( + ( min a ( max b 3 ) ) 1 )");
  EXPECT_EQ(prefix_of("select(a < b, a, b)"), "( select ( < a b ) a b )");
  EXPECT_EQ(prefix_of("let x = y + 1 in x * x"),
            "( let x ( + y 1 ) ( * x x ) )");
  EXPECT_EQ(prefix_of("(let x = 1 in x) + 2"), "( + ( let x 1 x ) 2 )");
  EXPECT_EQ(prefix_of("(let x 1 x)"), "( let x 1 x )");
}

TEST(Parse, EitherFormIsRecognised) {
  EXPECT_EQ(prefix_of("(-x) + 1"), "( + ( - 0 x ) 1 )");
  EXPECT_EQ(prefix_of("(- x 1)"), "( - x 1 )");
  EXPECT_EQ(prefix_of("(!p) || q"), "( || ( ! p ) q )");
  EXPECT_EQ(prefix_of("( ! p )"), "( ! p )");
  EXPECT_EQ(prefix_of("(min(a, b)) < c"), "( < ( min a b ) c )");
  EXPECT_EQ(prefix_of("( + ( * v0 -32 ) 72 )"), "( + ( * v0 -32 ) 72 )");
}

TEST(Parse, ANameTakesTheSortOfItsFirstUse) {
  Context context;
  ASSERT_TRUE(parse(context, "p && x < 3").ok());
  EXPECT_EQ(context.sort(*context.find_variable("p")), Sort::Bool);
  EXPECT_EQ(context.sort(*context.find_variable("x")), Sort::Int);
  ASSERT_TRUE(parse(context, "a == b").ok());
  EXPECT_EQ(context.sort(*context.find_variable("a")), Sort::Int);
  ASSERT_TRUE(parse(context, "c == (x < 1)").ok());
  EXPECT_EQ(context.sort(*context.find_variable("c")), Sort::Bool);
  ASSERT_TRUE(parse(context, "d == p").ok());
  EXPECT_EQ(context.sort(*context.find_variable("d")), Sort::Bool);
}

TEST(Parse, ZeroAndOneAreBoolsWhereABoolIsDemanded) {
  EXPECT_EQ(prefix_of("( && 1 ( < x 0 ) )"), "( && true ( < x 0 ) )");
  EXPECT_EQ(prefix_of("(x < 0) == 1"), "( == ( < x 0 ) true )");
  EXPECT_EQ(prefix_of("select(0, 1, x)"), "( select false 1 x )");
  EXPECT_THAT(prefix_of("( && 2 ( < x 0 ) )"),
              HasSubstr("'&&' takes Bool here, found Int"));
}

TEST(Parse, AnExpectedSortIsGivenToANameAndDemandedOfATerm) {
  Context context;
  const Result<Term> p = parse(context, "p", {}, Sort::Bool);
  ASSERT_TRUE(p.ok());
  EXPECT_EQ(context.sort(*p), Sort::Bool);
  const Result<Term> sum = parse(context, "x + 1", {}, Sort::Bool);
  ASSERT_FALSE(sum.ok());
  EXPECT_THAT(sum.error().message,
              HasSubstr("expected a term of sort Bool, found Int"));
}

TEST(Parse, AnIntervalIsTwoComparisons) {
  EXPECT_EQ(prefix_of("v in [0, 63]"), "( && ( <= 0 v ) ( <= v 63 ) )");
  EXPECT_EQ(prefix_of("v in [-4, n)"), "( && ( <= -4 v ) ( < v n ) )");
  EXPECT_EQ(prefix_of("v + 1 in [0, 2] && w in [0, 1)"),
            "( && ( && ( <= 0 ( + v 1 ) ) ( <= ( + v 1 ) 2 ) ) ( && ( <= 0 w ) "
            "( < w 1 ) ) )");
  EXPECT_EQ(prefix_of("!(v in [0, 1])"), "( ! ( && ( <= 0 v ) ( <= v 1 ) ) )");
  // `in` keeps its other meaning.
  EXPECT_EQ(prefix_of("let x = y in x in [0, 1]"),
            "( let x y ( && ( <= 0 x ) ( <= x 1 ) ) )");
  EXPECT_EQ(prefix_of("let b = y in [0, 1] in b"),
            "( let b ( && ( <= 0 y ) ( <= y 1 ) ) b )");
}

TEST(Parse, NumbersHaveNoBounds) {
  const std::string big(60, '9');
  EXPECT_EQ(prefix_of("x + " + big), "( + x " + big + " )");
  EXPECT_EQ(prefix_of("-9223372036854775808"), "-9223372036854775808");
}

TEST(Parse, ErrorsNameThePlaceTheExpectedAndTheFound) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "1:1: expected a number, a name or '(', found the end"},
      {"a +", "1:4: expected a number, a name or '(', found the end"},
      {"a b", "1:3: expected an operator or the end, found 'b'"},
      {"min(a)", "1:6: expected ',', found ')'"},
      {"( + a )", "1:7: expected a number, a name or '(', found ')'"},
      {"( + a b c )", "1:9: expected ')' after the last operand of '+'"},
      {"( foo a b )", "expected"},
      {"a\n + $", "2:4: expected a number, a name or '(', found '$'"},
      {"a \xff", "found the byte 0xff"},
      {"v in (0, 3]", "1:3: expected an operator or the end, found 'in'"},
      {"v in [0; 3]", "1:8: expected ',', found ';'"},
      {"v in [0, 3", "1:11: expected ']' or ')', found the end"},
      {"(x < 0) in [0, 3]", "'<=' takes Int here, found Bool"},
      {"let 3 = x in x", "1:5: expected a name after 'let', found '3'"},
      {"let x = 1 x", "1:11: expected 'in', found 'x'"},
      {"(x < 1) + 2", "1:4: '+' takes Int here, found Bool"},
      {"p && p + 1", "'&&' takes Bool here"},
      {"(x < 0) && let x = (y < 0) in x", "'x' is Int elsewhere and Bool here"},
  };
  for (const auto& [text, message] : cases)
    EXPECT_THAT(prefix_of(text), HasSubstr(message)) << text;
}

TEST(Parse, DepthLengthAndDigitsAreLimited) {
  const ParseLimits limits{.depth = 50, .nodes = 100, .digits = 30};
  const auto kind = [&](const std::string& text) {
    Context context;
    const Result<Term> term = parse(context, text, limits);
    return term ? ErrorKind::Internal : term.error().kind;
  };
  EXPECT_EQ(kind(std::string(60, '(') + "x" + std::string(60, ')')),
            ErrorKind::LimitReached);
  EXPECT_EQ(kind(std::string(60, '-') + "x"), ErrorKind::LimitReached);
  EXPECT_EQ(kind(std::string(31, '9')), ErrorKind::LimitReached);
  std::string chain = "x", nested = "x";
  for (int i = 0; i < 60; ++i) {
    chain += "+x";
    nested = "( + " + nested + " x )";
  }
  EXPECT_EQ(kind(chain), ErrorKind::LimitReached);
  EXPECT_EQ(kind(nested), ErrorKind::LimitReached);
  EXPECT_EQ(kind("x + x"), ErrorKind::Internal);  // no error
}

// Random bytes out of the alphabet of terms: no crash, and what is accepted
// prints to text that reads back.
TEST(Parse, RandomTextIsRefusedOrReadsBack) {
  const std::vector<std::string_view> parts = {
      "(",   ")",  " ",  "x",  "y",      "p",    "3",
      "-",   "+",  "*",  "/",  "%",      "!",    "<",
      "<=",  "==", "&&", "||", "select", "min",  ",",
      "let", "=",  "in", "[",  "]",      "true", "12345678901234567890123"};
  Random random(7);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (uint64_t n = random.below(12) + 1; n > 0; --n)
      text += std::string(random.pick(parts)) + " ";
    Context context;
    const Result<Term> term = parse(context, text);
    if (!term) continue;
    ++accepted;
    ASSERT_TRUE(verify(context, *term).ok()) << text;
    for (const Form form : {Form::Infix, Form::Prefix}) {
      const Result<Term> again = parse(context, print(context, *term, form));
      ASSERT_TRUE(again.ok()) << text;
      ASSERT_EQ(*again, *term) << text;
    }
  }
  EXPECT_GT(accepted, 300);
}

}  // namespace
}  // namespace hone::term
