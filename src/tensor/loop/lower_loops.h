// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A loop tree as a kernel: what codegen prints to LLVM and to C.
//
// Unrolled loops are written out, vector loops become vectors, tensors in
// registers become registers. Loads that are repeated between two stores are
// written once; index sums are ordered from the outermost loop inwards, with
// numbers last, so that what does not change leaves loops and the rest is an
// offset. A guard on a vector loop becomes a number of lanes.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/kernel/kernel.h"
#include "tensor/loop/loop_program.h"

namespace hone::tensor {

struct LoweredLoops {
  VectorKernel kernel;
  // The kernel's pointers: every tensor that is not in registers, in order.
  // Local ones are scratch memory of the caller.
  std::vector<std::string> tensors;
  // A kernel with a parallel loop takes its range, begin and end, before the
  // sizes; `tasks` is how far it goes.
  bool has_tasks = false;
  Index tasks = 0;
};

struct LowerLoopsOptions {
  // The range stands before the sizes also where no loop is parallel, and is
  // not read then.
  bool takes_range = false;
};

// The program must have passed verify_loops() and check_places(). Unsupported
// where a tensor in registers is indexed by a loop that is not unrolled, or
// both by vectors and one by one; LimitReached where unrolling writes too much.
Result<LoweredLoops> lower_loops(const LoopProgram& program,
                                 const LowerLoopsOptions& options = {});

// What the kernel's sizes are for one range of tasks and these sizes' values.
std::vector<int64_t> kernel_sizes(const LoopProgram& program,
                                  const LoweredLoops& lowered, int64_t begin,
                                  int64_t end);

}  // namespace hone::tensor
