// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/regular_expression.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace hone::tensor
