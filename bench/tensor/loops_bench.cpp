// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels from loop trees against those that the plan's builders write, in one
// process and interleaved:
//
//   taskset -c 0 build/release/bin/loops_bench
//
// One thread. The trees are examples/loops/{product,convolution}.loops under
// the schedule that the chooser takes; the builders get the tiles that the plan
// takes for these shapes. Results are compared before anything is timed.
// Processor time; medians of 31 rounds, quartiles of the tree's, the median of
// the ratios within a round, and of a probe of the peak.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "base/file.h"
#include "tensor/kernel/convolution.h"
#include "tensor/kernel/gemm.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/random_loops.h"
#include "toolkit/loop_code.h"
#include "toolkit/loop_oracle.h"
#include "toolkit/loops.h"
#include "toolkit/machine_peak.h"

namespace {

using namespace hone;  // NOLINT: a program of one file

constexpr int kRounds = 31;
constexpr double kRoundSeconds = 0.004;

[[noreturn]] void fail(const std::string& message) {
  fmt::print(stderr, "loops_bench: {}\n", message);
  std::exit(2);
}

template <typename T>
T take(Result<T> result) {
  if (!result.ok()) fail(result.error().message);
  return *std::move(result);
}

// Of this thread's processor time: other programs do not count.
double now() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         1e-9 * static_cast<double>(time.tv_nsec);
}

double time_of(const std::function<void()>& run, int calls) {
  const double start = now();
  for (int i = 0; i < calls; ++i) run();
  return (now() - start) / calls;
}

double quantile(std::vector<double> values, double q) {
  std::ranges::sort(values);
  return values[static_cast<size_t>(q *
                                    static_cast<double>(values.size() - 1))];
}

// The builder's kernel takes the tree's tensors, in the tree's order.
void compare(const std::string& file, const tensor::VectorKernel& builder,
             const std::vector<int64_t>& sizes) {
  const auto program =
      take(tensor::parse_loops(take(read_file("examples/loops/" + file))));
  toolkit::LoopOracle oracle;
  tensor::TileSpace space;
  toolkit::CompiledCost cost;
  const double start = now();
  const auto chosen = take(
      choose_schedule(program, space, cost, toolkit::this_machine(), oracle));
  const double chosen_in = now() - start;
  const toolkit::LoopCode tree = take(toolkit::compile_loops(chosen.program));
  const auto code = take(codegen::compile_kernels(
      {{"f", builder}}, take(codegen::find_target("native"))));
  codegen::Jit jit = take(codegen::Jit::load(code.object));
  const auto function = take(jit.find("f"));

  Random random(1);
  const tensor::LoopData inputs = random_inputs(program, random);
  toolkit::LoopMemory own(chosen.program, tree.lowered, inputs);
  toolkit::LoopMemory other(chosen.program, tree.lowered, inputs);
  const auto ours = [&] { tree.run(chosen.program, own); };
  const auto theirs = [&] { function(other.pointers().data(), sizes.data()); };
  ours();
  theirs();
  for (const tensor::LoopTensor& t : program.tensors)
    if (t.role == tensor::LoopTensor::Role::Output &&
        own.floats(t.name) != other.floats(t.name))
      fail(file + ": the results differ");

  const double flops = tensor::flops_of(program);
  const int calls =
      std::max(1, static_cast<int>(kRoundSeconds / time_of(ours, 3)));
  std::vector<double> a, b, ratio, peak;
  for (int i = 0; i < kRounds; ++i) {
    const double mine = time_of(ours, calls), builders = time_of(theirs, calls);
    a.push_back(flops / mine / 1e9);
    b.push_back(flops / builders / 1e9);
    ratio.push_back(builders / mine);
    if (i % 10 == 0) peak.push_back(take(toolkit::measure_peak()).flops / 1e9);
  }
  fmt::print(
      "{:<20}{:>8.1f}{:>9.1f}{:>8.1f}{:>10.1f}{:>8.2f}{:>7.0f}{:>8.1f}ms"
      "{:>8.1f}ms{:>7}\n",
      file, quantile(a, 0.5), quantile(a, 0.25), quantile(a, 0.75),
      quantile(b, 0.5), quantile(ratio, 0.5), quantile(peak, 0.5),
      chosen_in * 1e3, tree.seconds * 1e3, tree.spills);
  std::string script;
  for (const tensor::LoopStep& step : chosen.steps)
    script += to_text(step) + "; ";
  fmt::print("  {}\n", script);
}

}  // namespace

int main() {
  fmt::print("{:<20}{:>8}{:>17}{:>10}{:>8}{:>7}{:>10}{:>10}{:>7}\n", "GFLOP/s",
             "tree", "quartiles", "builder", "ratio", "peak", "chosen",
             "compiled", "spills");
  compare("product.loops", tensor::build_gemm({.rows = 6, .vectors = 4}),
          {0, 4, 256, 256, 256, 256, 256, 16, 256});
  compare("convolution.loops",
          tensor::build_convolution(
              {.rows = 1, .columns = 14, .vectors = 2, .bias = false}),
          {0, 2 * 56, 56, 56, 4, 16, 4, 58 * 58 * 16, 58 * 16, 64 * 9 * 16,
           56 * 56 * 16, 56 * 16});
}
