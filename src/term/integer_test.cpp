// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "term/integer.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace hone::term {
namespace {

Integer power_of_two(int exponent) {
  Integer result(1);
  for (int i = 0; i < exponent; ++i) result = result + result;
  return result;
}

// Values around every size at which the representation changes.
std::vector<Integer> edges() {
  std::vector<Integer> values;
  for (const int exponent : {0, 1, 31, 62, 63, 64, 126, 127, 128, 129, 200})
    for (const int64_t offset : {-2, -1, 0, 1, 2}) {
      values.push_back(power_of_two(exponent) + offset);
      values.push_back(-values.back());
    }
  values.push_back(Integer());
  return values;
}

TEST(Integer, TextReadsBack) {
  for (const Integer& value : edges())
    EXPECT_EQ(Integer::parse(value.text()), value) << value.text();
  EXPECT_EQ(power_of_two(128).text(),
            "340282366920938463463374607431768211456");
}

TEST(Integer, TextThatIsNoNumberIsRefused) {
  for (const char* text : {"", "-", "1a", "+1", "--1", " 1"})
    EXPECT_FALSE(Integer::parse(text)) << text;
}

TEST(Integer, SumsAndProductsAreUndoneAcrossAllSizes) {
  for (const Integer& a : edges())
    for (const Integer& b : edges()) {
      EXPECT_EQ(a + b - b, a);
      EXPECT_EQ(-(a - b), b - a);
      EXPECT_EQ(a * b, b * a);
      EXPECT_EQ((a + b) * (a - b), a * a - b * b);
      if (b.sign() != 0) {
        EXPECT_EQ(euclidean_div(a * b, b), a);
      }
    }
}

TEST(Integer, DivisionIsEuclidean) {
  for (const Integer& a : edges())
    for (const Integer& b : edges()) {
      const Integer q = euclidean_div(a, b);
      const Integer r = euclidean_mod(a, b);
      if (b.sign() == 0) {
        EXPECT_EQ(q.sign(), 0);
        EXPECT_EQ(r.sign(), 0);
        continue;
      }
      EXPECT_EQ(q * b + r, a);
      EXPECT_GE(r.sign(), 0);
      EXPECT_TRUE(r < b || r < -b);
    }
}

TEST(Integer, DivisionOfWordsAgreesWithDivisionOfIntegers) {
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const auto a = static_cast<int64_t>(random.next() >> random.below(64));
    const auto b = static_cast<int64_t>(random.next() >> random.below(64)) *
                   (random.chance(0.5) ? 1 : -1);
    EXPECT_EQ(euclidean_div(Integer(a), Integer(b)), euclidean_div(a, b));
    EXPECT_EQ(euclidean_mod(Integer(a), Integer(b)), euclidean_mod(a, b));
  }
}

TEST(Integer, OrderIsThatOfTheValues) {
  const std::vector<Integer> values = edges();
  for (const Integer& a : values)
    for (const Integer& b : values) {
      EXPECT_EQ(a < b, (a - b).sign() < 0);
      EXPECT_EQ(a == b, (a - b).sign() == 0);
      if (a == b) {
        EXPECT_EQ(a.hash(), b.hash());
      }
    }
}

TEST(Integer, OnlyWhatFitsAWordIsOne) {
  const Integer limit = power_of_two(63);
  EXPECT_EQ((limit - 1).to_int64(), INT64_MAX);
  EXPECT_EQ((-limit).to_int64(), INT64_MIN);
  EXPECT_FALSE(limit.to_int64());
  EXPECT_FALSE((-limit - 1).to_int64());
  EXPECT_FALSE(power_of_two(200).to_int64());
}

TEST(Integer, BitLengthIsThatOfTheMagnitude) {
  EXPECT_EQ(Integer().bit_length(), 0u);
  EXPECT_EQ(Integer(-1).bit_length(), 1u);
  for (const int exponent : {1, 63, 64, 127, 128, 200}) {
    EXPECT_EQ(power_of_two(exponent).bit_length(), exponent + 1u);
    EXPECT_EQ((power_of_two(exponent) - 1).bit_length(), exponent + 0u);
  }
}

TEST(Integer, CopiesOfBigOnesAreIndependent) {
  Integer a = power_of_two(200);
  Integer b = a;
  b = b + 1;
  EXPECT_EQ(b - a, Integer(1));
  const Integer& itself = a;
  a = itself;
  EXPECT_EQ(a, power_of_two(200));
}

}  // namespace
}  // namespace hone::term
