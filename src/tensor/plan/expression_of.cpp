// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/plan/expression_of.h"

#include <algorithm>
#include <cmath>

namespace hone::tensor {

// --- Building ----------------------------------------------------------------

int ExpressionBuilder::input() {
  ++inputs_;
  items_.push_back({true, {}});
  return static_cast<int>(items_.size() - 1);
}

int ExpressionBuilder::constant(double number) {
  items_.push_back(
      {false, {.kind = ExpressionStep::Kind::Constant, .number = number}});
  return static_cast<int>(items_.size() - 1);
}

int ExpressionBuilder::apply(KernelOp op, std::vector<int> operands) {
  items_.push_back({false, {.op = op, .operands = std::move(operands)}});
  return static_cast<int>(items_.size() - 1);
}

int ExpressionBuilder::function(VectorFunction function, int operand) {
  items_.push_back({false,
                    {.kind = ExpressionStep::Kind::Function,
                     .function = function,
                     .operands = {operand}}});
  return static_cast<int>(items_.size() - 1);
}

Expression ExpressionBuilder::finish(int result) && {
  if (result + 1 != static_cast<int>(items_.size()) ||
      (items_[result].is_input && inputs_ > 1))
    apply(KernelOp::Move, {result});
  Expression expression = {.inputs = inputs_};
  std::vector<int> number(items_.size());
  int next_input = 0, next_step = inputs_;
  for (size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].is_input) {
      number[i] = next_input++;
      continue;
    }
    number[i] = next_step++;
    for (int& operand : items_[i].step.operands) operand = number[operand];
    expression.steps.push_back(items_[i].step);
  }
  return expression;
}

// --- Nodes -------------------------------------------------------------------

bool is_elementwise(Op op) {
  switch (op) {
    case Op::Abs:
    case Op::Add:
    case Op::BatchNormalization:
    case Op::Ceil:
    case Op::Clip:
    case Op::Div:
    case Op::Elu:
    case Op::Erf:
    case Op::Exp:
    case Op::Floor:
    case Op::Gelu:
    case Op::HardSigmoid:
    case Op::HardSwish:
    case Op::LeakyRelu:
    case Op::Log:
    case Op::Max:
    case Op::Min:
    case Op::Mul:
    case Op::Neg:
    case Op::PRelu:
    case Op::Pow:
    case Op::Reciprocal:
    case Op::Relu:
    case Op::Round:
    case Op::Sigmoid:
    case Op::Sqrt:
    case Op::Sub:
    case Op::Sum:
    case Op::Tanh:
      return true;
    default:
      return false;
  }
}

namespace {

// NaN of either goes on, which the instruction alone does for the second only.
int extreme(ExpressionBuilder& e, KernelOp op, int a, int b) {
  const int ordered = e.apply(KernelOp::Equal, {a, a});
  return e.apply(KernelOp::Select, {ordered, e.apply(op, {a, b}), a});
}

int negative_part(ExpressionBuilder& e, int x, int below) {
  const int mask = e.apply(KernelOp::Less, {x, e.constant(0)});
  return e.apply(KernelOp::Select, {mask, below, x});
}

int hard_sigmoid(ExpressionBuilder& e, int x, double alpha, double beta) {
  const int line =
      e.apply(KernelOp::Fma, {x, e.constant(alpha), e.constant(beta)});
  const int low = e.apply(KernelOp::Max, {e.constant(0), line});
  return e.apply(KernelOp::Min, {e.constant(1), low});
}

// x / 2 * (1 + f), f of the error function, or of the tangent near it
// (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016).
int gelu(ExpressionBuilder& e, int x, bool approximate) {
  int f;
  if (approximate) {
    const int square = e.apply(KernelOp::Mul, {x, x});
    const int cubic =
        e.apply(KernelOp::Fma, {square, e.constant(0.044715), e.constant(1)});
    const int line = e.apply(KernelOp::Mul, {x, e.constant(0.7978845608)});
    f = e.function(VectorFunction::Tanh, e.apply(KernelOp::Mul, {line, cubic}));
  } else {
    f = e.function(VectorFunction::Erf,
                   e.apply(KernelOp::Mul, {x, e.constant(0.7071067812)}));
  }
  const int half = e.apply(KernelOp::Mul, {x, e.constant(0.5)});
  return e.apply(KernelOp::Fma, {half, f, half});
}

std::optional<int> append_pow(const Planner& planner, const Node& node, int x,
                              ExpressionBuilder& e) {
  const auto power = planner.floats(node.inputs[1]);
  if (!power || power->size() != 1) return {};
  if ((*power)[0] == 2) return e.apply(KernelOp::Mul, {x, x});
  if ((*power)[0] == 3)
    return e.apply(KernelOp::Mul, {x, e.apply(KernelOp::Mul, {x, x})});
  if ((*power)[0] == 0.5f) return e.apply(KernelOp::Sqrt, {x});
  return {};
}

std::optional<KernelOp> unary_op(Op op) {
  switch (op) {
    case Op::Abs:
      return KernelOp::Abs;
    case Op::Ceil:
      return KernelOp::Ceil;
    case Op::Floor:
      return KernelOp::Floor;
    case Op::Neg:
      return KernelOp::Neg;
    case Op::Round:
      return KernelOp::Round;
    case Op::Sqrt:
      return KernelOp::Sqrt;
    default:
      return {};
  }
}

std::optional<VectorFunction> function_of(Op op) {
  switch (op) {
    case Op::Erf:
      return VectorFunction::Erf;
    case Op::Exp:
      return VectorFunction::Exp;
    case Op::Log:
      return VectorFunction::Log;
    case Op::Sigmoid:
      return VectorFunction::Sigmoid;
    case Op::Tanh:
      return VectorFunction::Tanh;
    default:
      return {};
  }
}

std::optional<KernelOp> binary_op(Op op) {
  switch (op) {
    case Op::Add:
    case Op::Sum:
      return KernelOp::Add;
    case Op::Div:
      return KernelOp::Div;
    case Op::Max:
      return KernelOp::Max;
    case Op::Min:
      return KernelOp::Min;
    case Op::Mul:
      return KernelOp::Mul;
    case Op::Sub:
      return KernelOp::Sub;
    default:
      return {};
  }
}

std::optional<int> append_many(KernelOp op, const std::vector<int>& operands,
                               ExpressionBuilder& e) {
  int value = operands[0];
  for (size_t i = 1; i < operands.size(); ++i)
    value = op == KernelOp::Max || op == KernelOp::Min
                ? extreme(e, op, value, operands[i])
                : e.apply(op, {value, operands[i]});
  return value;
}

}  // namespace

