// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Machine code of this machine against the interpreter, bit for bit.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "codegen/llvm/jit.h"
#include "codegen/llvm/machine.h"
#include "tensor/kernel/convolution.h"
#include "tensor/kernel/gemm.h"
#include "tensor/kernel/kernel_test_tools.h"
#include "tensor/kernel/vector_math.h"

namespace hone::codegen {
namespace {

using tensor::buffer_of;
using tensor::Ix;
using tensor::KernelBuffer;
using tensor::KernelBuilder;
using tensor::KernelOp;
using tensor::Lane;
using tensor::Pointer;
using tensor::Reg;
using tensor::small_numbers;
using tensor::VectorKernel;

// The result of both, in the array `output`.
void expect_same(const VectorKernel& kernel,
                 std::vector<std::vector<float>> arrays, size_t output,
                 const std::vector<int64_t>& sizes,
                 std::string_view target_name = "native") {
  const CpuTarget target = *find_target(target_name);
  const auto code = compile_kernels({{"f", kernel}}, target);
  ASSERT_TRUE(code.ok()) << code.error().message;
  auto jit = Jit::load(code->object);
  ASSERT_TRUE(jit.ok()) << jit.error().message;
  std::vector<std::vector<float>> compiled = arrays;
  std::vector<void*> pointers;
  std::vector<KernelBuffer> buffers;
  for (size_t i = 0; i < arrays.size(); ++i) {
    pointers.push_back(compiled[i].data());
    buffers.push_back(buffer_of(arrays[i]));
  }
  (*jit->find("f"))(pointers.data(), sizes.data());
  const Status status = interpret_kernel(kernel, buffers, sizes, target.fused);
  ASSERT_TRUE(status.ok()) << status.error().message;
  for (size_t i = 0; i < arrays[output].size(); ++i) {
    const float got = compiled[output][i], wanted = arrays[output][i];
    EXPECT_TRUE(std::bit_cast<uint32_t>(got) ==
                    std::bit_cast<uint32_t>(wanted) ||
                (std::isnan(got) && std::isnan(wanted)))
        << target_name << " [" << i << "]: " << got << ", wanted " << wanted;
  }
}

// f32 from a signature's letter, and back.
Reg to_lane(KernelBuilder& b, Reg value, char letter) {
  if (letter == 'i' || letter == 'I') return b.apply(KernelOp::AsInt, {value});
  if (letter == 'm') return b.apply(KernelOp::Less, {value, b.constant(0)});
  if (letter == 'S') return b.apply(KernelOp::ReduceMax, {value});
  return value;
}

Reg from_lane(KernelBuilder& b, Reg value, char letter) {
  if (letter == 'i' || letter == 'I')
    return b.apply(KernelOp::AsFloat, {value});
  if (letter == 'm')
    return b.apply(KernelOp::Select, {value, b.constant(1), b.constant(2)});
  if (letter == 'S') return b.apply(KernelOp::Splat, {value});
  return value;
}

VectorKernel kernel_of(KernelOp op) {
  KernelBuilder b("op", 16);
  const Pointer x = b.pointer("x"), y = b.pointer("y"), z = b.pointer("z");
  const Pointer out = b.pointer("out");
  const Ix n = b.size("n");
  const std::string_view signature = tensor::kernel_op_info(op).signature;
  b.loop("i", 0, n, 16, [&](Ix i) {
    const Pointer from[] = {x, y, z};
    std::vector<Reg> operands;
    for (size_t k = 0; k < signature.find('>'); ++k)
      operands.push_back(to_lane(b, b.load(from[k], i), signature[k]));
    if (op == KernelOp::ShiftLeft || op == KernelOp::ShiftRight)
      operands[1] = b.apply(KernelOp::IntAnd, {operands[1], b.integer(31)});
    b.store(out, i, from_lane(b, b.apply(op, operands), signature.back()));
  });
  return std::move(b).finish();
}

// The same on wide registers, which load and store f32.
Reg to_wide(KernelBuilder& b, Reg value, char letter) {
  if (letter == 'i' || letter == 'l') return b.apply(KernelOp::ToInt, {value});
  if (letter == 'm') return b.apply(KernelOp::Less, {value, b.wide(0)});
  return value;
}

Reg from_wide(KernelBuilder& b, Reg value, char letter) {
  if (letter == 'i' || letter == 'l')
    return b.apply(KernelOp::ToFloat, {value});
  if (letter == 'm')
    return b.apply(KernelOp::Select, {value, b.wide(1), b.wide(2)});
  return value;
}

VectorKernel wide_kernel_of(KernelOp op) {
  KernelBuilder b("op", 1);
  const Pointer x = b.pointer("x"), y = b.pointer("y"), z = b.pointer("z");
  const Pointer out = b.pointer("out");
  const Ix n = b.size("n");
  const std::string_view signature = tensor::kernel_op_info(op).signature;
  b.loop("i", 0, n, 1, [&](Ix i) {
    const Pointer from[] = {x, y, z};
    std::vector<Reg> operands;
    for (size_t k = 0; k < signature.find('>'); ++k)
      operands.push_back(to_wide(b, b.load_wide(from[k], i), signature[k]));
    if (op == KernelOp::ShiftLeft || op == KernelOp::ShiftRight ||
        op == KernelOp::NaturalShiftRight)
      operands[1] = b.apply(KernelOp::IntAnd, {operands[1], b.wide_index(63)});
    b.store(out, i, from_wide(b, b.apply(op, operands), signature.back()));
  });
  return std::move(b).finish();
}

bool is_always_wide(std::string_view signature) {
  return signature.find_first_of("dl") != std::string_view::npos;
}

bool can_be_wide(std::string_view signature) {
  return signature.find_first_of("SVI") == std::string_view::npos &&
         signature[signature.find('>') - 1] != 'm';
}

// Ordinary numbers, and every kind of special one.
std::vector<float> any_numbers(size_t count, uint64_t seed) {
  Random random(seed);
  const std::vector<float> special = {0.0f,   -0.0f,    0.5f,      1.5f,
                                      -2.5f,  INFINITY, -INFINITY, NAN,
                                      1e-40f, 3e9f,     -3e9f,     1e38f};
  std::vector<float> values(count);
  for (float& value : values)
    value = random.chance(0.5)
                ? random.pick(special)
                : std::bit_cast<float>(static_cast<uint32_t>(random.next()));
  return values;
}

TEST(Lowering, EveryOperationEqualsTheInterpreter) {
  for (const KernelOp op : {
#define HONE_KERNEL_OP(identifier, name, signature, sentence) \
  KernelOp::identifier,
#include "tensor/kernel/kernel_ops.def"
#undef HONE_KERNEL_OP
       }) {
    SCOPED_TRACE(tensor::kernel_op_info(op).name);
    // NaN's payload is nobody's promise where bits are read as integers.
    const std::string_view signature = tensor::kernel_op_info(op).signature;
    const bool bits = signature.find_first_of("il") != std::string_view::npos;
    const size_t n = 256;
    std::vector<std::vector<float>> arrays;
    for (uint64_t seed = 1; seed <= 3; ++seed)
      arrays.push_back(bits ? small_numbers(n, seed) : any_numbers(n, seed));
    arrays.emplace_back(n);
    if (!is_always_wide(signature)) expect_same(kernel_of(op), arrays, 3, {n});
    if (can_be_wide(signature)) expect_same(wide_kernel_of(op), arrays, 3, {n});
  }
}

TEST(Lowering, MasksStridesAndIntegersEqualTheInterpreter) {
  KernelBuilder b("k", 16);
  const Pointer x = b.pointer("x"), y = b.pointer("y");
  const Ix n = b.size("n"), step = b.size("step");
  b.loop("i", 0, n, 16, [&](Ix i) {
    const Ix left = b.let("left", min(n - i, 16));
    const Reg value = b.load(x, i * step, left, step);
    b.when_less(
        i, 20, [&] { b.store(y, i, value, left); },
        [&] {
          const Reg lane =
              b.apply(KernelOp::ToFloat,
                      {b.apply(KernelOp::IntAdd,
                               {b.iota(), b.index(i % 7 - n / step)})});
          b.store(y, i * step, lane, left, step);
        });
  });
  const VectorKernel kernel = std::move(b).finish();
  for (const char* target : {"native", "x86-64-v2", "x86-64-v3"})
    expect_same(kernel, {small_numbers(160, 1), std::vector<float>(160)}, 1,
                {41, 3}, target);
}

TEST(Lowering, ProductsOfBytesAreTheSameOnEveryTarget) {
  KernelBuilder b("k", 16);
  const Pointer x = b.pointer("x"), y = b.pointer("y"), z = b.pointer("z");
  const Ix n = b.size("n");
  const auto bits = [&](Pointer from, Ix i) {
    return b.apply(KernelOp::AsInt, {b.load(from, i)});
  };
  b.loop("i", 0, n, 16, [&](Ix i) {
    const Reg sum =
        b.apply(KernelOp::Dot, {bits(x, i), bits(y, i), b.integer(7)});
    b.store(z, i, b.apply(KernelOp::ToFloat, {sum}));
  });
  const VectorKernel kernel = std::move(b).finish();
  for (const char* target : {"native", "x86-64-v2", "x86-64-v3", "x86-64-v4"})
    expect_same(
        kernel,
        {any_numbers(256, 1), any_numbers(256, 2), std::vector<float>(256)}, 2,
        {256}, target);
}

TEST(Lowering, EveryTargetComputesTheSameProduct) {
  const VectorKernel kernel =
      tensor::build_gemm({.rows = 2, .vectors = 2, .masked = true});
  for (const char* target : {"native", "x86-64-v2", "x86-64-v3"})
    expect_same(kernel,
                {small_numbers(35, 1), small_numbers(7 * 50, 2),
                 std::vector<float>(5 * 50)},
                2, {0, 2, 5, 50, 7, 7, 50, 16, 50}, target);
}

TEST(Lowering, ATileThatDoesNotFitSpillsAndIsReported) {
  const CpuTarget target = *find_target("x86-64-v4");
  const auto fits =
      compile_kernels({{"f", tensor::build_convolution({})}}, target);
  ASSERT_TRUE(fits.ok());
  EXPECT_TRUE(fits->spills.empty());
  const auto spills = compile_kernels(
      {{"f", tensor::build_convolution({.columns = 10, .vectors = 4})}},
      target);
  ASSERT_TRUE(spills.ok());
  EXPECT_GT(spills->spills.at("f"), 0);
}

TEST(Lowering, OneCompilationGivesTheSameBytesAgain) {
  const CpuTarget target = *find_target("x86-64-v3");
  const std::vector<NamedKernel> kernels = {{"a", tensor::build_gemm({})},
                                            {"b", tensor::build_depthwise({})}};
  EXPECT_EQ(compile_kernels(kernels, target)->object,
            compile_kernels(kernels, target)->object);
}

TEST(Lowering, AnUnknownTargetIsNamedWithThoseThatExist) {
  const auto target = find_target("x86-64-v9");
  ASSERT_FALSE(target.ok());
  EXPECT_NE(target.error().message.find("x86-64-v4"), std::string::npos);
}

TEST(Lowering, AProcessorGetsTheCodeOfItsLevel) {
  const std::pair<const char*, const char*> levels[] = {
      {"nehalem", "x86-64-v2"},
      {"haswell", "x86-64-v3"},
      {"znver3", "x86-64-v3"},
      {"skylake-avx512", "x86-64-v4"},
      {"znver5", "x86-64-v4-vnni"}};
  for (const auto& [name, level] : levels) {
    SCOPED_TRACE(name);
    const auto found = find_target(name, "x86_64-linux-gnu");
    ASSERT_TRUE(found.ok()) << found.error().message;
    const CpuTarget target = *find_target(level);
    EXPECT_EQ(found->tuned, name);
    EXPECT_EQ(found->cpu, target.cpu);
    EXPECT_EQ(found->features, target.features);
    EXPECT_TRUE(runs_on(*found, target));
    EXPECT_TRUE(compile_kernels({{"f", tensor::build_gemm({})}}, *found).ok());
  }
}

TEST(Lowering, WhatIsNoProcessorOfTheTargetIsRefused) {
  for (const auto& [cpu, triple] : {std::pair("core2", ""),
                                    {"cortex-a76", ""},
                                    {"znver4", "aarch64-linux-gnu"},
                                    {"generic", "riscv64-linux-gnu"},
                                    {"x86-64-v3", "x86_64-apple-darwin"}}) {
    const auto found = find_target(cpu, triple);
    ASSERT_FALSE(found.ok()) << cpu << ", " << triple;
  }
}

double exact(tensor::VectorFunction function, double x) {
  switch (function) {
    case tensor::VectorFunction::Erf:
      return std::erf(x);
    case tensor::VectorFunction::Exp:
      return std::exp(x);
    case tensor::VectorFunction::Log:
      return std::log(x);
    case tensor::VectorFunction::Sigmoid:
      return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x));
    case tensor::VectorFunction::Tanh:
      return std::tanh(x);
  }
  return 0;
}

