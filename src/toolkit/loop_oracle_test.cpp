// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the prover is for: checks that intervals leave in a kernel, and it does
// not.
#include "toolkit/loop_oracle.h"

#include <gtest/gtest.h>

#include "tensor/kernel/kernel_text.h"
#include "tensor/loop/interval_oracle.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/lower_loops.h"
#include "tensor/loop/region.h"
#include "tensor/loop/schedule.h"

namespace hone::toolkit {
namespace {

using tensor::IndexOracle;

tensor::LoopProgram scheduled(std::string_view text, std::string_view script,
                              IndexOracle& oracle) {
  tensor::LoopHistory history(*tensor::parse_loops(text));
  const Status status =
      history.apply_all(*tensor::parse_schedule(script), oracle);
  EXPECT_TRUE(status.ok()) << status.error().message;
  return history.now();
}

std::string kernel_of(const tensor::LoopProgram& program) {
  const auto lowered = lower_loops(program);
  EXPECT_TRUE(lowered.ok());
  return print_kernel(lowered->kernel);
}

// Rows of any multiple of 16, in vectors of 16, by tiles of 64.
constexpr std::string_view kScale = R"(loops scale {
  size N = 112
  fact N mod 16 = 0
  input x[N] output y[N]
  node twice: y[i] = x[i] * 2 over i < N })";
constexpr std::string_view kVectors = "split i 16 as b v; vectorize v";

TEST(LoopOracle, TheProverRemovesATailGuardThatIntervalsLeave) {
  tensor::IntervalOracle intervals;
  const std::string with = kernel_of(scheduled(kScale, kVectors, intervals));
  EXPECT_NE(with.find("lanes N"), std::string::npos) << with;
  EXPECT_NE(with.find("if "), std::string::npos) << with;

  LoopOracle prover;
  const std::string without = kernel_of(scheduled(kScale, kVectors, prover));
  EXPECT_EQ(without,
            "kernel scale lanes 16 (x f32, y f32, N) {\n"
            "  for b = 0 .. (N + 15) / 16 step 1 {\n"
            "    %v0 = load x[b * 16]\n"
            "    %c1 = constant 2\n"
            "    %t2 = mul %v0, %c1\n"
            "    store y[b * 16], %t2\n"
            "  }\n"
            "}\n");
  EXPECT_GT(prover.counts().by_prover, 0);
}

TEST(LoopOracle, TheProverRemovesADeadBoundCheck) {
  // A window that a padded size leaves no room to leave.
  constexpr std::string_view text = R"(loops window {
    size N = 9
    input x[2*N + 1] output y[N]
    node w: y[i] += select(2*i + r < 2*N + 1, x[2*i + r], 0)
      over i < N, r < 3 })";
  constexpr std::string_view script =
      "split i 4 tail as o t; merge o t as whole; split whole 2 as a b";
  tensor::IntervalOracle intervals;
  EXPECT_NE(print_tree(scheduled(text, script, intervals).tree).find("select"),
            std::string::npos);
  LoopOracle prover;
  const tensor::LoopProgram program = scheduled(text, script, prover);
  EXPECT_EQ(print_tree(program.tree).find("select"), std::string::npos)
      << print_tree(program.tree);
  EXPECT_TRUE(check_places(program, prover).ok());
}

TEST(LoopOracle, PlacesAreShownToLieInsideOrNamed) {
  LoopOracle prover;
  const auto good = tensor::parse_loops(
      "loops g { input x[8, 4] input at[3] i64 output y[3, 4] node n: y[i, j] "
      "= x[min(max(at[i], 0), 7), j] over i < 3, j < 4 }");
  EXPECT_TRUE(check_places(*good, prover).ok());
  const auto bad = tensor::parse_loops(
      "loops g { input x[8] input at[3] i64 output y[3] node n: y[i] = "
      "x[max(at[i], 0)] over i < 3 }");
  EXPECT_NE(check_places(*bad, prover).error().message.find("may lie outside"),
            std::string::npos);
}

TEST(LoopOracle, AClaimThatDoesNotHoldIsNotShown) {
  LoopOracle prover;
  const tensor::IndexFacts facts = {
      .sizes = {"N"}, .loops = {{"i", tensor::Index::variable("N")}}};
  const auto i = tensor::Index::variable("i");
  const auto n = tensor::Index::variable("N");
  using Relation = tensor::Condition::Relation;
  EXPECT_TRUE(prover.always(facts, {i, Relation::Less, n}));
  EXPECT_FALSE(prover.always(facts, {i + 1, Relation::Less, n}));
  EXPECT_TRUE(
      prover.always(facts, {floor_div(i, 4) * 4, Relation::Less, i + 1}));
  EXPECT_EQ(prover.bounds(facts, floor_mod(i, 8)).high, 7);
}

}  // namespace
}  // namespace hone::toolkit
