// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How elements stand in memory.
#include "tensor/plan/planner.h"

namespace hone::tensor {

std::optional<Element> element_of(ElementType type) {
  switch (type) {
    case ElementType::F32:
      return Element::F32;
    case ElementType::I32:
      return Element::I32;
    case ElementType::U8:
    case ElementType::Bool:
      return Element::U8;
    default:
      return {};
  }
}

std::optional<Element> memory_element(ElementType type) {
  switch (type) {
    case ElementType::F32:
      return Element::F32;
    case ElementType::F64:
      return Element::F64;
    case ElementType::I8:
      return Element::I8;
    case ElementType::I16:
      return Element::I16;
    case ElementType::I32:
      return Element::I32;
    case ElementType::I64:
      return Element::I64;
    case ElementType::U32:
      return Element::U32;
    case ElementType::U64:
      return Element::U64;
    case ElementType::BF16:
    case ElementType::F16:
    case ElementType::U16:
      return Element::U16;
    case ElementType::Str:  // the number of a text
      return Element::I64;
    case ElementType::C64:
    case ElementType::C128:
      return {};
    default:
      return Element::U8;
  }
}

int64_t stored_bits(ElementType type) {
  if (type == ElementType::Str) return 64;
  const int64_t bits = element_bits(type);
  return bits == 6 ? 8 : bits;
}

int64_t stored_bytes(ElementType type, int64_t elements) {
  return (elements * stored_bits(type) + 7) / 8;
}

}  // namespace hone::tensor
