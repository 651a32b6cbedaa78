// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/analysis/facts.h"

#include <gtest/gtest.h>

#include "term/parse.h"

namespace hone::rewrite {
namespace {

using term::Context;
using term::Term;

Facts facts_of(Context& context, std::vector<std::string> texts) {
  std::vector<Term> terms;
  for (const std::string& text : texts)
    terms.push_back(*term::parse(context, text));
  return digest(context, terms);
}

TEST(Facts, RangesAndCongruencesAreNotedOfTheVariable) {
  Context context;
  const Facts facts =
      facts_of(context, {"0 <= v && v < 64", "v % 8 == 3", "5 > w", "u == 7"});
  const auto of = [&](const char* name) {
    return facts.of(*context.find_variable(name));
  };
  EXPECT_EQ(of("v").range, (Interval{0, 63}));
  EXPECT_EQ(of("v").alignment, (Alignment{8, 3}));
  EXPECT_EQ(of("w").range, (Interval{Interval::kNoLow, 4}));
  EXPECT_EQ(of("u").range, Interval::of(7));
  EXPECT_TRUE(facts.others.empty());
}

TEST(Facts, WhatNoVariableFactSaysIsKept) {
  Context context;
  EXPECT_EQ(
      facts_of(context, {"v < w && v >= 0", "v * v < 9", "p"}).others.size(),
      3u);
  // Two congruences of which neither implies the other; a contradiction.
  EXPECT_EQ(facts_of(context, {"a % 4 == 1", "a % 6 == 3"}).others.size(), 1u);
  EXPECT_EQ(facts_of(context, {"b < 3", "b > 5"}).others.size(), 1u);
  EXPECT_EQ(facts_of(context, {"c % 4 == 1", "c % 8 == 5", "c % 2 == 1"})
                .others.size(),
            0u);
}

}  // namespace
}  // namespace hone::rewrite
