// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known about a value before the model runs.
//
//   f32[N, 3, 224, 224]     a tensor of known rank
//   f32[*]                  a tensor of unknown rank
//   i64[]                   a scalar
//   seq(f32[*])             a sequence of tensors
//   opt(seq(i64[2]))        an optional sequence
//   ?                       nothing is known
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/dim.h"
#include "tensor/element_type.h"

namespace hone::tensor {

using Shape = std::vector<Dim>;

// A container around a tensor; at most kDeepestType of them.
enum class Wrap : uint8_t { Sequence, Optional };
inline constexpr size_t kDeepestType = 4;

struct Type {
  std::vector<Wrap> wraps;             // outermost first
  std::optional<ElementType> element;  // of the innermost tensor
  std::optional<Shape> shape;          // of the innermost tensor

  static Type of(ElementType element) { return {.element = element}; }
  static Type of(ElementType element, Shape shape) {
    return {.element = element, .shape = std::move(shape)};
  }

  bool is_tensor() const { return wraps.empty(); }
  bool is_sequence() const {
    return !wraps.empty() && wraps.front() == Wrap::Sequence;
  }
  bool is_optional() const {
    return !wraps.empty() && wraps.front() == Wrap::Optional;
  }
  // Rank is known.
  bool has_rank() const { return shape.has_value(); }
  // Every size is a number.
  bool is_static() const;

  // Without, and with, an outermost container.
  Type inner() const;
  Type wrapped(Wrap wrap) const;

  bool operator==(const Type&) const = default;
};

// Product of the sizes.
Dim element_count(const Shape& shape);
// The sizes as numbers, where all are.
std::optional<std::vector<int64_t>> static_dims(const Shape& shape);
Shape to_shape(std::span<const int64_t> dims);

std::string to_text(const Type& type);
std::string to_text(const Shape& shape);
// Reads a type at the beginning of `text` and cuts it off.
Result<Type> take_type(std::string_view& text);

// What holds where either type may be the value's: common sizes stay, others
// become unknown symbols (numbered by `unknowns`); ranks must agree to stay.
Type join_types(const Type& a, const Type& b, int64_t& unknowns);

// Whether a value of the type `given` may be used where `wanted` is promised:
// no known fact contradicts another.
bool compatible(const Type& given, const Type& wanted);

}  // namespace hone::tensor
