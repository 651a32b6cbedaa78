// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The letters of Einsum's equation.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hone::tensor {

// One letter for each dimension. "..." stands as digits, counted from the back,
// so that what it covers broadcasts.
struct EinsteinSum {
  std::vector<std::string> terms;  // of the operands
  std::string output, summed;
};

// Of an equation that inference has accepted, for operands of these ranks.
EinsteinSum einstein_sum(std::string_view equation,
                         std::span<const size_t> ranks);

}  // namespace hone::tensor
