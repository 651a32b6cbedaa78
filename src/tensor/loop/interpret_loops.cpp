// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/interpret_loops.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace hone::tensor {

namespace {

constexpr float kNothing = std::numeric_limits<float>::quiet_NaN();

float function_of(VectorFunction function, float x) {
  switch (function) {
    case VectorFunction::Erf:
      return static_cast<float>(std::erf(static_cast<double>(x)));
    case VectorFunction::Exp:
      return static_cast<float>(std::exp(static_cast<double>(x)));
    case VectorFunction::Log:
      return static_cast<float>(std::log(static_cast<double>(x)));
    case VectorFunction::Sigmoid:
      return static_cast<float>(1 / (1 + std::exp(-static_cast<double>(x))));
    case VectorFunction::Tanh:
      return static_cast<float>(std::tanh(static_cast<double>(x)));
  }
  return 0;
}

float apply_op(KernelOp op, float a, float b, float c) {
  switch (op) {
    case KernelOp::Abs:
      return std::fabs(a);
    case KernelOp::Add:
      return a + b;
    case KernelOp::Ceil:
      return std::ceil(a);
    case KernelOp::Div:
      return a / b;
    case KernelOp::Floor:
      return std::floor(a);
    case KernelOp::Fma:
      return std::fma(a, b, c);
    case KernelOp::Max:
      return a > b ? a : b;
    case KernelOp::Min:
      return a < b ? a : b;
    case KernelOp::Mul:
      return a * b;
    case KernelOp::Neg:
      return -a;
    case KernelOp::Round:
      return std::nearbyint(a);
    case KernelOp::Sqrt:
      return std::sqrt(a);
    case KernelOp::Sub:
      return a - b;
    default:
      return a;
  }
}

class Interpreter : IndexValues {
 public:
  Interpreter(const LoopProgram& program, LoopData data, int64_t steps)
      : p_(program), data_(std::move(data)), steps_(steps) {
    for (const LoopSize& size : p_.sizes) variables_[size.name] = size.value;
    for (const LoopTensor& tensor : p_.tensors) {
      std::vector<int64_t>& extents = extents_[tensor.name];
      for (const Index& extent : tensor.extents)
        extents.push_back(evaluate(extent, *this));
      if (tensor.role != LoopTensor::Role::Input)
        data_.floats[tensor.name].assign(elements_of(p_, tensor), kNothing);
    }
  }

  Result<LoopData> run() {
    for (const LoopTree& tree : p_.tree) walk(tree);
    if (error_) return *std::move(error_);
    return std::move(data_);
  }

 private:
  int64_t variable(const std::string& name) override {
    return variables_[name];
  }

  int64_t fetch(const std::string& tensor,
                std::span<const int64_t> at) override {
    const int64_t flat = flatten(tensor, at);
    return flat < 0 ? 0 : data_.integers[tensor][flat];
  }

  void fail(ErrorKind kind, std::string message) {
    if (!error_) error_ = Error(kind, std::move(message));
  }

  // -1 outside.
  int64_t flatten(const std::string& tensor, std::span<const int64_t> at) {
    const std::vector<int64_t>& extents = extents_[tensor];
    int64_t flat = 0;
    for (size_t d = 0; d < at.size(); ++d) {
      if (at[d] < 0 || at[d] >= extents[d]) {
        fail(ErrorKind::Rejected,
             fmt::format("index {} of '{}' is {}, its extent is {}", d + 1,
                         tensor, at[d], extents[d]));
        return -1;
      }
      flat = flat * extents[d] + at[d];
    }
    return flat;
  }

  float* element(const Place& place) {
    std::vector<int64_t> at;
    for (const Index& index : place.at) at.push_back(evaluate(index, *this));
    const int64_t flat = flatten(place.tensor, at);
    return flat < 0 ? nullptr : &data_.floats[place.tensor][flat];
  }

  bool holds(const Condition& condition) {
    const int64_t left = evaluate(condition.left, *this);
    const int64_t right = evaluate(condition.right, *this);
    return condition.relation == Condition::Relation::Less ? left < right
                                                           : left == right;
  }

  bool all_hold(const std::vector<Condition>& conditions) {
    return std::ranges::all_of(conditions,
                               [&](const Condition& c) { return holds(c); });
  }

  float value(const Scalar& s) {
    const auto operand = [&](size_t i) {
      return i < s.operands.size() ? value(s.operands[i]) : 0;
    };
    switch (s.kind) {
      case Scalar::Kind::Number:
        return static_cast<float>(s.number);
      case Scalar::Kind::Load: {
        const float* const from = element(s.place);
        return from == nullptr ? 0 : *from;
      }
      case Scalar::Kind::Apply: {
        const float a = operand(0), b = operand(1), c = operand(2);
        return apply_op(s.op, a, b, c);
      }
      case Scalar::Kind::Function:
        return function_of(s.function, operand(0));
      case Scalar::Kind::Select:
        return value(s.operands[all_hold(s.when) ? 0 : 1]);
    }
    return 0;
  }

  void walk(const LoopTree& tree) {
    if (error_) return;
    if (!tree.is_loop) return leaf(tree.leaf);
    const int64_t extent = evaluate(tree.extent, *this);
    for (int64_t i = 0; i < extent && !error_; ++i) {
      variables_[tree.variable] = i;
      for (const LoopTensor& tensor : p_.tensors)
        if (tensor.home == tree.variable)
          std::ranges::fill(data_.floats[tensor.name], kNothing);
      for (const LoopTree& child : tree.body) walk(child);
    }
  }

  void leaf(const LoopLeaf& leaf) {
    if (--steps_ < 0)
      return fail(ErrorKind::LimitReached,
                  fmt::format("loops '{}' take too many steps", p_.name));
    if (!all_hold(leaf.guards)) return;
    const float result = value(leaf.value);
    float* const to = element(leaf.target);
    if (to == nullptr || error_) return;
    switch (leaf.reduction) {
      case LoopReduction::None:
        *to = result;
        return;
      case LoopReduction::Sum:
        *to += result;
        return;
      case LoopReduction::Max:
        *to = *to > result ? *to : result;
        return;
      case LoopReduction::Min:
        *to = *to < result ? *to : result;
        return;
    }
  }

  const LoopProgram& p_;
  LoopData data_;
  int64_t steps_;
  std::optional<Error> error_;
  std::map<std::string, int64_t> variables_;
  std::map<std::string, std::vector<int64_t>> extents_;
};

}  // namespace

int64_t elements_of(const LoopProgram& program, const LoopTensor& tensor) {
  int64_t count = 1;
  for (const Index& extent : tensor.extents) count *= value_of(program, extent);
  return count;
}

Result<LoopData> interpret_loops(const LoopProgram& program,
                                 const LoopData& inputs, int64_t steps) {
  for (const LoopTensor& tensor : program.tensors) {
    if (tensor.role != LoopTensor::Role::Input) continue;
    size_t found = 0;
    if (tensor.element == Element::F32) {
      const auto at = inputs.floats.find(tensor.name);
      found = at == inputs.floats.end() ? 0 : at->second.size();
    } else {
      const auto at = inputs.integers.find(tensor.name);
      found = at == inputs.integers.end() ? 0 : at->second.size();
    }
    const int64_t wanted = elements_of(program, tensor);
    if (static_cast<int64_t>(found) != wanted)
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("input '{}' has {} elements, found {}",
                               tensor.name, wanted, found));
  }
  return Interpreter(program, inputs, steps).run();
}

}  // namespace hone::tensor
