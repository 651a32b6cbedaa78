// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The errors of the vector functions over all float32 values, against the
// double precision of the C library, and their speed:
//
//   math_bench [STEP [TARGET]]
//
// STEP takes every STEP-th bit pattern; 1, the default, takes all and some
// minutes. TARGET as in find_target(), "native" unless given.
#include <fmt/format.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <cstdlib>

#include "codegen/llvm/jit.h"
#include "codegen/llvm/machine.h"
#include "tensor/kernel/vector_math.h"

namespace {

using namespace hone;          // NOLINT: a program of one file
using namespace hone::tensor;  // NOLINT

double exact(VectorFunction function, double x) {
  switch (function) {
    case VectorFunction::Erf:
      return std::erf(x);
    case VectorFunction::Exp:
      return std::exp(x);
    case VectorFunction::Log:
      return std::log(x);
    case VectorFunction::Sigmoid:
      return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
    case VectorFunction::Tanh:
      return std::tanh(x);
  }
  return 0;
}

VectorKernel build(VectorFunction function) {
  KernelBuilder b("f", 16);
  const Pointer x = b.pointer("x"), y = b.pointer("y");
  const Ix n = b.size("n");
  b.loop("i", 0, n, 16, [&](Ix i) {
    b.store(y, i, write_function(b, function, b.load(x, i)));
  });
  return std::move(b).finish();
}

struct Errors {
  double worst = 0;
  float at = 0;
  long wrong_special = 0;  // NaN and infinities that differ

  void add(float x, float got, double wanted) {
    const auto rounded = static_cast<float>(wanted);
    if (!std::isfinite(rounded)) {
      wrong_special += std::isnan(rounded) ? !std::isnan(got) : got != rounded;
      return;
    }
    int exponent;
    std::frexp(std::fabs(rounded), &exponent);
    const double ulp = std::ldexp(1.0, std::max(exponent - 24, -149));
    const double error = std::fabs(got - wanted) / ulp;
    if (error <= worst) return;
    worst = error;
    at = x;
  }
};

}  // namespace

int main(int count, char** arguments) {
  const uint64_t step =
      count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1;
  const char* const name = count > 2 ? arguments[2] : "native";
  const auto target = codegen::find_target(name);
  if (step == 0 || !target.ok()) {
    fmt::print(stderr, "expected math_bench [STEP [TARGET]]\n");
    return 2;
  }
  constexpr size_t kChunk = 1 << 16;
  std::vector<float> x(kChunk), y(kChunk);
  fmt::print("{:<10}{:>10}{:>14}{:>12}{:>14}\n", "function", "ulp", "at",
             "special", "elements/ns");
  for (const VectorFunctionInfo& info : vector_functions()) {
    auto code =
        codegen::compile_kernels({{"f", build(info.function)}}, *target);
    if (!code.ok()) return 2;
    auto jit = codegen::Jit::load(code->object);
    if (!jit.ok()) return 2;
    const codegen::KernelFunction f = *jit->find("f");
    void* const pointers[] = {x.data(), y.data()};
    const int64_t sizes[] = {kChunk};
    Errors errors;
    double seconds = 0;
    int64_t done = 0;
    for (uint64_t bits = 0; bits <= UINT32_MAX;) {
      size_t used = 0;
      for (; used < kChunk && bits <= UINT32_MAX; ++used, bits += step)
        x[used] = std::bit_cast<float>(static_cast<uint32_t>(bits));
      const auto start = std::chrono::steady_clock::now();
      f(pointers, sizes);
      seconds += std::chrono::duration<double>(
                     std::chrono::steady_clock::now() - start)
                     .count();
      done += kChunk;
      for (size_t i = 0; i < used; ++i)
        errors.add(x[i], y[i], exact(info.function, x[i]));
    }
    fmt::print("{:<10}{:>10.3f}{:>14g}{:>12}{:>14.2f}\n", info.name,
               errors.worst, errors.at, errors.wrong_special,
               static_cast<double>(done) / seconds / 1e9);
  }
}
