// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Scripts of transformations, and the history of a tree that is edited.
//
//   split j 16 as j v; swap i k   # a comment ends with its line
//   vectorize v
//
// Steps stand apart by ';' or by lines. docs/reference/loop_steps.md lists
// them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/loop/loop_program.h"
#include "tensor/loop/oracle.h"

namespace hone::tensor {

enum class LoopStepKind {
#define HONE_LOOP_STEP(identifier, name, arguments, sentence) identifier,
#include "tensor/loop/loop_steps.def"
#undef HONE_LOOP_STEP
};

struct LoopStepInfo {
  LoopStepKind kind;
  std::string_view name;
  std::string_view arguments;
  std::string_view sentence;
};

std::span<const LoopStepInfo> loop_steps();

struct LoopStep {
  LoopStepKind kind = LoopStepKind::Undo;
  std::vector<std::string> words = {};  // its arguments
};

std::string to_text(const LoopStep& step);

// Malformed names the step and what it takes. At most 4,096 steps.
Result<std::vector<LoopStep>> parse_schedule(std::string_view text);

// One step, other than undo and redo, which only a history knows.
Result<LoopProgram> apply_step(const LoopProgram& program, const LoopStep& step,
                               IndexOracle& oracle);

// Every state since the beginning; programs are values, so going back costs
// nothing.
class LoopHistory {
 public:
  explicit LoopHistory(LoopProgram program);

  const LoopProgram& now() const { return states_[at_]; }
  const LoopProgram& first() const { return states_.front(); }
  // The steps that lead from first() to now().
  std::span<const LoopStep> steps() const { return {steps_.data(), at_}; }

  // After an error nothing has changed. NotFound where there is nothing to undo
  // or redo.
  Status apply(const LoopStep& step, IndexOracle& oracle);
  // The first error names its step.
  Status apply_all(std::span<const LoopStep> steps, IndexOracle& oracle);

 private:
  std::vector<LoopProgram> states_;
  std::vector<LoopStep> steps_;
  size_t at_ = 0;
};

}  // namespace hone::tensor
