// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What changed between two programs, as lines of their text: a longest common
// subsequence (Hunt and McIlroy, 1976, in its quadratic form).
#pragma once

#include <string>

#include "tensor/loop/loop_program.h"

namespace hone::tensor {

// Lines that both have begin with "  ", those of the first only with "- ",
// those of the second only with "+ ". Empty where they are the same.
std::string diff_loops(const LoopProgram& before, const LoopProgram& after);

}  // namespace hone::tensor
