// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The text form of kernels; kernel.h has an example.
//
//   kernel     = "kernel" NAME "lanes" NUMBER "(" parameter, … ")" block
//   parameter  = NAME ELEMENT | NAME            a pointer, a size
//   block      = "{" statement… "}"
//   statement  = %R "=" value | "store" place "," %R
//              | "let" NAME "=" index | "fetch" NAME "=" NAME "[" index "]"
//              | "for" NAME "=" index ".." index "step" NUMBER block
//              | "if" index "<" index block ["else" block]
//   value      = OP %R, … | "constant" ["i32"] NUMBER | "iota" | "index" index
//              | "broadcast" NAME "[" index "]" | "load" place
//   place      = NAME "[" index "]" ["stride" index] ["lanes" index]
//   index      = sums, products (* / mod) and min(a, b), max(a, b)
//   %R         = %name for vectors, $name for scalars
//
// A comment starts with # and ends with its line. `/` rounds down.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "tensor/kernel/kernel.h"

namespace hone::tensor {

// Parsing the result gives the same kernel.
std::string print_kernel(const VectorKernel& kernel);

// Malformed names the line and what was expected. Nesting is bounded (64).
// The result has passed verify_kernel().
Result<VectorKernel> parse_kernel(std::string_view text);

}  // namespace hone::tensor
