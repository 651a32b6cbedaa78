// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a statement computes for one element: numbers, elements of tensors and
// operations on them, all of them f32.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tensor/kernel/vector_math.h"
#include "tensor/loop/index.h"

namespace hone::tensor {

// An element of a tensor.
struct Place {
  std::string tensor;
  std::vector<Index> at;
  bool operator==(const Place&) const = default;
};

// left < right, or left = right.
struct Condition {
  enum class Relation { Less, Equal };
  Index left;
  Relation relation = Relation::Less;
  Index right;
  bool operator==(const Condition&) const = default;
};

struct Scalar {
  enum class Kind {
    Number,
    Load,      // of `place`
    Apply,     // of `op`
    Function,  // of `function`
    Select,    // operand 0 where all of `when` hold, else operand 1, and what
               // is not chosen is not evaluated
  };
  Kind kind = Kind::Number;
  double number = 0;
  Place place = {};
  KernelOp op = KernelOp::Add;
  VectorFunction function = VectorFunction::Exp;
  std::vector<Condition> when = {};
  std::vector<Scalar> operands = {};

  static Scalar of(double number) { return {.number = number}; }
  static Scalar load(Place place) {
    return {.kind = Kind::Load, .place = std::move(place)};
  }
  static Scalar apply(KernelOp op, std::vector<Scalar> operands) {
    return {.kind = Kind::Apply, .op = op, .operands = std::move(operands)};
  }
};

// Whether statements may use it: f32 in, f32 out, lane by lane.
bool is_scalar_op(KernelOp op);

// Operands before what they are operands of.
void visit_loads(const Scalar& value,
                 const std::function<void(const Place&)>& visit);

// Changes every index of it.
using IndexMap = std::function<Index(const Index&)>;
void map_indices(Place& place, const IndexMap& map);
void map_indices(Condition& condition, const IndexMap& map);
void map_indices(Scalar& value, const IndexMap& map);

// Changes every load of it.
void map_loads(Scalar& value, const std::function<void(Scalar&)>& map);

// "max(x[i] * 2 + b[j], 0)", "i < N - 1", "x[i, j]".
std::string to_text(const Scalar& value);
std::string to_text(const Condition& condition);
std::string to_text(const Place& place);
std::string to_text(const std::vector<Condition>& conditions,
                    std::string_view between);

}  // namespace hone::tensor
