// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/machine_peak.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include "codegen/llvm/jit.h"
#include "codegen/llvm/machine.h"
#include "tensor/kernel/kernel_builder.h"

namespace hone::toolkit {

using tensor::Ix;
using tensor::KernelBuilder;
using tensor::KernelOp;
using tensor::Pointer;
using tensor::Reg;

namespace {

constexpr int kLanes = 16;
constexpr int kTries = 5;
constexpr int64_t kProducts = 20'000;
constexpr int64_t kElements = 16 << 20;

// `sums` chains of dependent products, enough to fill the multipliers.
tensor::VectorKernel product_kernel(int sums) {
  KernelBuilder b("products", kLanes);
  const Pointer x = b.pointer("x");
  const Ix n = b.size("n");
  const std::vector<Reg> sum = b.variables("sum", sums);
  for (const Reg s : sum) b.set_constant(s, 0);
  const Reg a = b.load(x, 0), c = b.load(x, kLanes);
  b.loop("i", 0, n, 1, [&](Ix) {
    for (const Reg s : sum) b.set(s, KernelOp::Fma, {a, c, s});
  });
  Reg total = sum[0];
  for (size_t i = 1; i < sum.size(); ++i)
    total = b.apply(KernelOp::Add, {total, sum[i]});
  b.store(x, 0, total);
  return std::move(b).finish();
}

tensor::VectorKernel read_kernel() {
  KernelBuilder b("read", kLanes);
  const Pointer x = b.pointer("x");
  const Ix n = b.size("n");
  constexpr int kSums = 4;
  const std::vector<Reg> sum = b.variables("sum", kSums);
  for (const Reg s : sum) b.set_constant(s, 0);
  b.loop("i", 0, n, kSums * kLanes, [&](Ix i) {
    for (int k = 0; k < kSums; ++k)
      b.set(sum[k], KernelOp::Add, {sum[k], b.load(x, i + k * kLanes)});
  });
  Reg total = sum[0];
  for (int k = 1; k < kSums; ++k)
    total = b.apply(KernelOp::Add, {total, sum[k]});
  b.store(x, 0, total);
  return std::move(b).finish();
}

double best_seconds(codegen::KernelFunction function, void* data,
                    int64_t size) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kTries; ++i) {
    const auto start = std::chrono::steady_clock::now();
    function(&data, &size);
    const std::chrono::duration<double> taken =
        std::chrono::steady_clock::now() - start;
    best = std::min(best, taken.count());
  }
  return best;
}

}  // namespace

Result<MachinePeak> measure_peak() {
  HONE_ASSIGN_OR_RETURN(const codegen::CpuTarget target,
                        codegen::find_target("native"));
  // Two vectors are operands.
  const int parts = std::max(1, kLanes * 4 / target.vector_bytes);
  const int sums = target.vector_registers / parts - 3;
  HONE_ASSIGN_OR_RETURN(
      const codegen::MachineCode code,
      codegen::compile_kernels(
          {{"products", product_kernel(sums)}, {"read", read_kernel()}},
          target));
  HONE_ASSIGN_OR_RETURN(codegen::Jit jit, codegen::Jit::load(code.object));
  HONE_ASSIGN_OR_RETURN(const auto products, jit.find("products"));
  HONE_ASSIGN_OR_RETURN(const auto read, jit.find("read"));
  std::vector<float> data(kElements, 1);
  MachinePeak peak;
  peak.flops = 2.0 * kLanes * sums * static_cast<double>(kProducts) /
               best_seconds(products, data.data(), kProducts);
  peak.bytes = 4.0 * static_cast<double>(kElements) /
               best_seconds(read, data.data(), kElements);
  return peak;
}

}  // namespace hone::toolkit
