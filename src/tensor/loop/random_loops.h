// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random programs and random schedules, for tests, benches and random search.
#pragma once

#include "base/random.h"
#include "tensor/loop/interpret_loops.h"
#include "tensor/loop/schedule.h"

namespace hone::tensor {

// A small program of one family: products, convolutions, pooling, padding,
// concatenation, gathers, transposition, sums, chains of two or three nodes;
// with numbers or symbols as sizes.
LoopProgram random_program(Random& random);

// Numbers of a few bits for every input, whose sums and products are exact;
// integers reach beyond what they index.
LoopData random_inputs(const LoopProgram& program, Random& random);

struct RandomSchedule {
  std::vector<LoopStep> steps;  // those that were legal, in order
  LoopProgram program;          // the result
  int tried = 0;
};

// Tries `count` random steps, then unrolls and vectorises some loops. Nearly
// every result can be lowered.
RandomSchedule random_schedule(const LoopProgram& program, int count,
                               Random& random, IndexOracle& oracle);

}  // namespace hone::tensor
