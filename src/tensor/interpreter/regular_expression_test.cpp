// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/regular_expression.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tensor/interpreter/text_automaton.h"

namespace hone::tensor {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
  const auto expression = RegularExpression::parse(pattern);
  EXPECT_TRUE(expression.ok()) << pattern;
  return expression->matches(text);
}

TEST(RegularExpression, WholeTextsMatch) {
  EXPECT_TRUE(matches("a(b|cd)*e?", "abcdb"));
  EXPECT_FALSE(matches("a(b|cd)*e?", "abc"));
  EXPECT_TRUE(matches("[a-c_.]{2,3}", "a_."));
  EXPECT_FALSE(matches("[a-c_.]{2,3}", "a"));
  EXPECT_TRUE(matches("\\d+\\.\\w\\S[^x]", "12.a!y"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_TRUE(matches("www\\.[\\w.-]+\\.\\bcom\\b", "www.a-b.com"));
  EXPECT_FALSE(matches("a\\bb", "ab"));
}

TEST(RegularExpression, WhatIsNotUnderstoodIsRefused) {
  for (const char* pattern : {"(", ")", "[a", "*", "a{3", "a{5,2}", "\\",
                              "(?=a)", "\\p{Greek}", "[[:alpha:]]"})
    EXPECT_FALSE(RegularExpression::parse(pattern).ok()) << pattern;
  EXPECT_FALSE(RegularExpression::parse(std::string(1000, '(')).ok());
  EXPECT_FALSE(RegularExpression::parse("((a{999}){999}){999}").ok());
}

TEST(RegularExpression, NoPatternTakesExponentialTime) {
  EXPECT_FALSE(matches("(a*)*b", std::string(2000, 'a')));
}

TEST(RegularExpression, ItsAutomatonMatchesTheSameTexts) {
  const auto run = [](const TextAutomaton& a, std::string_view text) {
    int64_t state = 0;
    for (const char c : text) {
      state = a.next[state * a.class_count +
                     a.classes[static_cast<unsigned char>(c)]];
      if (state < 0) return false;
    }
    return a.ends[state] != 0;
  };
  Random random(7);
  for (const char* pattern :
       {"", "a(b|cd)*e?", "[a-c_.]{2,3}", "\\d+\\.\\w\\S[^x]",
        "(a|b)*\\b.\\B(ab)?", "\\b\\w+\\b( \\w+)*", "(a*)*b", ".*1.{3}"}) {
    const auto expression = RegularExpression::parse(pattern);
    const auto automaton = text_automaton(pattern);
    ASSERT_TRUE(expression.ok() && automaton.ok()) << pattern;
    int matching = 0;
    for (int i = 0; i < 2000; ++i) {
      std::string text;
      for (uint64_t n = random.below(8); n > 0; --n)
        text += "ab1. _cd"[random.below(8)];
      const bool expected = expression->matches(text);
      ASSERT_EQ(run(*automaton, text), expected) << pattern << " " << text;
      matching += expected;
    }
    EXPECT_GT(matching, 0) << pattern;
  }
  EXPECT_FALSE(text_automaton(".*1.{40}", 1000).ok());
}

}  // namespace
}  // namespace hone::tensor
