// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/element_type.h"

#include <gtest/gtest.h>

namespace hone::tensor {
namespace {

TEST(ElementType, EveryRowIsFoundByNameAndByNumber) {
  const auto check = [](ElementType type, std::string_view name, int onnx) {
    EXPECT_EQ(element_name(type), name);
    EXPECT_EQ(find_element_type(name), type);
    EXPECT_EQ(element_from_onnx(onnx), type);
    EXPECT_EQ(onnx_number(type), onnx);
  };
#define HONE_ELEMENT_TYPE(id, name, onnx, kind, bits, sentence) \
  check(ElementType::id, name, onnx);
#include "tensor/element_types.def"
#undef HONE_ELEMENT_TYPE
  EXPECT_EQ(find_element_type("f31"), std::nullopt);
  EXPECT_EQ(element_from_onnx(0), std::nullopt);
}

TEST(ElementType, OnlySmallIntegersAndF4ShareBytes) {
  EXPECT_EQ(packed_bytes(ElementType::U4, 3), 2);
  EXPECT_EQ(packed_bytes(ElementType::I2, 5), 2);
  EXPECT_EQ(packed_bytes(ElementType::F4E2M1, 4), 2);
  EXPECT_EQ(packed_bytes(ElementType::F6E2M3, 4), 4);
  EXPECT_EQ(packed_bytes(ElementType::F16, 3), 6);
  EXPECT_EQ(packed_bytes(ElementType::C128, 2), 32);
  EXPECT_EQ(packed_bytes(ElementType::Bool, 2), 2);
  EXPECT_EQ(packed_bytes(ElementType::Str, 2), 0);
}

}  // namespace
}  // namespace hone::tensor