std::optional<int> append_node(const Planner& planner, const Node& node,
                               const std::vector<int>& v,
                               ExpressionBuilder& e) {
  if (const auto op = unary_op(node.op)) return e.apply(*op, {v[0]});
  if (const auto f = function_of(node.op)) return e.function(*f, v[0]);
  if (const auto op = binary_op(node.op)) return append_many(*op, v, e);
  switch (node.op) {
    case Op::Relu:
      return e.apply(KernelOp::Max, {e.constant(0), v[0]});
    case Op::Reciprocal:
      return e.apply(KernelOp::Div, {e.constant(1), v[0]});
    case Op::Clip: {
      int x = v[0];
      if (v.size() > 1 && v[1] >= 0) x = e.apply(KernelOp::Max, {v[1], x});
      if (v.size() > 2 && v[2] >= 0) x = e.apply(KernelOp::Min, {v[2], x});
      return x;
    }
    case Op::Gelu:
      return gelu(e, v[0], node.text("approximate") == "tanh");
    case Op::LeakyRelu:
      return negative_part(
          e, v[0],
          e.apply(KernelOp::Mul, {v[0], e.constant(node.number("alpha"))}));
    case Op::PRelu:
      return negative_part(e, v[0], e.apply(KernelOp::Mul, {v[0], v[1]}));
    case Op::Elu: {
      const int power = e.function(VectorFunction::Exp, v[0]);
      const int below = e.apply(KernelOp::Sub, {power, e.constant(1)});
      return negative_part(
          e, v[0],
          e.apply(KernelOp::Mul, {below, e.constant(node.number("alpha"))}));
    }
    case Op::HardSigmoid:
      return hard_sigmoid(e, v[0], node.number("alpha"), node.number("beta"));
    case Op::HardSwish:
      return e.apply(KernelOp::Mul,
                     {v[0], hard_sigmoid(e, v[0], 1.0 / 6, 0.5)});
    case Op::Pow:
      return append_pow(planner, node, v[0], e);
    default:
      return {};
  }
}

// --- Maps of channels --------------------------------------------------------

namespace {

// One number for each of the `count` channels, of a constant that is broadcast
// against a value of this rank with channels in dimension 1.
std::optional<std::vector<float>> per_channel(const Planner& planner,
                                              ValueId id, size_t rank,
                                              int64_t count) {
  const auto numbers = planner.floats(id);
  if (!numbers) return {};
  if (numbers->size() == 1) return std::vector<float>(count, (*numbers)[0]);
  const std::vector<int64_t>& d = planner.dims(id);
  if (static_cast<int64_t>(numbers->size()) != count || d.size() + 1 < rank ||
      d.size() > rank)
    return {};
  if (d[d.size() - (rank - 1)] != count) return {};
  return numbers;
}

std::optional<ChannelMap> normalization_map(const Planner& planner,
                                            const Node& node) {
  if (node.integer("training_mode") != 0) return {};
  std::vector<std::vector<float>> p;
  for (int i = 1; i <= 4; ++i) {
    const auto numbers = planner.floats(node.inputs[i]);
    if (!numbers) return {};
    p.push_back(*numbers);
  }
  ChannelMap map;
  for (size_t c = 0; c < p[0].size(); ++c) {
    const double scale =
        p[0][c] / std::sqrt(static_cast<double>(p[3][c]) +
                            static_cast<double>(node.number("epsilon")));
    map.scale.push_back(static_cast<float>(scale));
    map.shift.push_back(static_cast<float>(p[1][c] - p[2][c] * scale));
  }
  return map;
}

}  // namespace

