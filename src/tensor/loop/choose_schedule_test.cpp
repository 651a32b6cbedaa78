// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/choose_schedule.h"

#include <gtest/gtest.h>

#include "tensor/loop/interpret_loops.h"
#include "tensor/loop/interval_oracle.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/random_loops.h"

namespace hone::tensor {
namespace {

ChosenSchedule choose(const LoopProgram& program,
                      std::vector<ScheduleLogEntry>* log = nullptr) {
  IntervalOracle oracle;
  TileSpace space;
  KernelCost cost;
  auto chosen = choose_schedule(program, space, cost, {}, oracle, 24, log);
  EXPECT_TRUE(chosen.ok());
  return *std::move(chosen);
}

LoopProgram product(int m, int n, int k) {
  return *parse_loops(
      "loops mm { size M = " + std::to_string(m) +
      " size N = " + std::to_string(n) + " input a[" + std::to_string(m) +
      ", " + std::to_string(k) + "] input b[" + std::to_string(k) + ", " +
      std::to_string(n) + "] output c[" + std::to_string(m) + ", " +
      std::to_string(n) + "] node mm: c[i, j] += a[i, k] * b[k, j] over i < " +
      std::to_string(m) + ", j < " + std::to_string(n) + ", k < " +
      std::to_string(k) + " }");
}

TEST(Chooser, FillsTheRegistersWithSums) {
  std::vector<ScheduleLogEntry> log;
  const ChosenSchedule chosen = choose(product(256, 256, 256), &log);
  int64_t sums = 0;
  for (const LoopTensor& tensor : chosen.program.tensors)
    if (tensor.role == LoopTensor::Role::Register)
      sums = tensor.extents[0].constant() * tensor.extents[1].constant() / 16;
  EXPECT_GE(sums, 12);
  EXPECT_LE(sums, 30);
  EXPECT_FALSE(log.empty());
  for (const ScheduleLogEntry& entry : log)
    EXPECT_GE(entry.cycles, chosen.cycles) << entry.script;
}

TEST(Chooser, IsBetterThanTheDefaultTreeAndComputesTheSame) {
  const LoopProgram program = product(7, 40, 5);
  const ChosenSchedule chosen = choose(program);
  EXPECT_FALSE(chosen.steps.empty());
  Random random(1);
  const LoopData inputs = random_inputs(program, random);
  EXPECT_EQ(interpret_loops(chosen.program, inputs)->floats.at("c"),
            interpret_loops(program, inputs)->floats.at("c"));
}

TEST(Chooser, LeavesWhatItHasNoSpaceForAsItIs) {
  const LoopProgram program = *parse_loops(
      "loops one { input x[9] output y[1] node s: y[0] += x[j] over j < 9 }");
  const ChosenSchedule chosen = choose(program);
  EXPECT_TRUE(chosen.steps.empty());
  EXPECT_EQ(print_loops(chosen.program), print_loops(program));
}

TEST(Chooser, OperationsAreCounted) {
  EXPECT_EQ(flops_of(product(2, 3, 4)), 2 * 2 * 3 * 4);
}

}  // namespace
}  // namespace hone::tensor
