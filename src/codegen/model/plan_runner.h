// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A plan run in this process, step by step, so that somebody can look at its
// values in between. What users run is the C runtime (runtime/model).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "codegen/llvm/jit.h"
#include "codegen/model/build_model.h"

struct hone_values;

namespace hone::codegen {

class PlanRunner {
 public:
  // The best plan of the model, which must outlive the runner, whose code this
  // machine runs; where there is none, the first, its kernels compiled for this
  // machine.
  // Weights that are copied are aligned as in a library, which is faster; so
  // they are timed.
  enum class Weights { Copied, Shared };
  static Result<PlanRunner> make(const BuiltModel& model,
                                 Weights weights = Weights::Copied);

  const tensor::Plan& plan() const { return *plan_; }
  // Whether the kernels are those of the model itself.
  bool runs_own_code() const { return runs_own_code_; }

  // Dense tensors, or hone_values where PlanTensor::value says so, in the order
  // of the plan. `after` is called behind each step.
  // `input_dims` are wanted where the plan has slots; outputs of such sizes
  // stay in the runner's memory, where probes read them. InvalidArgument where
  // sizes contradict each other, Rejected where the plan ends the run with an
  // error.
  Status run(std::span<const void* const> inputs,
             std::span<void* const> outputs,
             const std::function<void(int step)>& after = {},
             std::span<const std::vector<int64_t>> input_dims = {});

  // Numbers for slots, after a step.
  std::vector<int64_t> sizes(const std::vector<int64_t>& dims) const;

  // Of a probe on plain memory, or of bytes; row-major.
  std::vector<std::byte> read_bytes(const tensor::PlanProbe& probe,
                                    int64_t count) const;
  // The elements of a probe, row-major, after its step. Values of f32 only.
  std::vector<float> read(const tensor::PlanProbe& probe,
                          std::span<const int64_t> dims) const;

 private:
  PlanRunner(const tensor::Plan& plan, const tensor::PackedWeights& packed,
             Jit jit, std::vector<KernelFunction> kernels, Weights weights);
  Status find_functions(const tensor::Plan& plan);
  Status do_values(const tensor::PlanStep& step);
  std::byte* address(const tensor::PlanPlace& place) const;
  bool grows(const tensor::PlanPlace& place) const;
  std::vector<std::byte>& room(const tensor::PlanPlace& place);
  Status take_sizes(std::span<const std::vector<int64_t>> input_dims);
  Status reserve(const tensor::PlanStep& step);
  Status compute(const tensor::PlanStep& step);
  void call(const tensor::PlanStep& step);
  int64_t number(int64_t size) const;
  tensor::PlanLayout layout(const tensor::PlanProbe& probe) const;

  const tensor::Plan* plan_;
  const tensor::PackedWeights* packed_;
  bool runs_own_code_ = true;
  Jit jit_;
  std::vector<KernelFunction> kernels_;
  bool is_shared_;  // the weights; or copied, behind the arena
  std::vector<std::byte> memory_;
  std::vector<int64_t> slots_;
  std::vector<std::vector<std::byte>>
      regions_;  // behind them outputs that grow
  // What steps on values and calls are, by symbol; and the runtime's values.
  std::map<std::string, KernelFunction> functions_;
  std::unique_ptr<hone_values, void (*)(hone_values*)> values_;
  std::span<const void* const> inputs_;
  std::span<void* const> outputs_;
};

}  // namespace hone::codegen
