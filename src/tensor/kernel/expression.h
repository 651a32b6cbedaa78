// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a fused group of element-wise operations computes for one element, and
// what a convolution or product does with its sum before it stores it: a
// straight line of operations on inputs and earlier results.
//
//   relu(x0 + x1):   {Add, 0, 1}, {Constant 0}, {Max, 2, 3}
//
// Value numbers: the inputs first, then one for each step.
#pragma once

#include <span>
#include <vector>

#include "tensor/kernel/kernel_builder.h"
#include "tensor/kernel/vector_math.h"

namespace hone::tensor {

struct ExpressionStep {
  enum class Kind { Constant, Apply, Function };
  Kind kind = Kind::Apply;
  double number = 0;                              // of Constant
  KernelOp op = KernelOp::Add;                    // of Apply
  VectorFunction function = VectorFunction::Exp;  // of Function
  std::vector<int> operands = {};
};

struct Expression {
  int inputs = 1;
  std::vector<ExpressionStep> steps;
  // The result is the last value: input 0 where there are no steps.
};

// x -> max(x, 0), and so on; building blocks for tests and lowering.
Expression identity_expression();
Expression relu_expression();

// Writes the expression's instructions. `inputs` are as many vectors of f32
// as it has inputs.
Reg write_expression(KernelBuilder& b, const Expression& expression,
                     std::span<const Reg> inputs);

}  // namespace hone::tensor
