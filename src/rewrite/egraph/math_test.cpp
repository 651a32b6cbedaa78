// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/test_tools.h"

namespace hone::rewrite::egraph {

namespace compiled {
extern const CompiledMatcher math;
}

namespace {

struct Size {
  size_t nodes, classes;
};

// After each iteration, of egg, egglog and Oatlog alike (nodes) and of egg
// (classes).
constexpr Size kSizes[] = {
    {69, 50},    {118, 71},    {208, 116},   {389, 197},     {784, 361},
    {1576, 666}, {3160, 1347}, {8113, 3576}, {28303, 12445}, {136446, 58464},
};

void expect_sizes(const Theory& theory, const RuleSet& rules) {
  EGraph graph(theory.signature());
  for (const Pattern& term : theory.terms()) graph.add_term(term);
  Runner runner(graph, rules);
  uint64_t iterations = 0;
  for (const Size expected : kSizes) {
    EXPECT_EQ(runner.run({.iterations = ++iterations}), RunStop::Iterations);
    EXPECT_EQ(graph.nodes(), expected.nodes);
    EXPECT_EQ(graph.classes(), expected.classes);
    expect_ok(graph.verify());
  }
}

TEST(Math, InterpretedRulesGiveTheSizesOfOtherEngines) {
  const Theory theory = math_theory();
  expect_sizes(theory, RuleSet(theory.rules()));
}

TEST(Math, CompiledRulesGiveTheSizesOfOtherEngines) {
  const Theory theory = math_theory();
  expect_sizes(theory,
               RuleSet(theory.rules(), theory.signature(), compiled::math));
}

}  // namespace
}  // namespace hone::rewrite::egraph
