// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tensor/kernel/interpret_kernel.h"

#include <gtest/gtest.h>

#include "tensor/kernel/kernel_test_tools.h"
#include "tensor/kernel/kernel_text.h"

namespace hone::tensor {
namespace {

TEST(InterpretKernel, LanesBehindTheLastAreZeroAndNotStored) {
  const VectorKernel kernel = *parse_kernel(
      "kernel k lanes 4 (x f32, y f32, n) { %a = load x[0] lanes n  $s = "
      "reduce_sum %a  %b = splat $s  store y[0], %b lanes n }");
  std::vector<float> x = {1, 2, 3, 4}, y = {-1, -1, -1, -1};
  const std::vector<KernelBuffer> buffers = {buffer_of(x), buffer_of(y)};
  const std::vector<int64_t> sizes = {3};
  ASSERT_TRUE(interpret_kernel(kernel, buffers, sizes).ok());
  EXPECT_EQ(y, (std::vector<float>{6, 6, 6, -1}));
}

TEST(InterpretKernel, AnAccessOutsideOfABufferIsNamed) {
  const VectorKernel kernel =
      *parse_kernel("kernel k lanes 4 (x f32, n) { %a = load x[n] }");
  std::vector<float> x(8);
  const std::vector<KernelBuffer> buffers = {buffer_of(x)};
  const std::vector<int64_t> sizes = {6};
  const Status status = interpret_kernel(kernel, buffers, sizes);
  ASSERT_FALSE(status.ok());
  EXPECT_NE(status.error().message.find("x[8]"), std::string::npos)
      << status.error().message;
}

TEST(InterpretKernel, StepsAreLimited) {
  const VectorKernel kernel = *parse_kernel(
      "kernel k lanes 4 (n) { for i = 0 .. n step 1 { let a = i } }");
  const std::vector<int64_t> sizes = {1000};
  const Status status = interpret_kernel(kernel, {}, sizes, true, 100);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::LimitReached);
}

TEST(InterpretKernel, DivisionRoundsDown) {
  const VectorKernel kernel = *parse_kernel(
      "kernel k lanes 1 (y i32, n) { $a = index n / 4  $b = index n mod 4  "
      "store y[0], $a  store y[1], $b }");
  std::vector<int32_t> y(2);
  const std::vector<KernelBuffer> buffers = {buffer_of(y)};
  const std::vector<int64_t> sizes = {-5};
  ASSERT_TRUE(interpret_kernel(kernel, buffers, sizes).ok());
  EXPECT_EQ(y, (std::vector<int32_t>{-2, 3}));
}

}  // namespace
}  // namespace hone::tensor
