// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/prove.h"

#include <gtest/gtest.h>

#include "rewrite/linear/proof_text.h"
#include "rewrite/test_tools.h"
#include "term/parse.h"
#include "term/print.h"
#include "toolkit/batch.h"
#include "toolkit/solve.h"
#include "verify/proof.h"

namespace hone::toolkit {
namespace {

using rewrite::Answer;

// What a proof file holds for it, after the replay.
std::string proof_of(std::string_view expression,
                     std::vector<std::string> assumptions = {}) {
  const auto answer = prove(
      {.assumptions = std::move(assumptions), .with_proof = true}, expression);
  EXPECT_TRUE(answer.ok()) << answer.error().message;
  return answer.ok() ? answer->proof : "";
}

TEST(Prove, EveryKindOfReasoningIsReplayed) {
  EXPECT_NE(proof_of("x + 1 > x"), "");
  EXPECT_NE(proof_of("(v * 32 + 72) / 7 != 0"), "");
  EXPECT_NE(proof_of("max(v * 8, -2) / 2 * 2 == max(v * 8, -2)"), "");
  EXPECT_NE(proof_of("4 * a - 252 * b >= 1 && 4 * a - 252 * b <= 3"), "");
  EXPECT_NE(proof_of("16 * (2 * v + w) == 62 || 6 * v - 4 * w == 3"), "");
  EXPECT_NE(proof_of("(x + y) * (x - y) == x * x - y * y"), "");
  EXPECT_NE(proof_of("x / 0 + x % 0 == 0"), "");
  EXPECT_NE(proof_of("-7 / -2 == 4 && x / -3 == -(x / 3)"), "");
  EXPECT_NE(proof_of("select(p, 3, 5) >= 3 && (p || !p)"), "");
  EXPECT_NE(proof_of("(x < y) == (y > x)"), "");
  EXPECT_NE(proof_of("!(d < a) || select(d < a, d < a, d < a) || d < a"), "");
  EXPECT_NE(proof_of("a % b >= 0 && a * a >= a && a * a + a >= 0"), "");
  EXPECT_NE(proof_of("a % (b % 7 + 1) <= 6"), "");
  EXPECT_NE(proof_of("a / (a + a) < 3 && b / b <= 1 && b % b == 0"), "");
  EXPECT_NE(proof_of("c < 0 || a / b <= c || a > c || b <= 0"), "");
  EXPECT_NE(proof_of("b == 0 || a / b * b + a % b == a"), "");
  EXPECT_NE(proof_of("i >= m || j < 0 || j >= n || i * n + j < m * n"), "");
  EXPECT_NE(proof_of("x < 2 || x > 6 || x * y != 7"), "");
  EXPECT_NE(proof_of("min(x, min(y, z)) == min(min(x, y), z)"), "");
}

TEST(Prove, AssumptionsAreReplayed) {
  EXPECT_NE(proof_of("v / 64 == 0", {"0 <= v", "v < 64"}), "");
  EXPECT_NE(proof_of("v / 8 * 8 == v", {"v % 8 == 0"}), "");
  EXPECT_NE(proof_of("v <= 56", {"v % 8 == 0", "v >= 0 && v < 63"}), "");
  EXPECT_NE(proof_of("min(v / 4, 20) == v / 4", {"v < 80 && v >= 0"}), "");
  EXPECT_NE(proof_of("i * 4 + j < n", {"i < n / 4", "j < 4"}), "");
  EXPECT_NE(proof_of("p && x > 3", {"p && x != 1", "x > 3 || !p"}), "");
}

TEST(Prove, RandomVerdictsAreReplayed) {
  term::Context terms;
  rewrite::linear::Decider decider;
  rewrite::RandomTerms random(5);
  int proofs = 0;
  for (int round = 0; round < 8000; ++round) {
    terms.reset();
    const term::Term goal = random.next(terms, term::Sort::Bool, 3 + round % 2);
    std::vector<term::Term> assumptions;
    if (round % 2 == 1)
      for (const char* text :
           {"0 <= a && a < 20", "b % 4 == 1", "c < a", "p || c > 3"})
        if (random.random().chance(0.5))
          assumptions.push_back(*term::parse(terms, text));
    const auto decision = decider.decide(terms, goal, assumptions);
    if (decision.answer != Answer::True && decision.answer != Answer::False)
      continue;
    ++proofs;
    const auto text = rewrite::linear::proof_text(decider, decision);
    ASSERT_TRUE(text.ok()) << text.error().message;
    const Status replayed =
        verify::replay_proof(terms,
                             {.goal = goal,
                              .value = decision.answer == Answer::True,
                              .assumptions = assumptions},
                             *text);
    EXPECT_TRUE(replayed.ok()) << replayed.error().message << "\n"
                               << term::print(terms, goal) << "\n"
                               << *text;
  }
  EXPECT_GT(proofs, 500);
}

TEST(Prove, AProofOfAnotherGoalIsRefused) {
  const std::string proof = proof_of("x / 2 * 2 <= x");
  std::string other = proof;
  const size_t at = other.find("/ x 2");
  ASSERT_NE(at, std::string::npos);
  other.replace(at, 5, "/ x 3");
  const auto replayed = replay_proofs(other);
  ASSERT_FALSE(replayed.ok());
  EXPECT_EQ(replayed.error().kind, ErrorKind::Rejected);
  EXPECT_NE(replayed.error().message.find("is not the goal"),
            std::string::npos);
}

// Each line but the last is needed, and no number in it is arbitrary.
TEST(Prove, AChangedProofIsRefused) {
  const std::string proof = proof_of(
      "(a + b + c) / 4 < (a - 1 + b + c) / 4 + 2 && 6 * a - 4 * b != 3");
  ASSERT_EQ(*replay_proofs(proof), 1u);
  const size_t body = proof.find("hone-proof");
  int refused = 0, changed = 0;
  for (size_t at = body; at < proof.size(); ++at) {
    if (proof[at] < '0' || proof[at] > '9') continue;
    std::string other = proof;
    other[at] = proof[at] == '9' ? '0' : static_cast<char>(proof[at] + 1);
    ++changed;
    refused += !replay_proofs(other).ok();
  }
  // What is left: weaker lemmas that still suffice, names of splits.
  EXPECT_GT(refused * 100, changed * 90);
}

TEST(Prove, AFalseClaimHasNoProof) {
  // The proof of the truth does not show the opposite.
  std::string proof = proof_of("x + 1 > x");
  proof.replace(proof.find("proves true"), 11, "proves false");
  const auto replayed = replay_proofs(proof);
  ASSERT_FALSE(replayed.ok());
  EXPECT_NE(replayed.error().message.find("refutes the value that is claimed"),
            std::string::npos);
}

TEST(Prove, TextThatIsNoProofIsRefusedWithItsLine) {
  const auto replayed = replay_proofs("proves true ( < x 3 )\nnonsense\nend\n");
  ASSERT_FALSE(replayed.ok());
  EXPECT_EQ(replayed.error().kind, ErrorKind::Malformed);
  EXPECT_NE(replayed.error().message.find("expected: hone-proof 1"),
            std::string::npos);
  EXPECT_FALSE(replay_proofs("hello").ok());
}

TEST(Prove, ContingentComesWithBothModels) {
  const auto answer = prove({.assumptions = {"v > 3"}}, "v < 7");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->answer, Answer::Contingent);
  ASSERT_EQ(answer->true_where.size(), 1u);
  EXPECT_EQ(answer->true_where[0].name, "v");
  ASSERT_EQ(answer->false_where.size(), 1u);
}

TEST(Prove, ANumberIsNoGoal) {
  const auto answer = prove({}, "x + 1");
  ASSERT_FALSE(answer.ok());
  EXPECT_NE(
      answer.error().message.find("expected a term of sort Bool, found Int"),
      std::string::npos);
}

TEST(Prove, ManyThreadsGiveTheAnswersOfOne) {
  std::vector<std::string> expressions;
  for (int i = 0; i < 200; ++i)
    expressions.push_back("(v * 8 + " + std::to_string(i) +
                          ") % 8 == " + std::to_string(i % 8 + i % 3 / 2));
  size_t last = 0;
  const auto ask = [](const std::string& e) { return prove({}, e); };
  const auto one =
      answer_all<ProveAnswer>(expressions, 1, ask, [&](size_t n) { last = n; });
  const auto many = answer_all<ProveAnswer>(expressions, 4, ask);
  EXPECT_EQ(last, 200u);
  for (size_t i = 0; i < expressions.size(); ++i)
    EXPECT_EQ(one[i]->answer, many[i]->answer) << expressions[i];
}

TEST(Prove, AStopKeepsWhatIsAnswered) {
  const std::vector<std::string> expressions(50, "x < x + 1");
  std::stop_source source;
  const auto answers = answer_all<ProveAnswer>(
      expressions, 1, [](const std::string& e) { return prove({}, e); },
      [&](size_t done) {
        if (done == 7) source.request_stop();
      },
      source.get_token());
  for (size_t i = 0; i < expressions.size(); ++i) {
    if (i < 7)
      EXPECT_EQ(answers[i]->answer, Answer::True);
    else
      EXPECT_EQ(answers[i].error().kind, ErrorKind::Interrupted);
  }
}

TEST(Prove, TiersCanBeChosen) {
  const auto tiers = parse_tiers("refute,egraph");
  ASSERT_TRUE(tiers.ok());
  ASSERT_EQ(tiers->size(), 2u);
  EXPECT_EQ((*tiers)[0], rewrite::Tier::Refute);
  EXPECT_EQ((*tiers)[1], rewrite::Tier::EGraph);
  // Samples alone show nothing true.
  EXPECT_EQ(prove({.tiers = {rewrite::Tier::Refute}}, "x < x + 1")->answer,
            Answer::Open);
  EXPECT_EQ(prove({.tiers = *tiers}, "x < x + 1")->answer, Answer::True);
  for (const char* wrong : {"", "linear,", "linear, greedy", "linear,linear"})
    EXPECT_EQ(parse_tiers(wrong).error().kind, ErrorKind::InvalidArgument);
}

TEST(Bounds, BothEndsComeWithProofs) {
  const auto found = find_bounds(
      {.assumptions = {"v in [0, 63]", "w % 4 == 1"}, .with_proof = true},
      "min(v / 8 * 8, 40) + w % 4");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->low.value, 1);
  EXPECT_EQ(found->high.value, 41);
  const auto replayed = replay_proofs(found->low_proof + found->high_proof);
  ASSERT_TRUE(replayed.ok()) << replayed.error().message;
  EXPECT_EQ(*replayed, 2u);
  // A closer end has no such proof.
  std::string closer = found->high_proof;
  const size_t at = closer.find(" 41 )\n");
  ASSERT_NE(at, std::string::npos);
  closer.replace(at, 4, " 40 ");
  EXPECT_FALSE(replay_proofs(closer).ok());
  // An end that is not there needs none.
  const auto open_end =
      find_bounds({.assumptions = {"v >= 3"}, .with_proof = true}, "v * 2");
  EXPECT_EQ(*replay_proofs(open_end->low_proof), 1u);
  EXPECT_EQ(open_end->high_proof, "");
}

