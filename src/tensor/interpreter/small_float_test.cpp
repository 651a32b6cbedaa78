// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/interpreter/small_float.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace hone::tensor {
namespace {

constexpr ElementType kTypes[] = {
    ElementType::BF16,       ElementType::F16,    ElementType::F8E4M3FN,
    ElementType::F8E4M3FNUZ, ElementType::F8E5M2, ElementType::F8E5M2FNUZ,
    ElementType::F6E2M3,     ElementType::F6E3M2, ElementType::F4E2M1,
    ElementType::F8E8M0};

TEST(SmallFloat, EveryPatternIsReadBackAsItself) {
  for (const ElementType type : kTypes)
    for (uint64_t bits = 0; bits < uint64_t{1} << element_bits(type); ++bits) {
      const double value = decode_float(type, bits);
      const uint64_t again = encode_float(type, value);
      if (std::isnan(value))
        EXPECT_TRUE(std::isnan(decode_float(type, again)));
      else
        EXPECT_EQ(again, bits) << element_name(type);
    }
}

TEST(SmallFloat, NumbersBetweenGoToTheNearestTiesToEven) {
  for (const ElementType type : kTypes) {
    if (type == ElementType::F8E8M0) continue;
    // Positive finite patterns are in order; their bits are even and odd in
    // turn.
    const uint64_t count = uint64_t{1} << (element_bits(type) - 1);
    for (uint64_t bits = 0; bits + 1 < count; ++bits) {
      const double low = decode_float(type, bits);
      const double high = decode_float(type, bits + 1);
      if (!std::isfinite(low) || !std::isfinite(high)) break;
      const double middle = low + (high - low) / 2;
      EXPECT_EQ(round_to(type, middle), bits % 2 == 0 ? low : high);
      EXPECT_EQ(round_to(type, std::nextafter(middle, low)), low);
      EXPECT_EQ(round_to(type, std::nextafter(middle, high)), high);
      EXPECT_EQ(round_to(type, -std::nextafter(middle, high)), -high);
    }
  }
}

TEST(SmallFloat, LargestNumbersAreThoseOfTheFormats) {
  const auto largest = [](ElementType type) {
    return decode_float(type, encode_float(type, 1e300, Overflow::Saturate));
  };
  EXPECT_EQ(largest(ElementType::F16), 65504);
  EXPECT_EQ(largest(ElementType::F8E4M3FN), 448);
  EXPECT_EQ(largest(ElementType::F8E4M3FNUZ), 240);
  EXPECT_EQ(largest(ElementType::F8E5M2), 57344);
  EXPECT_EQ(largest(ElementType::F8E5M2FNUZ), 57344);
  EXPECT_EQ(largest(ElementType::F6E2M3), 7.5);
  EXPECT_EQ(largest(ElementType::F6E3M2), 28);
  EXPECT_EQ(largest(ElementType::F4E2M1), 6);
  EXPECT_TRUE(std::isinf(round_to(ElementType::F16, 65520)));
  EXPECT_TRUE(std::isnan(round_to(ElementType::F8E4M3FN, 480)));
}

TEST(SmallFloat, HalvesAgreeWithTheCompiler) {
  for (uint32_t i = 0; i < 200000; ++i) {
    const auto value = std::bit_cast<float>(i * 21347u);
    if (std::isnan(value)) continue;
    EXPECT_EQ(round_to(ElementType::F16, value),
              static_cast<double>(static_cast<_Float16>(value)));
  }
}

}  // namespace
}  // namespace hone::tensor
