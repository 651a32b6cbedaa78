// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/explain.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/test_tools.h"

namespace hone::rewrite::egraph {
namespace {

TEST(Explain, EveryEqualityOfTheMathBenchmarkIsReplayed) {
  const Theory theory = math_theory();
  const RuleSet rules(theory.rules());
  EGraph graph(theory.signature(), /*explains=*/true);
  for (const Pattern& term : theory.terms()) graph.add_term(term);
  Runner runner(graph, rules);
  runner.run({.iterations = 7});
  EXPECT_EQ(graph.nodes(), 3160u);
  // Each id with the root of its class: every union has its part in it.
  size_t proofs = 0, steps = 0;
  for (ClassId id = 0; id < graph.union_find().size(); ++id) {
    const ClassId root = graph.find(id);
    if (root == id) continue;
    auto proof = explain(graph, id, root);
    ASSERT_TRUE(proof.ok()) << proof.error().message;
    expect_ok(check_proof(*proof, theory.rules(), theory.signature()));
    ++proofs;
    steps += proof->steps.size();
  }
  EXPECT_GT(proofs, 100u);
  printf("%zu %zu\n", proofs, steps);
}

}  // namespace
}  // namespace hone::rewrite::egraph
