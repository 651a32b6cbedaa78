// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/egraph/term_prover.h"

#include <gtest/gtest.h>

#include "rewrite/egraph/dot.h"
#include "rewrite/egraph/term_domain.h"
#include "rewrite/egraph/term_rules.h"
#include "rewrite/egraph/test_tools.h"
#include "rewrite/test_tools.h"
#include "term/evaluate.h"
#include "term/parse.h"
#include "term/print.h"
#include "term/walk.h"

namespace hone::rewrite::egraph {

namespace compiled {
extern const CompiledMatcher terms;
}

namespace {

class TermProverTest : public testing::Test {
 protected:
  term::Term parse(std::string_view text) {
    auto term = term::parse(context_, text);
    EXPECT_TRUE(term.ok()) << (term.ok() ? "" : term.error().message);
    return *term;
  }
  Facts facts_of(std::string_view assumed) {
    if (assumed.empty()) return {};
    const term::Term assumption = parse(assumed);
    return digest(context_, {&assumption, 1});
  }
  std::string prove(std::string_view text, std::string_view assumed = "",
                    const TermProverOptions& options = {}) {
    const Facts facts = facts_of(assumed);
    const auto verdict = prover_.prove(context_, parse(text), facts, options);
    if (!verdict.ok()) return verdict.error().message;
    if (!verdict->value) return std::string(term_stop_name(verdict->stop));
    return *verdict->value ? "true" : "false";
  }
  std::string simplify(std::string_view text, std::string_view assumed = "") {
    const Facts facts = facts_of(assumed);
    const auto term = prover_.simplify(context_, parse(text), facts);
    return term.ok() ? term::print(context_, *term) : term.error().message;
  }

