// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "rewrite/linear/forms.h"

#include <gtest/gtest.h>

namespace hone::rewrite::linear {
namespace {

class FormsTest : public testing::Test {
 protected:
  FormId number(int64_t k) { return forms.constant(k); }

  Forms forms;
  FormId x = forms.variable(0, {});
  FormId y = forms.variable(1, {});
};

TEST_F(FormsTest, SumsCancel) {
  const FormId sum = forms.add(x, y);
  EXPECT_TRUE(forms.same(forms.subtract(sum, y), x));
  EXPECT_TRUE(forms.is_constant(forms.subtract(sum, sum)));
}

TEST_F(FormsTest, WhatTheDivisorDividesLeavesTheQuotient) {
  // (8x + 12y + 5) / 12 = y + (2x + 1) / 3
  const FormId a = forms.combine(x, 8, y, 12, 5);
  const FormId b = forms.combine(x, 2, y, 0, 1);
  EXPECT_TRUE(forms.same(forms.divide(a, number(12)),
                         forms.add(y, forms.divide(b, number(3)))));
}

TEST_F(FormsTest, QuotientsOfQuotientsAreOne) {
  const FormId inner = forms.shift(forms.divide(x, number(4)), 3);
  EXPECT_TRUE(forms.same(forms.divide(inner, number(8)),
                         forms.divide(forms.shift(x, 12), number(32))));
}

TEST_F(FormsTest, DivisionByZeroIsZero) {
  EXPECT_TRUE(forms.same(forms.divide(x, number(0)), number(0)));
  EXPECT_TRUE(forms.same(forms.remainder(x, number(0)), number(0)));
}

TEST_F(FormsTest, NegativeDivisorsRoundTheOtherWay) {
  // Euclidean: 7 / -2 = -3 and -7 / -2 = 4.
  EXPECT_TRUE(forms.same(forms.divide(number(7), number(-2)), number(-3)));
  EXPECT_TRUE(forms.same(forms.divide(number(-7), number(-2)), number(4)));
  EXPECT_TRUE(forms.same(forms.remainder(number(-7), number(-2)), number(1)));
}

TEST_F(FormsTest, MinimaAndMaximaOfAPairShareOneAtom) {
  const size_t before = forms.atom_count();
  const FormId a = forms.least(x, y);
  const FormId b = forms.least(y, x);
  const FormId c = forms.greatest(x, y);
  EXPECT_TRUE(forms.same(a, b));
  EXPECT_TRUE(forms.same(forms.add(a, c), forms.add(x, y)));
  EXPECT_EQ(forms.atom_count(), before + 1);
}

TEST_F(FormsTest, MinimaScale) {
  EXPECT_TRUE(forms.same(forms.least(forms.scale(x, 6), forms.scale(y, 6)),
                         forms.scale(forms.least(x, y), 6)));
}

TEST_F(FormsTest, RangesSettleMinimaAndQuotients) {
  const FormId v = forms.variable(2, {0, 63});
  EXPECT_TRUE(forms.same(forms.least(v, number(63)), v));
  EXPECT_TRUE(forms.same(forms.divide(v, number(64)), number(0)));
  EXPECT_FALSE(forms.is_constant(forms.divide(v, number(63))));
}

TEST_F(FormsTest, ProductsAreMultipliedOutAndSorted) {
  // (x + 1)(y - 1) = xy - x + y - 1
  const FormId product = forms.multiply(forms.shift(x, 1), forms.shift(y, -1));
  const FormId again =
      forms.add(forms.multiply(y, x), forms.combine(y, 1, x, -1, -1));
  EXPECT_TRUE(forms.same(product, again));
}

TEST_F(FormsTest, NumbersThatDoNotFitAreReported) {
  const FormId large = forms.scale(x, int64_t{1} << 40);
  EXPECT_FALSE(forms.overflow());
  forms.scale(large, int64_t{1} << 40);
  EXPECT_TRUE(forms.overflow());
  forms.clear();
  EXPECT_FALSE(forms.overflow());
}

}  // namespace
}  // namespace hone::rewrite::linear
