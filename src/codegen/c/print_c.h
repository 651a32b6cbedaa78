// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Kernels as portable C99: for compilers and processors that Hone has no back
// end for, for people to read, and as a second opinion about the first.
//
// With a compiler that has GCC's vectors (GCC, Clang) registers are such
// vectors, otherwise structs of arrays with loops over them. Compile with -O2
// or more, for the processor that it runs on, and with contraction of products
// and sums allowed (-ffp-contract=fast, GCC's default), without which `fma`
// rounds twice and takes two instructions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "codegen/llvm/machine.h"

namespace hone::codegen {

// What stands before the kernels of a file, for vectors of `lanes` lanes; its
// names begin with `prefix`.
std::string c_preamble(int lanes, std::string_view prefix = "hone_");
// Its part for wide registers.
std::string_view wide_preamble();

// One function, void SYMBOL(void* const* pointers, const int64_t* sizes). The
// kernel must have passed verify_kernel().
std::string print_c(const tensor::VectorKernel& kernel, std::string_view symbol,
                    std::string_view prefix = "hone_");

// A whole file; each width of vectors has a preamble of its own.
std::string print_c_file(std::span<const NamedKernel> kernels);

}  // namespace hone::codegen
