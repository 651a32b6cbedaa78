// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each step in the text form: program, script, resulting tree.
#include "tensor/loop/schedule.h"

#include <gtest/gtest.h>

#include "tensor/loop/interval_oracle.h"
#include "tensor/loop/loop_text.h"

namespace hone::tensor {
namespace {

struct Outcome {
  std::string tree;
  std::string error;
};

Outcome run_script(std::string_view text, std::string_view script) {
  const auto program = parse_loops(text);
  EXPECT_TRUE(program.ok()) << program.error().message;
  const auto steps = parse_schedule(script);
  EXPECT_TRUE(steps.ok()) << steps.error().message;
  IntervalOracle oracle;
  LoopHistory history(*program);
  const Status status = history.apply_all(*steps, oracle);
  return {print_tree(history.now().tree),
          status.ok() ? "" : status.error().message};
}

constexpr std::string_view kMove = R"(loops p { size N = 10
  input x[N, 6] output y[N, 6]
  node mv: y[i, j] = x[i, j] over i < N, j < 6 })";

constexpr std::string_view kSum = R"(loops p {
  input x[12, 8] output y[12]
  node sum: y[i] += x[i, j] over i < 12, j < 8 })";

constexpr std::string_view kChain = R"(loops p {
  input x[14] local t[12] output y[10]
  node one: t[i] = x[i] + x[i + 2] over i < 12
  node two: y[j] += t[j + r] over j < 10, r < 3 })";

TEST(Steps, SplitGuardsWhatMayBeLeftOver) {
  EXPECT_EQ(run_script(kMove, "split i 4").tree,
            "for i_o < (N + 3) / 4 {\n"
            "  for i_i < 4 {\n"
            "    for j < 6 {\n"
            "      mv: y[i_i + 4*i_o, j] = x[i_i + 4*i_o, j] "
            "if i_i + 4*i_o < N\n"
            "    }\n  }\n}\n");
}

TEST(Steps, SplitNeedsNoGuardWhereTheFactorDivides) {
  EXPECT_EQ(run_script(kMove, "split j 3 as jo ji; unroll ji").tree,
            "for i < N {\n"
            "  for jo < 2 {\n"
            "    for ji < 3 unroll {\n"
            "      mv: y[i, ji + 3*jo] = x[i, ji + 3*jo]\n"
            "    }\n  }\n}\n");
}

TEST(Steps, SplitTailMakesALoopOfItsOwn) {
  EXPECT_EQ(run_script(kMove, "split j 4 tail").tree,
            "for i < N {\n"
            "  for j_o < 1 {\n"
            "    for j_i < 4 {\n"
            "      mv: y[i, j_i + 4*j_o] = x[i, j_i + 4*j_o]\n"
            "    }\n  }\n"
            "  for j_1 < 2 {\n"
            "    mv: y[i, j_1 + 4] = x[i, j_1 + 4]\n"
            "  }\n}\n");
}

TEST(Steps, SplitOverlapDoesTheLastTurnEarlier) {
  EXPECT_EQ(run_script(kSum, "split i 5 overlap").tree,
            "for i_o < 3 overlaps {\n"
            "  for i_i < 5 {\n"
            "    sum_init: y[i_i + min(5*i_o, 7)] = 0\n"
            "    for j < 8 {\n"
            "      sum: y[i_i + min(5*i_o, 7)] += x[i_i + min(5*i_o, 7), j]\n"
            "    }\n  }\n}\n");
  // Adding up twice is no repetition; nor may a tile be larger than the loop.
  EXPECT_NE(run_script(kSum, "split j 5 overlap").error.find("share 'y'"),
            std::string::npos);
  EXPECT_NE(run_script(kSum, "distribute i 1; split i_1 5 overlap")
                .error.find("as it left it"),
            std::string::npos);
  EXPECT_NE(
      run_script(kMove, "split i 4 overlap").error.find("may be less than 4"),
      std::string::npos);
}

TEST(Steps, CutTakesAConditionApart) {
  EXPECT_EQ(run_script("loops p { input x[4] output y[6] node pad: y[i] = "
                       "select(0 < i && i < 5, x[i - 1], 0) over i < 6 }",
                       "cut i 1; cut i_1 4")
                .tree,
            "for i < 1 {\n  pad: y[i] = 0\n}\n"
            "for i_1 < 4 {\n  pad: y[i_1 + 1] = x[i_1]\n}\n"
            "for i_1_1 < 1 {\n  pad: y[i_1_1 + 5] = 0\n}\n");
}

TEST(Steps, SwapKeepsWhatDependsInOrder) {
  EXPECT_EQ(run_script(kMove, "swap i j").tree,
            "for j < 6 {\n  for i < N {\n"
            "    mv: y[i, j] = x[i, j]\n  }\n}\n");
  EXPECT_NE(run_script(kSum, "swap i j").error.find("not all of its body"),
            std::string::npos);
  // A loop that sets and adds may not leave what it adds up.
  EXPECT_NE(run_script(kChain, "split j 5; stage y j_o as s; swap j_o j_i")
                .error.find("cannot swap"),
            std::string::npos);
}

TEST(Steps, OrderIsManySwaps) {
  EXPECT_EQ(
      run_script(kSum,
                 "distribute i 1; split i_1 4 as a b; order j a b; unroll b")
          .tree,
      "for i < 12 {\n  sum_init: y[i] = 0\n}\n"
      "for j < 8 {\n  for a < 3 {\n    for b < 4 unroll {\n"
      "      sum: y[4*a + b] += x[4*a + b, j]\n    }\n  }\n}\n");
}

