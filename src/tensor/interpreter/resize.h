// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which elements Resize takes, for whoever makes tables of them.
#pragma once

#include "tensor/interpreter/kernel.h"

namespace hone::tensor {

// An input element within an axis, and what it is multiplied by.
struct ResizeTap {
  int64_t place;
  double weight;
};

// Of one axis, for each output coordinate; none where the output is the node's
// extrapolation_value.
using ResizeTaps = std::vector<std::vector<ResizeTap>>;

// Of each axis. An element of the result is the sum over all combinations.
// Reads the node's attributes and inputs but the first, whose shape is `input`.
// Malformed where they do not fit each other.
Result<std::vector<ResizeTaps>> resize_taps(const Call& call,
                                            const Dims& input);

}  // namespace hone::tensor
