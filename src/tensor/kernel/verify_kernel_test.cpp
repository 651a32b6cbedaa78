// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/verify_kernel.h"

#include <gtest/gtest.h>

#include "tensor/kernel/kernel_text.h"

namespace hone::tensor {
namespace {

// The body of a kernel with pointers x (f32), i (i32) and sizes n, m.
void expect_refused(std::string_view body, std::string_view piece) {
  const Result<VectorKernel> result = parse_kernel(
      "kernel k lanes 4 (x f32, i i32, n, m) {\n" + std::string(body) + "\n}");
  ASSERT_FALSE(result.ok()) << body;
  EXPECT_NE(result.error().message.find(piece), std::string::npos)
      << result.error().message;
}

TEST(VerifyKernel, OperandsHaveTheTypesOfTheSignature) {
  expect_refused("%a = load i[0]\n%b = add %a, %a", "takes a vector of f32");
  expect_refused("%a = load x[0]\n%b = select %a, %a, %a", "a vector mask");
  expect_refused("$a = load x[0]\n%b = reduce_sum $a", "a vector of f32");
  expect_refused("%a = load x[0]\n%a = load i[0]", "is a vector of f32");
  expect_refused("%a = load i[0]\nstore x[0], %a", "'x' holds f32");
  expect_refused("$a = load x[0]\nstore x[0], $a lanes 2", "belong to vectors");
  expect_refused("fetch a = x[0]", "'fetch' reads integers");
}

TEST(VerifyKernel, RegistersAreWrittenOnEveryPathBeforeTheyAreRead) {
  expect_refused("if n < m { %a = load x[0] }\nstore x[1], %a",
                 "%a is read before");
  expect_refused("for j = 0 .. n step 1 { %a = load x[j] }\nstore x[1], %a",
                 "%a is read before");
  const std::string_view both =
      "kernel k lanes 4 (x f32, n) { if n < 1 { %a = load x[0] } else { %a = "
      "load x[4] } store x[8], %a }";
  EXPECT_TRUE(parse_kernel(both).ok());
}

TEST(VerifyKernel, VariablesLiveInTheirBlock) {
  expect_refused("for j = 0 .. n step 1 { let a = j }\nlet b = a",
                 "'a' is read where it has no value");
  expect_refused("for j = 0 .. n step 0 { }", "a positive step");
}

TEST(VerifyKernel, DivisorsArePositiveConstantsOrParameters) {
  expect_refused("let a = n / (m + 1)", "as divisor");
  expect_refused("let a = n mod 0", "as divisor");
  EXPECT_TRUE(parse_kernel("kernel k lanes 4 (n, m) { let a = n / m }").ok());
}

}  // namespace
}  // namespace hone::tensor
