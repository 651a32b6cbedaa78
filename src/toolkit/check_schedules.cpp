// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/check_schedules.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include "base/file.h"
#include "base/subprocess.h"
#include "codegen/c/print_c.h"
#include "tensor/loop/interval_oracle.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/random_loops.h"
#include "toolkit/loop_code.h"
#include "toolkit/loop_oracle.h"

namespace hone::toolkit {

using codegen::KernelFunction;
using codegen::NamedKernel;
using tensor::LoopData;
using tensor::LoopProgram;

namespace {

struct Case {
  uint64_t seed = 0;
  LoopProgram first;
  tensor::RandomSchedule schedule;
  LoopData inputs, wanted;
  tensor::LoweredLoops lowered;
};

class Check {
 public:
  explicit Check(const ScheduleCheckRequest& request) : request_(request) {}

  Result<ScheduleCheckReport> run() {
    std::vector<Case> batch;
    for (int i = 0; i < request_.count; ++i) {
      add(request_.seed + static_cast<uint64_t>(i), batch);
      const bool last = i + 1 == request_.count;
      if (static_cast<int>(batch.size()) < request_.batch && !last) continue;
      HONE_RETURN_IF_ERROR(run_machine_code(batch));
      HONE_RETURN_IF_ERROR(run_c(batch));
      report_.trees += static_cast<int>(batch.size());
      batch.clear();
    }
    return std::move(report_);
  }

 private:
  void fail(const Case& c, std::string_view form, std::string_view what) {
    std::string script;
    for (const tensor::LoopStep& step : c.schedule.steps)
      script += to_text(step) + "; ";
    report_.failures.push_back(fmt::format(
        "seed {}, {}: {}\n{}{}\n{}", c.seed, form, what, print_loops(c.first),
        script, print_loops(c.schedule.program)));
  }

  void compare(const Case& c, std::string_view form, const LoopData& got) {
    const std::string what = difference(c.first, got, c.wanted, 0);
    if (!what.empty()) fail(c, form, what);
  }

  void add(uint64_t seed, std::vector<Case>& batch) {
    Random random(seed);
    Case c = {.seed = seed, .first = tensor::random_program(random)};
    c.inputs = tensor::random_inputs(c.first, random);
    c.schedule =
        tensor::random_schedule(c.first, request_.steps, random, oracle());
    report_.tried += c.schedule.tried;
    for (const tensor::LoopStep& step : c.schedule.steps) {
      const std::string text = to_text(step);
      ++report_.steps[text.substr(0, text.find(' '))];
    }
    auto wanted = interpret_loops(c.first, c.inputs);
    auto got = interpret_loops(c.schedule.program, c.inputs);
    if (!wanted.ok() || !got.ok())
      return fail(c, "interpreted",
                  (wanted.ok() ? got : wanted).error().message);
    c.wanted = *std::move(wanted);
    compare(c, "interpreted", *got);
    auto lowered = lower_loops(c.schedule.program);
    if (!lowered.ok()) {
      ++report_.not_lowered;
      return;
    }
    c.lowered = *std::move(lowered);
    batch.push_back(std::move(c));
  }

  tensor::IndexOracle& oracle() {
    if (request_.with_prover) return prover_;
    return intervals_;
  }

  void run_function(const Case& c, std::string_view form,
                    KernelFunction function) {
    const LoopProgram& p = c.schedule.program;
    LoopMemory memory(p, c.lowered, c.inputs);
    const std::vector<int64_t> sizes =
        kernel_sizes(p, c.lowered, 0, value_of(p, c.lowered.tasks));
    function(memory.pointers().data(), sizes.data());
    LoopData got;
    for (const tensor::LoopTensor& tensor : p.tensors)
      if (tensor.role == tensor::LoopTensor::Role::Output)
        got.floats[tensor.name] = memory.floats(tensor.name);
    compare(c, form, got);
    if (!memory.is_intact())
      fail(c, form, "memory beside a tensor was written");
  }

  static std::string symbol(const Case& c) {
    return fmt::format("f{}", c.seed);
  }

  Status run_machine_code(const std::vector<Case>& batch) {
    HONE_ASSIGN_OR_RETURN(const codegen::CpuTarget target,
                          codegen::find_target("native"));
    std::vector<NamedKernel> kernels;
    for (const Case& c : batch)
      kernels.push_back({symbol(c), c.lowered.kernel});
    HONE_ASSIGN_OR_RETURN(const codegen::MachineCode code,
                          codegen::compile_kernels(kernels, target));
    HONE_ASSIGN_OR_RETURN(codegen::Jit jit, codegen::Jit::load(code.object));
    for (const Case& c : batch) {
      HONE_ASSIGN_OR_RETURN(const KernelFunction f, jit.find(symbol(c)));
      run_function(c, "LLVM", f);
    }
    return {};
  }

  Status run_c(const std::vector<Case>& batch) {
    std::map<int, std::vector<NamedKernel>> by_lanes;
    for (const Case& c : batch)
      by_lanes[c.lowered.kernel.lanes].push_back({symbol(c), c.lowered.kernel});
    HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
    for (const auto& [lanes, kernels] : by_lanes) {
      const std::string stem =
          (folder.path() / fmt::format("k{}", lanes)).string();
      const std::string source = codegen::print_c_file(kernels);
      HONE_RETURN_IF_ERROR(write_file(stem + ".c", source));
      HONE_ASSIGN_OR_RETURN(
          const ProcessResult compiled,
          run_checked(
              {.argv = {"clang-22", "-std=c99", "-O1", "-w", "-march=native",
                        "-ffp-contract=off", "-shared", "-fPIC", stem + ".c",
                        "-o", stem + ".so", "-lm"}}));
      void* const library = dlopen((stem + ".so").c_str(), RTLD_NOW);
      if (library == nullptr)
        return Error(
            ErrorKind::Internal,
            fmt::format("the compiled C is not loaded: {}", dlerror()));
      for (const Case& c : batch)
        if (c.lowered.kernel.lanes == lanes)
          run_function(c, "C",
                       reinterpret_cast<KernelFunction>(
                           dlsym(library, symbol(c).c_str())));
      dlclose(library);
    }
    return {};
  }

  const ScheduleCheckRequest& request_;
  ScheduleCheckReport report_;
  LoopOracle prover_;
  tensor::IntervalOracle intervals_;
};

}  // namespace

Result<ScheduleCheckReport> check_schedules(
    const ScheduleCheckRequest& request) {
  return Check(request).run();
}

}  // namespace hone::toolkit
