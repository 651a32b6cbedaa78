// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/dim.h"

#include <gtest/gtest.h>

namespace hone::tensor {
namespace {

Dim dim(std::string_view text) { return *parse_dim(text); }

TEST(Dim, EqualPolynomialsAreEqualValues) {
  EXPECT_EQ(dim("2*N + 1 - (N - 3)"), dim("N + 4"));
  EXPECT_EQ(dim("(N + 1) * (N - 1)"), dim("N*N - 1"));
  EXPECT_EQ(dim("N*M"), dim("M*N"));
  EXPECT_NE(dim("N"), dim("M"));
}

TEST(Dim, DivisionIsExactWhereCoefficientsAllow) {
  EXPECT_EQ(floor_div(dim("4*N + 3"), 4), dim("N"));
  EXPECT_EQ(floor_div(dim("6*N*M"), dim("2*N")), dim("3*M"));
  EXPECT_EQ(ceil_div(7, 2), Dim(4));
  EXPECT_EQ(floor_div(-7, 2), Dim(-4));
  EXPECT_EQ(to_text(floor_div(dim("N + 1"), 2)), "floor((N + 1) / (2))");
}

TEST(Dim, TextIsReadBack) {
  for (const char* text :
       {"0", "-3", "N", "-N + 1", "2*M*N - 7", "floor((N + 1) / (2)) + 5",
        "max(N, floor((M) / (3)))", "min(M, N)*N", "?3 + 1"})
    EXPECT_EQ(to_text(dim(to_text(dim(text)))), to_text(dim(text))) << text;
}

TEST(Dim, BadTextIsRefused) {
  for (const char* text : {"", "+", "N M", "2*", "floor(N)", "max(N)", "(N",
                           "99999999999999999999"})
    EXPECT_FALSE(parse_dim(text).ok()) << text;
  EXPECT_FALSE(parse_dim(std::string(100000, '(')).ok());
}

TEST(Dim, NumbersForSymbolsGiveNumbers) {
  const Bindings seven = [](std::string_view s) {
    return s == "N" ? std::optional<int64_t>(7) : std::nullopt;
  };
  EXPECT_EQ(evaluate(dim("floor((N + 1) / 2) * 3"), seven), 12);
  EXPECT_EQ(evaluate(dim("max(N, 9) - min(N, 9)"), seven), 2);
  EXPECT_EQ(evaluate(dim("N + M"), seven), std::nullopt);
  EXPECT_EQ(evaluate(dim("floor(1 / (N - 7))"), seven), std::nullopt);
}

TEST(Dim, SizesForSymbolsGiveSizes) {
  const auto replace = [](std::string_view s) {
    return s == "N" ? std::optional<Dim>(dim("2*K")) : std::nullopt;
  };
  EXPECT_EQ(substitute(dim("floor((N) / (2)) + M"), replace), dim("K + M"));
}

TEST(Dim, AnOverflowIsNoNumber) {
  const Dim big(INT64_MAX);
  EXPECT_FALSE((big + big).is_constant());
  EXPECT_FALSE((big * big).is_constant());
  EXPECT_EQ(evaluate(big + big, {}), std::nullopt);
}

TEST(Dim, ManyOperationsStaySmall) {
  Dim size = dim("N");
  for (int i = 0; i < 200; ++i) size = floor_div(size * size + 1, dim("M + 3"));
  EXPECT_LT(to_text(size).size(), 10000u);
}

TEST(Dim, ASizeIsAListOfOperations) {
  const Dim n = Dim::symbol("N");
  const auto steps = steps_of(floor_div(n + 1, 2) * 3);
  ASSERT_TRUE(steps);
  std::vector<int64_t> values;
  for (const DimStep& s : *steps) {
    const int64_t a = s.a < 0 ? 0 : values[s.a], b = s.b < 0 ? 0 : values[s.b];
    switch (s.kind) {
      case DimStep::Kind::Number:
        values.push_back(s.number);
        break;
      case DimStep::Kind::Symbol:
        EXPECT_EQ(s.symbol, "N");
        values.push_back(8);
        break;
      case DimStep::Kind::Add:
        values.push_back(a + b);
        break;
      case DimStep::Kind::Mul:
        values.push_back(a * b);
        break;
      case DimStep::Kind::FloorDiv:
        values.push_back(a / b);
        break;
      default:
        ADD_FAILURE();
    }
  }
  EXPECT_EQ(values.back(), 12);
}

}  // namespace
}  // namespace hone::tensor