  term::Context context_;
  TermProver prover_;
};

TEST_F(TermProverTest, GoalsAreProvedByRulesAndAnalyses) {
  EXPECT_EQ(prove("x + y - x == y"), "true");
  EXPECT_EQ(prove("x * 4 % 4 == 0"), "true");
  EXPECT_EQ(prove("min(x, y) <= max(x, y) + 1 - 1 || p"), "true");
  EXPECT_EQ(prove("(x * 8 + y) / 4 == x * 2 + y / 4"), "true");
  EXPECT_EQ(prove("x * 6 == 9"), "false");
  EXPECT_EQ(prove("x < 4 && 5 < x"), "false");
}

TEST_F(TermProverTest, AssumptionsAreFactsOfTheAnalyses) {
  EXPECT_EQ(prove("x / 64 == 0", "0 <= x && x < 64"), "true");
  EXPECT_EQ(prove("(x * 2 + 1) % 2 == 1", "0 <= x"), "true");
  EXPECT_EQ(prove("x % 4 == 0", "x % 8 == 4"), "true");
  EXPECT_EQ(prove("x < 64", "0 <= x && x < 64"), "true");
}

TEST_F(TermProverTest, AFreeVariableAgainstANumberIsContingent) {
  EXPECT_EQ(prove("x + 3 < 10"), "contingent");
  EXPECT_EQ(prove("x + 3 != 10", "", {.contingent_patterns = false}),
            "saturated");
}

TEST_F(TermProverTest, PulsesReachWhatOneSmallGraphDoesNot) {
  const TermProverOptions one{.limits = {.iterations = 2}};
  const TermProverOptions pulses{.pulse_iterations = 2};
  const std::string_view goal =
      "((x + 1) - 1 + (y + 2) - 2 + (z + 3) - 3) * 2 == 2 * z + 2 * (y + x)";
  EXPECT_EQ(prove(goal, "", one), "iterations");
  EXPECT_EQ(prove(goal, "", pulses), "true");
}

TEST_F(TermProverTest, FactsOfDifferentVariablesAreCompared) {
  Facts facts;
  // 4 divides x, and 3 <= x <= 5; y is 5.
  const term::Term x = context_.variable("x", term::Sort::Int);
  const term::Term y = context_.variable("y", term::Sort::Int);
  facts.variables[x] = {.range = {3, 5}, .alignment = {4, 0}};
  facts.variables[y] = {.range = {5, 5}};
  const auto four = prover_.prove(context_, parse("x == 4"), facts);
  ASSERT_TRUE(four.ok());
  EXPECT_EQ(four->value, true);
  const auto apart = prover_.prove(context_, parse("x == y"), facts);
  ASSERT_TRUE(apart.ok());
  EXPECT_EQ(apart->value, false);
}

TEST_F(TermProverTest, TheSmallestTermIsExtracted) {
  EXPECT_EQ(simplify("x + 0"), "x");
  EXPECT_EQ(simplify("(x * 2 + x) - x * 3"), "0");
  EXPECT_EQ(simplify("x * 8 / 8 + min(y, y)"), "x + y");
  EXPECT_EQ(simplify("x % 16", "0 <= x && x < 16"), "x");
}

TEST_F(TermProverTest, RandomTermsKeepTheirMeaningAndDoNotGrow) {
  RandomTerms random(99);
  const TermProverOptions options{.limits = {.iterations = 6, .nodes = 800}};
  int proved = 0, smaller = 0;
  for (int round = 0; round < 150; ++round) {
    const term::Term goal = random.next(context_, term::Sort::Bool, 4);
    const auto verdict = prover_.prove(context_, goal, {}, options);
    ASSERT_TRUE(verdict.ok()) << verdict.error().message;
    const auto small = prover_.simplify(context_, goal, {}, options);
    ASSERT_TRUE(small.ok()) << small.error().message;
    EXPECT_LE(term::tree_size(context_, *small),
              term::tree_size(context_, goal));
    smaller += *small != goal;
    bool met[2] = {false, false};
    for (int sample = 0; sample < 40; ++sample) {
      const term::Model model = random.model(context_);
      const auto value = term::evaluate(context_, goal, model);
      const auto again = term::evaluate(context_, *small, model);
      ASSERT_TRUE(value.ok() && again.ok());
      EXPECT_EQ(*value, *again) << term::print(context_, goal) << "\n"
                                << term::print(context_, *small);
      met[*value == 1] = true;
    }
    if (verdict->value) {
      ++proved;
      EXPECT_FALSE(met[!*verdict->value]) << term::print(context_, goal);
    } else if (verdict->stop == TermStop::Contingent) {
      EXPECT_FALSE(!met[0] && !met[1]);
    }
  }
  EXPECT_GT(proved, 10);
  EXPECT_GT(smaller, 75);
}

TEST_F(TermProverTest, CompiledAndInterpretedRulesMakeTheSameEGraph) {
  const TermLanguage language;
  const RuleSet compiled_rules(parse_term_rules(language), language.signature(),
                               compiled::terms);
  const RuleSet interpreted_rules(parse_term_rules(language));
  RandomTerms random(3);
  uint64_t nodes = 0;
  for (int round = 0; round < 60; ++round) {
    const term::Term goal = random.next(context_, term::Sort::Bool, 4);
    std::string drawings[2];
    for (const RuleSet* rules : {&compiled_rules, &interpreted_rules}) {
      const Facts facts;
      TermBridge bridge(language, context_);
      EGraph graph(language.signature());
      TermAnalysis analysis(TermDomain(language, context_, facts));
      TermConditions conditions(language, graph, analysis);
      graph.add_literal(language.truth(false));
      graph.add_literal(language.truth(true));
      bridge.add(graph, goal);
      Runner runner(graph, *rules, {.backoff = round % 2 == 0}, &analysis,
                    &conditions);
      runner.run({.iterations = 4, .nodes = 1000});
      expect_ok(graph.verify());
      nodes += graph.nodes();
      drawings[rules == &compiled_rules] =
          print_dot(graph, [&](Literal literal) {
            return term::print(context_, bridge.literal(literal));
          });
    }
    ASSERT_EQ(drawings[0], drawings[1]) << term::print(context_, goal);
  }
  EXPECT_GT(nodes, 10'000u);
}

TEST_F(TermProverTest, TheSameQuestionHasTheSameAnswerAndDrawing) {
  const term::Term goal = parse("min(x + y, z) + 3 < x * 4 + (y + 7) / 2");
  const auto once = prover_.draw(context_, goal);
  TermProver other;
  const auto again = other.draw(context_, goal);
  ASSERT_TRUE(once.ok() && again.ok());
  EXPECT_EQ(*once, *again);
  EXPECT_EQ(once->substr(0, 16), "digraph egraph {");
}

}  // namespace
}  // namespace hone::rewrite::egraph