TEST(Solve, EveryKindOfSolutionComesWithItsProof) {
  const auto claim = [](SolveRequest request, std::string_view condition) {
    request.with_proof = true;
    const auto answer = solve(request, condition);
    EXPECT_TRUE(answer.ok());
    EXPECT_EQ(*replay_proofs(answer->proof), 1u);
    const size_t at = answer->proof.find("proves true ( ");
    return answer->proof.substr(at + 14, 2);
  };
  EXPECT_EQ(claim({.variable = "v"}, "v * 6 % 8 == 2"), "==");
  EXPECT_EQ(
      claim({.assumptions = {"j in [0, 7]"}, .variable = "i"}, "i * 8 + j < n"),
      "==");
  EXPECT_EQ(claim({.variable = "v"}, "v * v * v < n"), "||");
  EXPECT_EQ(
      claim({.variable = "v", .otherwise = rewrite::Solution::Kind::Inner},
            "v * n < 10 || v > 20"),
      "||");
}

TEST(Prove, FilesHoldATableOrALineEach) {
  const auto table = expressions_in(
      "ID,Expression,HalideResult,HalideTime\n0,( < x 3 ),1,104\n"
      "1,\"min(x, y) < 3\",1,3\n");
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table[0], "( < x 3 )");
  EXPECT_EQ(table[1], "min(x, y) < 3");
  const auto lines = expressions_in("# two\nmin(x, y) < 3\r\n\n x > 1\n");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "min(x, y) < 3");
}

