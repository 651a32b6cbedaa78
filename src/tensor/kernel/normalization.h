// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Normalisations of plain tensors.
#pragma once

#include "tensor/kernel/kernel_builder.h"

namespace hone::tensor {

// y = (x - mean) / sqrt(variance + epsilon) * scale + shift over rows of n,
// in three passes, so that the variance of numbers far from 0 keeps its bits
// (Ba, Kiros and Hinton, "Layer Normalization", 2016).
struct LayerNormTile {
  bool centred = true;  // otherwise mean is 0: root mean square
  bool scale = true;
  bool shift = true;
  int lanes = 16;
};

// Pointers: y, x [, scale] [, shift], epsilon (one number). Sizes: begin, end,
// n. A task is one row.
VectorKernel build_layer_norm(const LayerNormTile& tile);

// y = x / (bias + alpha / size * sum of squares)^beta, where the sum is over
// `size` channels around (Krizhevsky et al., NIPS 2012, section 3.3).
struct LocalResponseTile {
  int size = 5;
  double alpha = 1e-4, beta = 0.75, bias = 1;
  int lanes = 16;
};

// Pointers: y, x, both [image][channel][pixel]. Sizes: begin, end, channels,
// pixels. A task is one channel of one image.
VectorKernel build_local_response(const LocalResponseTile& tile);

}  // namespace hone::tensor
