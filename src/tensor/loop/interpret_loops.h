// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a loop tree means: one statement after the other, every access checked,
// every intermediate rounded to f32. Slow; tests hold lowering and
// transformations to it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/loop/loop_program.h"

namespace hone::tensor {

// Contents by name: inputs are read, outputs are made; integers are held as
// such.
struct LoopData {
  std::map<std::string, std::vector<float>> floats;
  std::map<std::string, std::vector<int64_t>> integers;
};

// Elements of a tensor for the program's sizes.
int64_t elements_of(const LoopProgram& program, const LoopTensor& tensor);

// Runs the tree with the sizes' values. InvalidArgument where an input is
// missing or has another size, Rejected where a place lies outside of its
// tensor, LimitReached after `steps` statements. What was never written is NaN;
// a copy is NaN again in each iteration of its home.
Result<LoopData> interpret_loops(const LoopProgram& program,
                                 const LoopData& inputs,
                                 int64_t steps = 100'000'000);

}  // namespace hone::tensor