TEST(TextContext, KnowsWhatWasAssumedSinceAPush) {
  TextContext context;
  ASSERT_TRUE(context.assume("n % 8 == 0").ok());
  context.push();
  ASSERT_TRUE(context.assume("i in [0, n)").ok());
  const auto inside = context.prove("i / 8 < n / 8", true);
  ASSERT_TRUE(inside.ok()) << inside.error().message;
  EXPECT_EQ(inside->answer, Answer::True);
  EXPECT_NE(inside->proof, "");
  ASSERT_TRUE(context.pop().ok());
  EXPECT_EQ(context.prove("i < n")->answer, Answer::Contingent);
  EXPECT_EQ(context.pop().error().kind, ErrorKind::InvalidArgument);
  EXPECT_NE(context.assume("i +").error().message.find("assumption 'i +': 1:4"),
            std::string::npos);
}

TEST(FindBounds, EndsComeWithTheirValues) {
  const auto bounds =
      find_bounds({.assumptions = {"0 <= v && v < 64"}}, "v / 8 * 8");
  ASSERT_TRUE(bounds.ok());
  EXPECT_EQ(bounds->low.value, 0);
  EXPECT_EQ(bounds->high.value, 56);
  ASSERT_EQ(bounds->high_at.size(), 1u);
  EXPECT_EQ(bounds->high_at[0].name, "v");
}