std::optional<ChannelMap> channel_map(const Planner& planner, const Node& node,
                                      ValueId x) {
  const std::vector<int64_t>& d = planner.dims(x);
  if (d.size() < 2 || is_slot(d[1])) return {};
  if (node.op == Op::BatchNormalization && node.inputs[0] == x)
    return normalization_map(planner, node);
  if (node.op != Op::Add && node.op != Op::Sub && node.op != Op::Mul &&
      node.op != Op::Div)
    return {};
  const bool first = node.inputs[0] == x;
  if (!first && (node.op == Op::Sub || node.op == Op::Div)) return {};
  if (planner.dims(node.outputs[0]) != d) return {};
  const auto numbers =
      per_channel(planner, node.inputs[first ? 1 : 0], d.size(), d[1]);
  if (!numbers) return {};
  ChannelMap map = {std::vector<float>(d[1], 1), std::vector<float>(d[1], 0)};
  for (int64_t c = 0; c < d[1]; ++c) {
    if (node.op == Op::Add) map.shift[c] = (*numbers)[c];
    if (node.op == Op::Sub) map.shift[c] = -(*numbers)[c];
    if (node.op == Op::Mul) map.scale[c] = (*numbers)[c];
    if (node.op == Op::Div) map.scale[c] = 1 / (*numbers)[c];
  }
  return map;
}

// --- Chains ------------------------------------------------------------------

namespace {

// Whether `from` repeats to `to` by the rules of broadcasting.
bool broadcasts(const std::vector<int64_t>& from,
                const std::vector<int64_t>& to) {
  if (from.size() > to.size()) return false;
  for (size_t i = 0; i < from.size(); ++i) {
    const int64_t a = from[from.size() - 1 - i], b = to[to.size() - 1 - i];
    if (a != b && a != 1) return false;
  }
  return true;
}

// A node of a chain whose scale and shift come as numbers a channel.
bool extend_by_map(Planner& planner, int node, const ChainLimits& limits,
                   Chain& chain, ExpressionBuilder& e) {
  const Node& n = planner.graph().nodes[node];
  if (n.op != Op::BatchNormalization || limits.full_only ||
      chain.inputs.size() + 3 > limits.most_inputs)
    return false;
  const ValueId x = n.inputs[0];
  const auto map = channel_map(planner, n, x);
  if (!map || planner.dims(x) != planner.dims(n.outputs[0])) return false;
  if (chain.result == kNone) {
    chain.inputs.push_back({.value = x});
    chain.number = e.input();
  }
  chain.inputs.push_back({.channels = map->scale});
  const int scale = e.input();
  chain.inputs.push_back({.channels = map->shift});
  const int shift = e.input();
  chain.number = e.apply(KernelOp::Fma, {chain.number, scale, shift});
  return true;
}

}  // namespace

bool extend_chain(Planner& planner, int node, const ChainLimits& limits,
                  Chain& chain, ExpressionBuilder& expression) {
  const Node& n = planner.graph().nodes[node];
  const ValueId result = n.outputs[0];
  if (!is_elementwise(n.op) || planner.is_done(node)) return false;
  if (!planner.can_know(n)) return false;
  if (planner.graph()[result].type.element != ElementType::F32) return false;
  if (chain.result != kNone &&
      planner.dims(chain.result) != planner.dims(result))
    return false;
  Chain longer = chain;
  ExpressionBuilder e = expression;
  if (n.op == Op::BatchNormalization) {
    if (!extend_by_map(planner, node, limits, longer, e)) return false;
  } else {
    std::vector<int> operands;
    for (const ValueId input : n.inputs) {
      if (input == kNone) {
        operands.push_back(-1);
        continue;
      }
      if (input == chain.result) {
        operands.push_back(chain.number);
        continue;
      }
      const auto numbers = planner.floats(input);
      if (numbers && numbers->size() == 1) {
        operands.push_back(e.constant((*numbers)[0]));
        continue;
      }
      if (planner.graph()[input].type.element != ElementType::F32 ||
          !planner.is_stored(input) ||
          longer.inputs.size() >= limits.most_inputs ||
          (limits.full_only && planner.dims(input) != planner.dims(result)) ||
          !broadcasts(planner.dims(input), planner.dims(result)))
        return false;
      longer.inputs.push_back({.value = input});
      operands.push_back(e.input());
    }
    const auto number = append_node(planner, n, operands, e);
    if (!number) return false;
    longer.number = *number;
  }
  longer.result = result;
  chain = std::move(longer);
  expression = std::move(e);
  planner.mark_done(node);
  return true;
}

void follow_chain(Planner& planner, const ChainLimits& limits, Chain& chain,
                  ExpressionBuilder& expression) {
  if (planner.leaves_out("element-fusion")) return;
  for (;;) {
    const int reader = planner.only_reader(chain.result);
    if (reader < 0 || !extend_chain(planner, reader, limits, chain, expression))
      return;
  }
}

}  // namespace hone::tensor