TEST(Steps, MergeUndoesASplit) {
  EXPECT_EQ(run_script(kSum, "split i 4; merge i_o i_i as i").tree,
            run_script(kSum, "split i 4; undo").tree);
}

TEST(Steps, FuseBringsWhatIsMadeToWhatReadsIt) {
  const std::string_view text = R"(loops p {
    input x[9] local t[9] output y[9]
    node one: t[i] = x[i] over i < 9
    node two: y[j] = t[j] * 2 over j < 9 })";
  EXPECT_EQ(run_script(text, "fuse i j").tree,
            "for i < 9 {\n  one: t[i] = x[i]\n  two: y[i] = t[i] * 2\n}\n");
  EXPECT_EQ(run_script(text, "fuse i j; distribute i 1").error, "");
  EXPECT_NE(
      run_script(kChain, "cut i 10; fuse i_1 j").error.find("its extent is"),
      std::string::npos);
  EXPECT_NE(run_script(R"(loops p { input x[9] local t[9] output y[9]
    node one: t[i] = x[i] over i < 9
    node two: y[j] = t[8 - j] over j < 9 })",
                       "fuse i j")
                .error.find("may need 't' of others"),
            std::string::npos);
}

TEST(Steps, ComputeMakesWhatIsReadWhereItIsRead) {
  EXPECT_EQ(run_script(kChain, "split j 5; compute one j_o").tree,
            "for j_o < 2 {\n"
            "  for i < 7 {\n"
            "    one: t_at[i] = x[i + 5*j_o] + x[i + 5*j_o + 2]\n"
            "  }\n"
            "  for j_i < 5 {\n"
            "    two_init: y[j_i + 5*j_o] = 0\n"
            "    for r < 3 {\n"
            "      two: y[j_i + 5*j_o] += t_at[j_i + r]\n"
            "    }\n  }\n}\n");
}

TEST(Steps, StageKeepsSumsInRegisters) {
  EXPECT_EQ(run_script(kSum, "stage y i register as s").tree,
            "for i < 12 {\n"
            "  sum_init: s[0] = 0\n"
            "  for j < 8 {\n"
            "    sum: s[0] += x[i, j]\n"
            "  }\n"
            "  for s_out0 < 1 {\n"
            "    s_out: y[i + s_out0] = s[s_out0]\n"
            "  }\n}\n");
}

TEST(Steps, StagePacksInAnotherOrder) {
  EXPECT_EQ(run_script(kSum, "split i 4; stage x i_o order 1 0 as p").tree,
            "for i_o < 3 {\n"
            "  for p_in0 < 8 {\n    for p_in1 < 4 {\n"
            "      p_in: p[p_in0, p_in1] = x[4*i_o + p_in1, p_in0]\n"
            "    }\n  }\n"
            "  for i_i < 4 {\n"
            "    sum_init: y[i_i + 4*i_o] = 0\n"
            "    for j < 8 {\n"
            "      sum: y[i_i + 4*i_o] += p[j, i_i]\n"
            "    }\n  }\n}\n");
}

TEST(Steps, VectorsNeedLanesThatDoNotDepend) {
  EXPECT_EQ(run_script(kMove, "split j 2; vectorize j_i; serial j_i").error,
            "");
  EXPECT_EQ(run_script(kSum, "vectorize j").error, "");  // sums lanes up
  EXPECT_NE(run_script(kSum, "vectorize i").error.find("stands in it"),
            std::string::npos);
  EXPECT_NE(
      run_script("loops p { output y[8] node n: y[j] = 1 over j < 8 tree { "
                 "for i < 4 { n: y[0] = 1 } } }",
                 "vectorize i")
          .error.find("'y[0]'"),
      std::string::npos);
}

TEST(Steps, ParallelNeedsTurnsThatShareNothing) {
  EXPECT_EQ(run_script(kSum, "parallel i").error, "");
  EXPECT_NE(
      run_script(kSum, "distribute i 1; parallel i_1").error.find("only root"),
      std::string::npos);
  EXPECT_NE(run_script(kSum, "stage x i; parallel i").error.find("threads"),
            std::string::npos);
}

TEST(Steps, UndoAndRedoWalkThroughTheHistory) {
  const auto program = parse_loops(kSum);
  IntervalOracle oracle;
  LoopHistory history(*program);
  ASSERT_TRUE(history.apply({LoopStepKind::Split, {"i", "4"}}, oracle).ok());
  const std::string after = print_loops(history.now());
  ASSERT_TRUE(history.apply({LoopStepKind::Undo}, oracle).ok());
  EXPECT_EQ(print_loops(history.now()), print_loops(*program));
  EXPECT_EQ(history.steps().size(), 0);
  ASSERT_TRUE(history.apply({LoopStepKind::Redo}, oracle).ok());
  EXPECT_EQ(print_loops(history.now()), after);
  const Status status = history.apply({LoopStepKind::Redo}, oracle);
  EXPECT_EQ(status.error().kind, ErrorKind::NotFound);
}

TEST(Steps, AnUnknownLoopIsNamedWithThoseThatExist) {
  EXPECT_EQ(run_script(kSum, "unroll z").error,
            "step 1 (unroll z): no loop 'z'; there are i, j");
}

TEST(Steps, TheTableNamesEachWithItsArguments) {
  for (const char* name : {"compute", "cut", "distribute", "fuse", "merge",
                           "order", "parallel", "redo", "serial", "split",
                           "stage", "swap", "undo", "unroll", "vectorize"})
    EXPECT_EQ(std::ranges::count(loop_steps(), name, &LoopStepInfo::name), 1)
        << name;
}

}  // namespace
}  // namespace hone::tensor