TEST(VectorMath, EveryFunctionKeepsItsBoundOnASample) {
  for (const tensor::VectorFunctionInfo& info : tensor::vector_functions()) {
    KernelBuilder b("f", 16);
    const Pointer x = b.pointer("x"), y = b.pointer("y");
    const Ix n = b.size("n");
    b.loop("i", 0, n, 16, [&](Ix i) {
      b.store(y, i, write_function(b, info.function, b.load(x, i)));
    });
    const auto code =
        compile_kernels({{"f", std::move(b).finish()}}, *find_target("native"));
    ASSERT_TRUE(code.ok());
    auto jit = Jit::load(code->object);
    const KernelFunction f = *jit->find("f");
    const size_t count = 65536;
    std::vector<float> in(count), out(count);
    for (size_t i = 0; i < count; ++i)
      in[i] = std::bit_cast<float>(static_cast<uint32_t>(i * 65537));
    void* const pointers[] = {in.data(), out.data()};
    const int64_t sizes[] = {count};
    f(pointers, sizes);
    for (size_t i = 0; i < count; ++i) {
      const double wanted = exact(info.function, in[i]);
      const auto rounded = static_cast<float>(wanted);
      if (!std::isfinite(rounded)) {
        EXPECT_TRUE(std::isnan(rounded) ? std::isnan(out[i])
                                        : out[i] == rounded)
            << info.name << "(" << in[i] << ") = " << out[i];
        continue;
      }
      int exponent;
      std::frexp(std::fabs(rounded), &exponent);
      const double ulp = std::ldexp(1.0, std::max(exponent - 24, -149));
      EXPECT_LE(std::fabs(out[i] - wanted) / ulp, info.ulp)
          << info.name << "(" << in[i] << ") = " << out[i];
    }
  }
}

}  // namespace
}  // namespace hone::codegen
