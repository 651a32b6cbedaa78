// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/element_type.h"

#include <iterator>

namespace hone::tensor {

namespace {

struct Row {
  std::string_view name;
  int onnx;
  ElementClass kind;
  int bits;
};

constexpr Row kRows[] = {
#define HONE_ELEMENT_TYPE(id, name, onnx, kind, bits, sentence) \
  {name, onnx, ElementClass::kind, bits},
#include "tensor/element_types.def"
#undef HONE_ELEMENT_TYPE
};

const Row& row(ElementType type) { return kRows[static_cast<size_t>(type)]; }

template <typename Test>
std::optional<ElementType> find(Test test) {
  for (size_t i = 0; i < std::size(kRows); ++i)
    if (test(kRows[i])) return static_cast<ElementType>(i);
  return std::nullopt;
}

}  // namespace

std::string_view element_name(ElementType type) { return row(type).name; }

std::optional<ElementType> find_element_type(std::string_view name) {
  return find([&](const Row& r) { return r.name == name; });
}

ElementClass element_class(ElementType type) { return row(type).kind; }

int element_bits(ElementType type) { return row(type).bits; }

int64_t packed_bytes(ElementType type, int64_t elements) {
  const int bits = element_bits(type);
  if (bits == 4) return elements / 2 + elements % 2;
  if (bits == 2) return elements / 4 + (elements % 4 != 0);
  return elements * ((bits + 7) / 8);
}

int onnx_number(ElementType type) { return row(type).onnx; }

std::optional<ElementType> element_from_onnx(int64_t number) {
  return find([&](const Row& r) { return r.onnx == number; });
}

}  // namespace hone::tensor
