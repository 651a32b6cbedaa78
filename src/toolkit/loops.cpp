// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/loops.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <charconv>

#include "codegen/c/print_c.h"
#include "tensor/kernel/kernel_text.h"
#include "tensor/loop/edit.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/random_loops.h"
#include "tensor/loop/region.h"
#include "tensor/loop/verify_loops.h"
#include "toolkit/loop_code.h"
#include "toolkit/loop_oracle.h"
#include "toolkit/machine_peak.h"

namespace hone::toolkit {

using tensor::LoopData;
using tensor::LoopProgram;

namespace {

// Memory for one run, of all tensors.
constexpr int64_t kMostElements = int64_t{1} << 28;
constexpr double kRoundSeconds = 0.004;
constexpr double kTolerance = 1e-4;
constexpr uint64_t kSeed = 1;

Status set_sizes(LoopProgram& program, const std::vector<std::string>& sizes) {
  for (const std::string& text : sizes) {
    const size_t sign = text.find('=');
    int64_t value = 0;
    const auto [end, code] =
        std::from_chars(text.data() + std::min(sign + 1, text.size()),
                        text.data() + text.size(), value);
    const auto size = std::ranges::find(program.sizes, text.substr(0, sign),
                                        &tensor::LoopSize::name);
    if (sign == std::string::npos || code != std::errc() ||
        end != text.data() + text.size() || size == program.sizes.end())
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("expected NAME=NUMBER with one of the program's "
                               "sizes, found '{}'",
                               text));
    size->value = value;
  }
  return verify_loops(program);
}

Status check_memory(const LoopProgram& program) {
  int64_t sum = 0;
  for (const tensor::LoopTensor& tensor : program.tensors)
    sum += elements_of(program, tensor);
  if (sum > kMostElements)
    return Error(ErrorKind::LimitReached,
                 fmt::format("the tensors have {} elements, at most {} are run",
                             sum, kMostElements));
  return {};
}

// Of this thread's processor time: other programs do not count.
double now() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) +
         1e-9 * static_cast<double>(time.tv_nsec);
}

// Something to run, with memory of its own.
class Runner {
 public:
  static Result<Runner> make(const LoopProgram& program, const LoopData& inputs,
                             tensor::IndexOracle& oracle) {
    HONE_RETURN_IF_ERROR(check_memory(program));
    HONE_RETURN_IF_ERROR(check_places(bind_sizes(program), oracle));
    HONE_ASSIGN_OR_RETURN(LoopCode code, compile_loops(program));
    LoopMemory memory(program, code.lowered, inputs);
    return Runner(program, std::move(code), std::move(memory));
  }

  double seconds(int calls) {
    const double start = now();
    for (int i = 0; i < calls; ++i) code_.run(program_, memory_);
    return (now() - start) / calls;
  }

  LoopData outputs() const {
    LoopData data;
    for (const tensor::LoopTensor& tensor : program_.tensors)
      if (tensor.role == tensor::LoopTensor::Role::Output)
        data.floats[tensor.name] = memory_.floats(tensor.name);
    return data;
  }

  const LoopCode& code() const { return code_; }
  bool is_intact() const { return memory_.is_intact(); }

 private:
  Runner(const LoopProgram& program, LoopCode code, LoopMemory memory)
      : program_(program), code_(std::move(code)), memory_(std::move(memory)) {}

  const LoopProgram& program_;
  LoopCode code_;
  LoopMemory memory_;
};

