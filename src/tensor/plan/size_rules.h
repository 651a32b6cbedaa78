// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Rules for sizes that only the data say: what a small kernel computes of a
// node's inputs before the node's result has memory.
#pragma once

#include <optional>
#include <vector>

#include "tensor/plan/lower_general.h"

namespace hone::tensor {

// The sizes of one output; nothing where the rule does not say them.
using Sizes = std::optional<std::vector<Reg>>;
using SizeRule = Sizes (*)(ElementKernel& k, size_t output);

// --- For rules ---------------------------------------------------------------
std::vector<Reg> sizes_of(ElementKernel& k, const Operand& x);
Reg at_least_zero(ElementKernel& k, Reg value);
// A natural number that inputs hold as any type.
Reg count_at(ElementKernel& k, size_t input, Ix at);

// --- Images and signals (image_size_rules.cpp) -------------------------------
Sizes affine_grid_sizes(ElementKernel& k, size_t output);
Sizes col2im_sizes(ElementKernel& k, size_t output);
Sizes dft_sizes(ElementKernel& k, size_t output);
Sizes max_unpool_sizes(ElementKernel& k, size_t output);
Sizes mel_weights_sizes(ElementKernel& k, size_t output);
Sizes non_max_suppression_sizes(ElementKernel& k, size_t output);
Sizes resize_sizes(ElementKernel& k, size_t output);
Sizes stft_sizes(ElementKernel& k, size_t output);

}  // namespace hone::tensor
