// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The types of a tensor's elements (element_types.def).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hone::tensor {

enum class ElementType : uint8_t {
#define HONE_ELEMENT_TYPE(id, name, onnx, kind, bits, sentence) id,
#include "tensor/element_types.def"
#undef HONE_ELEMENT_TYPE
};

// What kinds of numbers there are: how an operator treats an element.
enum class ElementClass : uint8_t { Bool, Int, Unsigned, Float, Complex, Text };

// "f32"
std::string_view element_name(ElementType type);
std::optional<ElementType> find_element_type(std::string_view name);

ElementClass element_class(ElementType type);
// Width of the value itself; 0 for text.
int element_bits(ElementType type);
// Of packed data, by ONNX's rules: 4-bit and 2-bit elements share bytes, lowest
// bits first; everything else takes whole bytes. Text has none.
int64_t packed_bytes(ElementType type, int64_t elements);

// TensorProto.DataType and back.
int onnx_number(ElementType type);
std::optional<ElementType> element_from_onnx(int64_t number);

inline bool is_float(ElementType type) {
  return element_class(type) == ElementClass::Float;
}
inline bool is_complex(ElementType type) {
  return element_class(type) == ElementClass::Complex;
}
// Int, Unsigned.
inline bool is_integer(ElementType type) {
  const ElementClass kind = element_class(type);
  return kind == ElementClass::Int || kind == ElementClass::Unsigned;
}

}  // namespace hone::tensor
