// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The part of a recurrent layer that goes step by step: what the state of the
// step before adds to the gates, the gates' functions and the new state. What
// the inputs add is a product over all steps (gemm.h) that has been made.
//
//   LSTM  i, o, f = s(.)  c' = f * c + i * g(.)   h' = o * h(c')
//   GRU   z, r = s(.)     h' = (1 - z) * g(.) + z * h
//   RNN   h' = g(.)
//
// (Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; Cho et al.,
// arXiv 1406.1078.) The gates of 16 units are 16 lanes each. One pass over the
// weights of a block serves all rows of a batch; sums over K are split, so that
// they do not wait for each other.
#pragma once

#include "tensor/kernel/kernel_builder.h"
#include "tensor/kernel/vector_math.h"

namespace hone::tensor {

enum class RecurrentCell {
  Lstm,
  Gru,        // resets the state before the product with it
  GruLinear,  // resets the product
  Rnn,
};

// Gates i, o, f, c of LSTM; z, r, h of GRU.
int recurrent_gates(RecurrentCell cell);

enum class GateFunction { Sigmoid, Tanh, Relu };

struct RecurrentTile {
  RecurrentCell cell = RecurrentCell::Lstm;
  GateFunction gate = GateFunction::Sigmoid;    // s
  GateFunction candidate = GateFunction::Tanh;  // g
  GateFunction output = GateFunction::Tanh;     // h
  int split = 2;                                // 1, 2, 4 or 8
  int lanes = 16;
};

// K of the packed weights is a multiple of this; what is added is 0.
inline constexpr int kRecurrentDepth = 8;

// Pointers: gates  sums over the inputs and biases, [block][gate][lanes] a row
//           r      [block][depth][gate][lanes]; for Gru z and r so, and behind
//                  them h as [block][depth][lanes]
//           bias   of GruLinear: what is added to the product with h, [block]
//                  [lanes]; read by no other cell
//           h0, c0 first states; c0 is read by Lstm only
//           state  memory for 5 * batch * blocks * lanes numbers
//           y, yh, yc   all states, the last ones
// Sizes: begin, end (one task), steps, batch, hidden, depth (hidden, rounded
// up), gates_step, gates_batch, y_step, y_batch, h_batch: distances of steps,
// which may be negative, and of rows of the batch; h_batch is that of h0, c0,
// yh and yc.
VectorKernel build_recurrent(const RecurrentTile& tile);

}  // namespace hone::tensor
