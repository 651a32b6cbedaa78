// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/literal.h"

#include <gtest/gtest.h>

namespace hone::tensor {
namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> result;
  for (const int value : values) result.push_back(std::byte(value));
  return result;
}

TEST(Literal, DataOfAnotherSizeIsRefused) {
  const auto literal = Literal::own(ElementType::F32, {2}, bytes({1, 2, 3}));
  ASSERT_FALSE(literal.ok());
  EXPECT_NE(literal.error().message.find("3 bytes of data; expected 8"),
            std::string::npos);
  EXPECT_FALSE(Literal::own(ElementType::F32, {-1}, {}).ok());
  EXPECT_FALSE(Literal::own(ElementType::U4, {INT64_MAX, INT64_MAX}, {}).ok());
}

TEST(Literal, SmallElementsShareBytesLowestFirst) {
  const auto four = Literal::own(ElementType::I4, {3}, bytes({0x8f, 0x07}));
  EXPECT_EQ(four->to_integers(), (std::vector<int64_t>{-1, -8, 7}));
  const auto two = Literal::own(ElementType::U2, {5}, bytes({0xe4, 0x01}));
  EXPECT_EQ(two->to_integers(), (std::vector<int64_t>{0, 1, 2, 3, 1}));
}

TEST(Literal, IntegersKeepTheirSign) {
  const auto i8 = Literal::own(ElementType::I8, {1}, bytes({0xff}));
  EXPECT_EQ(i8->to_integers(), std::vector<int64_t>{-1});
  const auto u8 = Literal::own(ElementType::U8, {1}, bytes({0xff}));
  EXPECT_EQ(u8->to_integers(), std::vector<int64_t>{255});
  EXPECT_EQ(Literal::number(1).to_integers(), std::nullopt);
}

}  // namespace
}  // namespace hone::tensor
