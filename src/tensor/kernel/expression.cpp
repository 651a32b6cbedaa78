// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/expression.h"

namespace hone::tensor {

Expression identity_expression() { return {}; }

Expression relu_expression() {
  return {.inputs = 1,
          .steps = {{.kind = ExpressionStep::Kind::Constant},
                    {.op = KernelOp::Max, .operands = {0, 1}}}};
}

Reg write_expression(KernelBuilder& b, const Expression& expression,
                     std::span<const Reg> inputs) {
  std::vector<Reg> values(inputs.begin(), inputs.end());
  for (const ExpressionStep& step : expression.steps) {
    std::vector<Reg> operands;
    for (const int operand : step.operands) operands.push_back(values[operand]);
    switch (step.kind) {
      case ExpressionStep::Kind::Constant:
        values.push_back(b.constant(step.number));
        break;
      case ExpressionStep::Kind::Apply:
        values.push_back(b.apply(step.op, operands));
        break;
      case ExpressionStep::Kind::Function:
        values.push_back(write_function(b, step.function, operands[0]));
        break;
    }
  }
  return values.back();
}

}  // namespace hone::tensor
