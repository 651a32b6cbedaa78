// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/kernel_text.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tensor/kernel/convolution.h"
#include "tensor/kernel/gemm.h"

namespace hone::tensor {
namespace {

constexpr std::string_view kAxpy = R"(kernel axpy lanes 16 (x f32, y f32, n) {
  %a = constant 2.5
  for i = 0 .. n step 16 {
    let left = min(n - i, 16)
    %x = load x[i] lanes left
    %y = load y[i] lanes left
    %y = fma %a, %x, %y
    store y[i], %y lanes left
  }
}
)";

void expect_error(std::string_view text, std::string_view piece) {
  const Result<VectorKernel> result = parse_kernel(text);
  ASSERT_FALSE(result.ok()) << text;
  EXPECT_EQ(result.error().kind, ErrorKind::Malformed);
  EXPECT_NE(result.error().message.find(piece), std::string::npos)
      << result.error().message;
}

TEST(KernelText, PrintingWhatWasParsedGivesTheSameText) {
  const Result<VectorKernel> kernel = parse_kernel(kAxpy);
  ASSERT_TRUE(kernel.ok()) << kernel.error().message;
  EXPECT_EQ(print_kernel(*kernel), kAxpy);
}

TEST(KernelText, EveryStatementSurvives) {
  const std::string_view text =
      R"(kernel all lanes 4 (x f32, i i32, l i64, u u8, n, m) {
  %a = constant -1.5
  %k = constant i32 -3
  $s = load x[0]
  %b = broadcast x[n / 2 mod 3]
  %c = load x[n * (m + 1) - (n - m)] stride m lanes 3
  %j = index n + m
  %o = iota
  fetch q = l[max(n, 0)]
  if q < m {
    store x[q], %c stride 2
  } else {
    store i[0], %k
    store u[4], %o lanes 2
  }
  %z = constant inf
  $t = reduce_sum %z
}
)";
  const Result<VectorKernel> kernel = parse_kernel(text);
  ASSERT_TRUE(kernel.ok()) << kernel.error().message;
  EXPECT_EQ(print_kernel(*kernel), text);
}

TEST(KernelText, BuiltKernelsSurviveText) {
  for (const VectorKernel& kernel :
       {build_gemm({.masked = true, .bias = true, .post = relu_expression()}),
        build_convolution({.columns = 3, .post = relu_expression()}),
        build_depthwise({.columns = 2})}) {
    const std::string text = print_kernel(kernel);
    const Result<VectorKernel> again = parse_kernel(text);
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(print_kernel(*again), text);
    EXPECT_EQ(kernel_hash(*again), kernel_hash(kernel));
  }
}

TEST(KernelText, NamesDoNotChangeTheHashButNumbersDo) {
  std::string renamed(kAxpy);
  for (size_t at; (at = renamed.find("left")) != std::string::npos;)
    renamed.replace(at, 4, "rest");
  std::string other(kAxpy);
  other.replace(other.find("2.5"), 3, "2.6");
  const Hash128 hash = kernel_hash(*parse_kernel(kAxpy));
  EXPECT_EQ(kernel_hash(*parse_kernel(renamed)), hash);
  EXPECT_NE(kernel_hash(*parse_kernel(other)), hash);
}

TEST(KernelText, ErrorsNameTheLineAndWhatWasExpected) {
  expect_error("kernel k lanes 4 (n) {\n  %a = madd %b\n}",
               "line 2: expected an operation, found 'madd'");
  expect_error("kernel k lanes 4 (n) { let n = 1 }", "not taken yet");
  expect_error("kernel k lanes 4 (n) {", "'}'");
  expect_error("kernel k lanes x", "an integer");
  expect_error("kernel k lanes 4 (n, x f32) {}", "pointers before sizes");
  expect_error("kernel k lanes 4 () {} {}", "the end of the text");
  expect_error("kernel k lanes 3 () {}", "a power of two");
}

TEST(KernelText, NestingIsBounded) {
  std::string blocks = "kernel k lanes 4 (n) ", sums = blocks;
  for (int i = 0; i < 1000; ++i) blocks += "{ if n < 1 ";
  expect_error(blocks, "at most 64");
  sums += "{ let a = " + std::string(1000, '(');
  expect_error(sums, "at most 64");
}

TEST(KernelText, SeededMutantsAreParsedOrRefused) {
  Random random(7);
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string text(kAxpy);
    for (int edits = 1 + static_cast<int>(random.below(3)); edits > 0;
         --edits) {
      const size_t at = random.below(text.size());
      if (random.chance(0.5))
        text.erase(at, 1 + random.below(8));
      else
        text[at] = static_cast<char>(32 + random.below(95));
    }
    const Result<VectorKernel> kernel = parse_kernel(text);
    if (!kernel.ok()) continue;
    ++accepted;
    EXPECT_TRUE(parse_kernel(print_kernel(*kernel)).ok()) << text;
  }
  EXPECT_GT(accepted, 10);
}

}  // namespace
}  // namespace hone::tensor
