// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels printed as C, compiled by clang and run, against the interpreter, bit
// for bit; with vectors and without.
#include "codegen/c/print_c.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "base/file.h"
#include "base/subprocess.h"
#include "codegen/llvm/jit.h"
#include "tensor/kernel/convolution.h"
#include "tensor/kernel/elementwise.h"
#include "tensor/kernel/gemm.h"
#include "tensor/kernel/kernel_test_tools.h"
#include "tensor/kernel/reduction.h"
#include "tensor/kernel/relayout.h"

namespace hone::codegen {
namespace {

using tensor::small_numbers;
using tensor::VectorKernel;

struct Case {
  VectorKernel kernel;
  std::vector<std::vector<float>> arrays;
  std::vector<int64_t> sizes;
};

// Kernels that use loads and stores of every form, masks, integers, scalars.
std::vector<Case> cases() {
  using tensor::Access;
  std::vector<Case> all;
  all.push_back({tensor::build_gemm({.rows = 2, .vectors = 2, .masked = true}),
                 {small_numbers(35, 1), small_numbers(7 * 50, 2),
                  std::vector<float>(250)},
                 {0, 2, 5, 50, 7, 7, 50, 16, 50}});
  all.push_back({tensor::build_softmax(true, true, 16),
                 {std::vector<float>(3 * 37), small_numbers(3 * 37, 1)},
                 {0, 3, 37}});
  all.push_back({tensor::build_to_blocked(16),
                 {std::vector<float>(2 * 6 * 16), small_numbers(20 * 6, 1)},
                 {0, 2, 20, 2, 3, 96, 48, 6, 3}});
  for (const tensor::VectorFunctionInfo& f : tensor::vector_functions())
    all.push_back(
        {tensor::build_elementwise(
             {.expression =
                  {.steps = {{.kind = tensor::ExpressionStep::Kind::Function,
                              .function = f.function,
                              .operands = {0}}}},
              .inputs = {Access::Strided}}),
         {std::vector<float>(40), small_numbers(120, 4)},
         {0, 1, 40, 40, 120, 3}});
  return all;
}

void expect_same(const std::string& folder, const std::vector<Case>& all,
                 const std::vector<std::string>& flags) {
  std::vector<NamedKernel> named;
  for (size_t i = 0; i < all.size(); ++i)
    named.push_back({"f" + std::to_string(i), all[i].kernel});
  const std::string source = folder + "/k.c", library = folder + "/k.so";
  ASSERT_TRUE(write_file(source, print_c_file(named)).ok());
  std::vector<std::string> argv = {
      "clang-22", "-std=c99", "-O1",  "-Wall", "-Werror", "-ffp-contract=off",
      "-shared",  "-fPIC",    source, "-o",    library,   "-lm"};
  argv.insert(argv.end(), flags.begin(), flags.end());
  const auto compiled = run_checked({.argv = argv});
  ASSERT_TRUE(compiled.ok()) << compiled.error().message;
  void* const handle = dlopen(library.c_str(), RTLD_NOW);
  ASSERT_NE(handle, nullptr) << dlerror();
  for (size_t i = 0; i < all.size(); ++i) {
    std::vector<std::vector<float>> got = all[i].arrays, wanted = got;
    std::vector<void*> pointers;
    std::vector<tensor::KernelBuffer> buffers;
    for (size_t k = 0; k < got.size(); ++k) {
      pointers.push_back(got[k].data());
      buffers.push_back(tensor::buffer_of(wanted[k]));
    }
    reinterpret_cast<KernelFunction>(dlsym(handle, named[i].symbol.c_str()))(
        pointers.data(), all[i].sizes.data());
    ASSERT_TRUE(
        interpret_kernel(all[i].kernel, buffers, all[i].sizes, false).ok());
    for (size_t k = 0; k < got.size(); ++k)
      for (size_t j = 0; j < got[k].size(); ++j)
        EXPECT_TRUE(std::bit_cast<uint32_t>(got[k][j]) ==
                        std::bit_cast<uint32_t>(wanted[k][j]) ||
                    (std::isnan(got[k][j]) && std::isnan(wanted[k][j])))
            << all[i].kernel.name << " " << i << " [" << j << "]: " << got[k][j]
            << ", wanted " << wanted[k][j];
  }
  dlclose(handle);
}

TEST(PrintC, VectorsComputeWhatTheInterpreterDoes) {
  const auto folder = TempDir::make();
  expect_same(folder->path().string(), cases(), {});
}

TEST(PrintC, SoDoCompilersWithoutVectors) {
  const auto folder = TempDir::make();
  expect_same(folder->path().string(), cases(),
              {"-U__GNUC__", "-Wno-literal-range", "-Wno-unused-function"});
}

TEST(PrintC, KernelsOfTwoWidthsStandInOneFile) {
  std::vector<Case> all = cases();
  for (const bool blocks : {false, true})
    all.push_back({tensor::build_softmax(blocks, true, 8),
                   {std::vector<float>(3 * 37), small_numbers(3 * 37, 1)},
                   {0, 3, 37}});
  const auto folder = TempDir::make();
  expect_same(folder->path().string(), all, {});
}

}  // namespace
}  // namespace hone::codegen
