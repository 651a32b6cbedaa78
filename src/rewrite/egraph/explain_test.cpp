// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/explain.h"

#include <gtest/gtest.h>

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
  runner.run({.iterations = 9});
  EXPECT_EQ(graph.nodes(), 28303u);
  // Ids with the root of their class: every union has its part in them.
  size_t proofs = 0;
  for (ClassId id = 0; id < graph.union_find().size(); ++id) {
    const ClassId root = graph.find(id);
    if (root == id) continue;
    auto proof = explain(graph, id, root);
    ASSERT_TRUE(proof.ok()) << proof.error().message;
    EXPECT_NE(proof->from, proof->to);
    expect_ok(check_proof(*proof, theory.rules(), theory.signature()));
    ++proofs;
  }
  EXPECT_GT(proofs, 1900u);
}

TEST(Explain, AnEquationOfTheCallersIsAStep) {
  const Theory theory =
      parse_theory("operator f 1\nterm (f a)\nterm (f b)\nterm a\nterm b\n");
  EGraph graph(theory.signature(), /*explains=*/true);
  std::vector<ClassId> ids;
  for (const Pattern& term : theory.terms())
    ids.push_back(graph.add_term(term));
  graph.unite(ids[2], ids[3]);
  graph.rebuild();
  auto proof = explain(graph, ids[0], ids[1]);
  ASSERT_TRUE(proof.ok()) << proof.error().message;
  ASSERT_EQ(proof->steps.size(), 1u);
  EXPECT_EQ(proof->steps[0].rule, kGivenStep);
  EXPECT_EQ(proof->steps[0].path, std::vector<uint8_t>{0});
  const auto& given = proof->steps[0].bindings;
  const std::pair<TermId, TermId> equation(given[0], given[1]);
  expect_ok(check_proof(*proof, {}, theory.signature(), {&equation, 1}));
  // The checker believes nothing else.
  const Status unfounded = check_proof(*proof, {}, theory.signature());
  ASSERT_FALSE(unfounded.ok());
  EXPECT_NE(unfounded.error().message.find("was not given"), std::string::npos);
}

TEST(Explain, AStepInAWrongPlaceIsRejected) {
  const Theory theory = parse_theory(
      "operator f 2\nrule comm: (f ?a ?b) => (f ?b ?a)\n"
      "term (f (f a b) c)\nterm (f c (f b a))\n");
  const RuleSet rules(theory.rules());
  EGraph graph(theory.signature(), /*explains=*/true);
  const ClassId from = graph.add_term(theory.terms()[0]);
  const ClassId to = graph.add_term(theory.terms()[1]);
  Runner(graph, rules).run({});
  auto proof = explain(graph, from, to);
  ASSERT_TRUE(proof.ok());
  expect_ok(check_proof(*proof, theory.rules(), theory.signature()));
  ASSERT_EQ(proof->steps.size(), 2u);
  Proof wrong = *explain(graph, from, to);
  wrong.steps[0].path.push_back(1);
  EXPECT_FALSE(check_proof(wrong, theory.rules(), theory.signature()).ok());
  wrong = *explain(graph, from, to);
  wrong.steps.pop_back();
  EXPECT_FALSE(check_proof(wrong, theory.rules(), theory.signature()).ok());
}

TEST(Explain, WhatIsNotEqualOrNotRecordedIsAnError) {
  const Theory theory = parse_theory("operator f 1\nterm (f a)\nterm b\n");
  EGraph silent(theory.signature()), graph(theory.signature(), true);
  for (EGraph* each : {&silent, &graph}) {
    for (const Pattern& term : theory.terms()) each->add_term(term);
  }
  const auto unequal = explain(graph, 0, 2);
  ASSERT_FALSE(unequal.ok());
  EXPECT_NE(unequal.error().message.find("not equal"), std::string::npos);
  const auto unknown = explain(silent, 0, 0);
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("without explanations"),
            std::string::npos);
}

}  // namespace
}  // namespace hone::rewrite::egraph