Result<LoopTimes> compare_and_time(const LoopProgram& before,
                                   const LoopProgram& after, int rounds,
                                   tensor::IndexOracle& oracle) {
  LoopProgram plain = before;
  plain.tree = default_tree(before);
  std::erase_if(plain.tensors, [](const tensor::LoopTensor& tensor) {
    return !tensor.home.empty();
  });
  Random random(kSeed);
  const LoopData inputs = random_inputs(before, random);
  HONE_ASSIGN_OR_RETURN(Runner first, Runner::make(plain, inputs, oracle));
  HONE_ASSIGN_OR_RETURN(Runner second, Runner::make(after, inputs, oracle));
  LoopTimes times = {.flops = flops_of(before),
                     .first_seconds = first.seconds(1),
                     .compile_seconds = second.code().seconds,
                     .spills = second.code().spills};
  const double once = second.seconds(1);
  const std::string what =
      difference(before, second.outputs(), first.outputs(), kTolerance);
  if (!what.empty() || !second.is_intact())
    return Error(ErrorKind::Rejected,
                 fmt::format("the tree computes something else than its nodes "
                             "say: {}",
                             what.empty() ? "memory beside a tensor" : what));
  const int calls = std::max(1, static_cast<int>(kRoundSeconds / once));
  std::vector<double> seconds;
  std::vector<double> peaks;
  for (int i = 0; i < rounds; ++i) {
    seconds.push_back(second.seconds(calls));
    if (i % 5 != 0) continue;
    HONE_ASSIGN_OR_RETURN(const MachinePeak peak, measure_peak());
    peaks.push_back(peak.flops);
  }
  std::ranges::sort(seconds);
  std::ranges::sort(peaks);
  times.seconds = seconds[seconds.size() / 2];
  times.fastest = seconds[seconds.size() / 4];
  times.slowest = seconds[seconds.size() * 3 / 4];
  times.peak = peaks[peaks.size() / 2];
  return times;
}

}  // namespace

double CompiledCost::cycles(const LoopProgram& program,
                            const tensor::LoweredLoops& lowered,
                            const tensor::LoopMachine& machine,
                            tensor::IndexOracle& oracle) {
  const double cycles = kernel_.cycles(program, lowered, machine, oracle);
  if (cycles >= best_) return cycles;
  const auto code = compile_loops(program);
  if (!code.ok() || code->spills > 0)
    return std::numeric_limits<double>::infinity();
  return best_ = cycles;
}

tensor::LoopMachine this_machine() {
  tensor::LoopMachine machine;
  const auto target = codegen::find_target("native");
  if (!target.ok()) return machine;
  machine.lanes = target->vector_bytes / 4;
  machine.vector_registers = target->vector_registers;
  return machine;
}

Result<LoopsAnswer> run_loops(const LoopsRequest& request) {
  HONE_ASSIGN_OR_RETURN(LoopProgram program, tensor::parse_loops(request.text));
  HONE_RETURN_IF_ERROR(set_sizes(program, request.sizes));
  HONE_ASSIGN_OR_RETURN(const std::vector<tensor::LoopStep> steps,
                        tensor::parse_schedule(request.script));
  LoopOracle oracle;
  LoopsAnswer answer = {.before = program};
  tensor::LoopHistory history(program);
  if (request.choose) {
    tensor::TileSpace space;
    tensor::KernelCost cost;
    HONE_ASSIGN_OR_RETURN(const tensor::ChosenSchedule chosen,
                          choose_schedule(program, space, cost, this_machine(),
                                          oracle, 24, &answer.log));
    HONE_RETURN_IF_ERROR(history.apply_all(chosen.steps, oracle));
  }
  HONE_RETURN_IF_ERROR(history.apply_all(steps, oracle));
  answer.after = history.now();
  answer.steps.assign(history.steps().begin(), history.steps().end());
  if (request.run) {
    HONE_ASSIGN_OR_RETURN(
        answer.times,
        compare_and_time(program, answer.after, request.rounds, oracle));
  }
  answer.claims = oracle.counts().asked;
  answer.by_prover = oracle.counts().by_prover;
  return answer;
}

Result<std::string> emit_loops(const LoopProgram& program,
                               std::string_view form) {
  HONE_ASSIGN_OR_RETURN(const tensor::LoweredLoops lowered,
                        lower_loops(program));
  if (form == "kernel") return print_kernel(lowered.kernel);
  const std::vector<codegen::NamedKernel> named = {
      {program.name, lowered.kernel}};
  if (form == "c") return codegen::print_c_file(named);
  HONE_ASSIGN_OR_RETURN(const codegen::CpuTarget target,
                        codegen::find_target("native"));
  return codegen::print_llvm(named, target);
}

}  // namespace hone::toolkit
