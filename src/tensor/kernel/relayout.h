// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between planar tensors [C][H][W] and channel blocks [C / lanes][H][W][lanes].
#pragma once

#include "tensor/kernel/kernel_builder.h"

namespace hone::tensor {

// Pointers: y (blocked), x (planar). Sizes: begin, end, channels, height,
// width, y_block, y_row, x_channel, x_row. A task is one block; lanes behind
// the last channel become 0.
VectorKernel build_to_blocked(int lanes);

// Pointers: y (planar), x (blocked). Sizes: begin, end, channels, height,
// width, y_channel, y_row, x_block, x_row. A task is one block.
VectorKernel build_from_blocked(int lanes);

// y[row][column] = x[column][row], in two outer dimensions. Pointers: y, x.
// Sizes: begin, end, inner, rows, columns, y_outer, x_outer, y_inner, x_inner,
// y_row: from one row of y to the next, x_row: from one column of y to the next
// in x. A task is one index of the outer of them.
VectorKernel build_transpose(int lanes);

// Instructions that make rows of a square columns; as many vectors as lanes.
std::vector<Reg> transpose_square(KernelBuilder& b, std::vector<Reg> rows);

// Zeros around the rows of a plane of vectors, or, if `words`, a number of 32
// bits. Pointers: y, which points at the first row of the frame [, the number].
// Sizes: begin, end, height, width, top, left, bottom, right, y_plane, y_row,
// pixel: elements of a pixel, a multiple of nothing in particular. Height and
// width are those within the frame. A task is one plane.
VectorKernel build_zero_frame(int lanes, bool words = false);

}  // namespace hone::tensor
