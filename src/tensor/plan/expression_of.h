// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Element-wise operators as expressions, and chains of them as one.
#pragma once

#include <optional>
#include <vector>

#include "tensor/plan/planner.h"

namespace hone::tensor {

// Collects an expression whose inputs are not counted yet.
class ExpressionBuilder {
 public:
  int input();
  int constant(double number);
  int apply(KernelOp op, std::vector<int> operands);
  int function(VectorFunction function, int operand);
  int inputs() const { return inputs_; }
  // Inputs get the first numbers, in the order in which they were made.
  Expression finish(int result) &&;

 private:
  struct Item {
    bool is_input;
    ExpressionStep step;
  };
  std::vector<Item> items_;
  int inputs_ = 0;
};

bool is_elementwise(Op op);

// Appends what the node computes of `operands`, the numbers of its inputs; -1
// stands for one left out. Nothing where an attribute or operand is not one
// that kernels know.
std::optional<int> append_node(const Planner& planner, const Node& node,
                               const std::vector<int>& operands,
                               ExpressionBuilder& expression);

// What an expression reads: a value that stands, or numbers, one a channel.
struct ChainInput {
  ValueId value = kNone;
  std::vector<float> channels;
};

// A run of element-wise nodes, each the only reader of the one before.
struct Chain {
  ValueId result = kNone;  // of the last node
  int number = 0;          // its number in the expression
  std::vector<ChainInput> inputs;
};

struct ChainLimits {
  size_t most_inputs = 4;
  // Inputs must have the dimensions of the result.
  bool full_only = false;
};

// Adds the node's computation to the chain and the expression and marks it
// done. False, and nothing changed, where that is not possible. Where it is the
// first node, `chain.result` is kNone.
bool extend_chain(Planner& planner, int node, const ChainLimits& limits,
                  Chain& chain, ExpressionBuilder& expression);

// Extends the chain as far as it goes.
void follow_chain(Planner& planner, const ChainLimits& limits, Chain& chain,
                  ExpressionBuilder& expression);

// y = x * scale + shift, one number of each a channel (dimension 1), of nodes
// that are that: BatchNormalization, and Add, Sub, Mul, Div with a constant.
// Input 0, or the other input of a commutative one, is x.
struct ChannelMap {
  std::vector<float> scale, shift;
};
std::optional<ChannelMap> channel_map(const Planner& planner, const Node& node,
                                      ValueId x);

}  // namespace hone::tensor
