// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/extract.h"

#include <gtest/gtest.h>

#include "rewrite/egraph/dot.h"
#include "rewrite/egraph/runner.h"
#include "rewrite/egraph/test_tools.h"

namespace hone::rewrite::egraph {
namespace {

std::string print(const Theory& theory, const TermPool& terms, TermId term) {
  const TermPool::Node& node = terms[term];
  const Operator& op = theory.signature()[node.op];
  if (op.literal) return std::string(theory.word(node.arguments[0]));
  std::string text = "(" + op.name;
  for (const TermId argument : node.arguments) {
    text += " " + print(theory, terms, argument);
  }
  return text + ")";
}

constexpr std::string_view kShifts =
    "operator * 2\noperator / 2\noperator << 2\n"
    "rule shift: (* ?x 2) => (<< ?x 1)\n"
    "rule assoc: (/ (* ?x ?y) ?z) => (* ?x (/ ?y ?z))\n"
    "rule cancel: (/ 2 2) => 1\n"
    "rule unit: (* ?x 1) => ?x\n"
    "term (/ (* a 2) 2)\n";

TEST(Extract, TheSmallestTreeIsFoundAcrossPhases) {
  const Theory theory = parse_theory(kShifts);
  const RuleSet rules(theory.rules());
  EGraph graph(theory.signature());
  const ClassId root = graph.add_term(theory.terms()[0]);
  EXPECT_EQ(Runner(graph, rules).run({}), RunStop::Saturated);
  const Extractor extractor(graph, CostTable::ones(theory.signature()));
  EXPECT_EQ(extractor.tree_cost(root), 1u);
  TermPool terms;
  EXPECT_EQ(print(theory, terms, extractor.cheapest_tree(root, terms)), "a");
}

TEST(Extract, TheCostTableDecides) {
  const Theory theory = parse_theory(
      "operator * 2\noperator << 2\nrule shift: (* ?x 2) => (<< ?x 1)\n"
      "term (* a 2)\n");
  const RuleSet rules(theory.rules());
  EGraph graph(theory.signature());
  const ClassId root = graph.add_term(theory.terms()[0]);
  Runner(graph, rules).run({});
  TermPool terms;
  const auto cheapest = [&](std::string_view expensive) {
    CostTable costs = CostTable::ones(theory.signature());
    costs.by_op[*theory.signature().find(expensive, 2)] = 10;
    const Extractor extractor(graph, costs);
    return print(theory, terms, extractor.cheapest_tree(root, terms));
  };
  EXPECT_EQ(cheapest("*"), "(<< a 1)");
  EXPECT_EQ(cheapest("<<"), "(* a 2)");
}

TEST(Extract, ASharedTermCountsOnceInADag) {
  // As a tree (k p q) is smaller; as a DAG (f s s) is, s being (g (g a)).
  const Theory theory = parse_theory(
      "operator f 2\noperator g 1\noperator k 2\noperator p 2\n"
      "rule other: (k ?x ?y) => (f (g (g (g a))) (g (g (g a))))\n"
      "term (k (p b c) (p d e))\n");
  const RuleSet rules(theory.rules());
  EGraph graph(theory.signature());
  const ClassId root = graph.add_term(theory.terms()[0]);
  Runner(graph, rules).run({});
  const Extractor extractor(graph, CostTable::ones(theory.signature()));
  TermPool terms;
  EXPECT_EQ(extractor.tree_cost(root), 7u);
  EXPECT_EQ(print(theory, terms, extractor.cheapest_tree(root, terms)),
            "(k (p b c) (p d e))");
  const auto dag = extractor.smallest_dag(root, terms);
  ASSERT_TRUE(dag.has_value());
  EXPECT_EQ(dag->cost, 5u);
  EXPECT_EQ(print(theory, terms, dag->term), "(f (g (g (g a))) (g (g (g a))))");
  EXPECT_FALSE(extractor.smallest_dag(root, terms, /*budget=*/3).has_value());
}

TEST(Dot, ClassesAreBoxesWithTheirNodes) {
  const Theory theory = parse_theory("operator f 1\nterm (f a)\n");
  EGraph graph(theory.signature());
  const ClassId root = graph.add_term(theory.terms()[0]);
  graph.unite(root, 0);  // a = f(a)
  graph.rebuild();
  EXPECT_EQ(print_dot(graph,
                      [&](Literal literal) {
                        return std::string(theory.word(literal.payload));
                      }),
            "digraph egraph {\n"
            "  compound=true; node [shape=plaintext];\n"
            "  subgraph cluster_0 {\n"
            "    label=\"0\";\n"
            "    n1_0 [label=\"a\"];\n"
            "    n2_1 [label=\"f\"];\n"
            "  }\n"
            "  n2_1 -> n1_0 [lhead=cluster_0, label=\"0\"];\n"
            "}\n");
}

}  // namespace
}  // namespace hone::rewrite::egraph
