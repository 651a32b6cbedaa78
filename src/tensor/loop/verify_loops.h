// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The rules of loop programs.
//
// * Names of sizes, tensors and nodes are distinct; so are those of loops.
// * Facts hold for the sizes' values. Extents are made of sizes; those of loops
//   also of outer loops. A divisor is a positive number or a size of at
//   least 1.
// * Places have as many indices as their tensor has extents, made of sizes and
//   of variables that are in scope. Scalars read f32; indices may read inputs
//   of integers. Nothing writes an input.
// * A node writes each element of its target once (for each value of what it
//   reduces over): along each dimension its variables are like digits. No two
//   nodes write one tensor; a node reads inputs and what stands before it.
// * A tensor with a home is used in that loop only. Tensors in registers have
//   one, and constant extents.
// * Loops that are unrolled have constant extents up to 256. Vector loops hold
//   statements only and have one extent, a power of two from 2 to 64; their
//   indices are linear in them, and conditions hold for the first lanes, on
//   statements and on loads that are 0 otherwise. A parallel loop is the only
//   root.
// * Nesting is at most 24 deep, numbers of elements are below 2^40.
#pragma once

#include "base/result.h"
#include "tensor/loop/loop_program.h"

namespace hone::tensor {

// Malformed names the program, the part and the rule. Says nothing of whether
// places lie within their tensors (region.h), nor whether the tree computes
// what the nodes say: that is what the interpreter is for.
Status verify_loops(const LoopProgram& program);

// What in a loop's statements vectors cannot do; "" if nothing.
std::string not_lanewise(const LoopTree& loop);

}  // namespace hone::tensor
