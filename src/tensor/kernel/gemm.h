// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Matrix products, C = f(A B + bias).
//
// A register tile of `rows` x `vectors` accumulators stays in registers over
// the whole inner dimension; each step of it loads `vectors` vectors of B and
// broadcasts `rows` numbers of A. The last tile of rows overlaps the one before
// it, so that there is no second code for what is left over; m >= rows. With
// `any_rows` m may be anything: what is left over goes in tiles of half as many
// rows, a quarter and so on, each at most once.
//
// B is read in panels of `lanes` columns: element (k, n) stands at
// (n / lanes) * b_panel + k * b_row + n % lanes. A packed B has b_row = lanes
// and b_panel = lanes * K; one in row-major order b_row = N and b_panel =
// lanes. A column panel that N does not fill is masked where C is stored, and
// where B is loaded if `masked`; else the memory behind B must be readable for
// vectors * lanes elements.
#pragma once

#include "tensor/kernel/expression.h"

namespace hone::tensor {

struct GemmTile {
  int rows = 6;
  int vectors = 4;
  int lanes = 16;
  bool masked = false;
  bool bias = false;  // one number a column
  // Rows of B that are used for all of C before the next ones, so that they
  // stay in the first cache; sums wait in C meanwhile. 0: all of K at once.
  // Where it is not 0, m is a multiple of `rows`, or `any_rows`: an overlapping
  // tile would add its products twice.
  int depth = 0;
  bool any_rows = false;
  // Input 0 is the sum; a second, if any, is read from `d`, laid out as C.
  Expression post = {};
};

// Pointers: a, b, c [, bias] [, d]. Sizes: begin, end, m, n, k, a_row, b_row,
// b_panel, c_row. A task is `vectors` panels of columns; the kernel does the
// tasks from `begin` to `end` of ceil(n / (vectors * lanes)).
VectorKernel build_gemm(const GemmTile& tile);

}  // namespace hone::tensor
