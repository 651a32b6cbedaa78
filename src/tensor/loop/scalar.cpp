// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/loop/scalar.h"

#include <fmt/format.h>

namespace hone::tensor {

namespace {

// The sign of an operation that is written between its operands.
char infix_of(const Scalar& value) {
  if (value.kind != Scalar::Kind::Apply) return 0;
  switch (value.op) {
    case KernelOp::Add:
      return '+';
    case KernelOp::Sub:
      return '-';
    case KernelOp::Mul:
      return '*';
    case KernelOp::Div:
      return '/';
    default:
      return 0;
  }
}

std::string text_at(const Scalar& value, int level) {
  const char infix = infix_of(value);
  if (infix != 0) {
    const int own = infix == '+' || infix == '-' ? 0 : 1;
    const std::string text =
        fmt::format("{} {} {}", text_at(value.operands[0], own), infix,
                    text_at(value.operands[1], own + 1));
    return own < level ? "(" + text + ")" : text;
  }
  std::string arguments;
  for (const Scalar& operand : value.operands)
    arguments += (arguments.empty() ? "" : ", ") + text_at(operand, 0);
  switch (value.kind) {
    case Scalar::Kind::Number:
      return value.number < 0 && level > 0
                 ? fmt::format("({})", static_cast<float>(value.number))
                 : fmt::format("{}", static_cast<float>(value.number));
    case Scalar::Kind::Load:
      return to_text(value.place);
    case Scalar::Kind::Apply:
      return fmt::format("{}({})", kernel_op_info(value.op).name, arguments);
    case Scalar::Kind::Function:
      for (const VectorFunctionInfo& info : vector_functions())
        if (info.function == value.function)
          return fmt::format("{}({})", info.name, arguments);
      return "";
    case Scalar::Kind::Select:
      return fmt::format("select({}, {})", to_text(value.when, " && "),
                         arguments);
  }
  return "";
}

}  // namespace

bool is_scalar_op(KernelOp op) {
  const std::string_view signature = kernel_op_info(op).signature;
  return signature.find_first_not_of("f>") == std::string_view::npos;
}

void visit_loads(const Scalar& value,
                 const std::function<void(const Place&)>& visit) {
  for (const Scalar& operand : value.operands) visit_loads(operand, visit);
  if (value.kind == Scalar::Kind::Load) visit(value.place);
}

void map_indices(Place& place, const IndexMap& map) {
  for (Index& index : place.at) index = map(index);
}

void map_indices(Condition& condition, const IndexMap& map) {
  condition.left = map(condition.left);
  condition.right = map(condition.right);
}

void map_indices(Scalar& value, const IndexMap& map) {
  for (Scalar& operand : value.operands) map_indices(operand, map);
  for (Condition& condition : value.when) map_indices(condition, map);
  map_indices(value.place, map);
}

void map_loads(Scalar& value, const std::function<void(Scalar&)>& map) {
  for (Scalar& operand : value.operands) map_loads(operand, map);
  if (value.kind == Scalar::Kind::Load) map(value);
}

std::string to_text(const Scalar& value) { return text_at(value, 0); }

std::string to_text(const Condition& condition) {
  return fmt::format(
      "{} {} {}", to_text(condition.left),
      condition.relation == Condition::Relation::Less ? "<" : "=",
      to_text(condition.right));
}

std::string to_text(const Place& place) {
  std::string at;
  for (const Index& index : place.at)
    at += (at.empty() ? "" : ", ") + to_text(index);
  return fmt::format("{}[{}]", place.tensor, at);
}

std::string to_text(const std::vector<Condition>& conditions,
                    std::string_view between) {
  std::string text;
  for (const Condition& condition : conditions)
    text += (text.empty() ? std::string() : std::string(between)) +
            to_text(condition);
  return text;
}

}  // namespace hone::tensor
