// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random schedules against the tree that they began with, and kernels made of
// them against both, all interpreted. Machine code: toolkit/check_schedules.
#include "tensor/loop/random_loops.h"

#include <gtest/gtest.h>

#include <map>

#include "tensor/kernel/interpret_kernel.h"
#include "tensor/loop/interval_oracle.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/lower_loops.h"

namespace hone::tensor {
namespace {

// Outputs of the kernel, by the interpreter of kernels.
LoopData run_kernel(const LoopProgram& program, const LoweredLoops& lowered,
                    LoopData data) {
  std::vector<KernelBuffer> buffers;
  for (const std::string& name : lowered.tensors) {
    const LoopTensor& tensor = *program.find_tensor(name);
    if (tensor.element == Element::F32) {
      std::vector<float>& values = data.floats[name];
      values.resize(static_cast<size_t>(elements_of(program, tensor)));
      buffers.push_back({reinterpret_cast<std::byte*>(values.data()),
                         static_cast<int64_t>(values.size() * 4)});
    } else {
      std::vector<int64_t>& values = data.integers[name];
      buffers.push_back({reinterpret_cast<std::byte*>(values.data()),
                         static_cast<int64_t>(values.size() * 8)});
    }
  }
  const int64_t tasks = value_of(program, lowered.tasks);
  const Status status = interpret_kernel(
      lowered.kernel, buffers, kernel_sizes(program, lowered, 0, tasks));
  EXPECT_TRUE(status.ok()) << status.error().message;
  return data;
}

std::string difference(const LoopProgram& program, const LoopData& got,
                       const LoopData& wanted) {
  for (const LoopTensor& tensor : program.tensors)
    if (tensor.role == LoopTensor::Role::Output &&
        got.floats.at(tensor.name) != wanted.floats.at(tensor.name))
      return tensor.name;
  return "";
}

TEST(RandomSchedules, ComputeWhatTheDefaultTreeDoes) {
  IntervalOracle oracle;
  std::map<std::string, int> legal;
  int lowered_count = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    Random random(seed);
    const LoopProgram program = random_program(random);
    const LoopData inputs = random_inputs(program, random);
    const RandomSchedule schedule =
        random_schedule(program, 10, random, oracle);
    std::string script;
    for (const LoopStep& step : schedule.steps) {
      script += to_text(step) + "\n";
      ++legal[to_text(step).substr(0, to_text(step).find(' '))];
    }
    const std::string what = std::to_string(seed) + "\n" +
                             print_loops(program) + script +
                             print_loops(schedule.program);
    const auto wanted = interpret_loops(program, inputs);
    ASSERT_TRUE(wanted.ok()) << wanted.error().message << what;
    const auto got = interpret_loops(schedule.program, inputs);
    ASSERT_TRUE(got.ok()) << got.error().message << what;
    ASSERT_EQ(difference(program, *got, *wanted), "") << what;
    const auto lowered = lower_loops(schedule.program);
    if (!lowered.ok()) continue;
    ++lowered_count;
    const LoopData run = run_kernel(schedule.program, *lowered, inputs);
    ASSERT_EQ(difference(program, run, *wanted), "") << what;
    const auto again = parse_loops(print_loops(schedule.program));
    ASSERT_TRUE(again.ok()) << again.error().message << what;
    ASSERT_EQ(print_loops(*again), print_loops(schedule.program));
  }
  EXPECT_GT(lowered_count, 380);
  // Every kind of step must have been legal sometimes.
  for (const char* step :
       {"compute", "cut", "distribute", "fuse", "merge", "parallel", "split",
        "stage", "swap", "unroll", "vectorize"})
    EXPECT_GT(legal[step], 0) << step;
  for (const auto& [step, count] : legal) RecordProperty(step, count);
}

}  // namespace
}  // namespace hone::tensor