TEST(Prove, WhatAnAnalysisOfTheEGraphKnowsIsReplayed) {
  // min(a, b) - b % -8 * a is at most a * (1 - b % 8), whose factors' signs say
  // the rest: a rule, then three ranges.
  const ProveRequest request = {
      .assumptions = {"0 <= a && a < 20", "b % 4 == 1"},
      .with_proof = true,
      .tiers = {rewrite::Tier::EGraph}};
  const Result<ProveAnswer> answer =
      prove(request, "min(max(a, a), b) - b % -8 * a < 18");
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->answer, Answer::True);
  EXPECT_NE(answer->proof.find("\nrange ( * a "), std::string::npos)
      << answer->proof;
  EXPECT_EQ(*replay_proofs(answer->proof), 1u);
}

TEST(Prove, WhatATierKnowsWithoutAProofThatReplaysIsOpen) {
  // The greedy pass knows it, its steps are not enough for the checker, and the
  // certificate of the linear tier is out of reach here.
  constexpr std::string_view kClaim =
      "min(a*96 + b + 88, c) - 8 <= "
      "(min(c - (a*96 + b), 88) + 7) / 16 * 16 + (a*96 + b) && "
      "min(u, min(v, w)) == min(min(u, v), w)";
  rewrite::ContextOptions options;
  options.prover.tiers = {rewrite::Tier::Greedy};
  EXPECT_EQ(TextContext(options).prove(kClaim)->answer, Answer::True);
  options.prover.linear.limits = {.pivots = 0, .cases = 0};
  EXPECT_EQ(TextContext(options).context().prove(kClaim)->answer, Answer::True);
  EXPECT_EQ(TextContext(options).prove(kClaim)->answer, Answer::Open);
}

}  // namespace
}  // namespace hone::toolkit
