// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Casts between text and numbers as casts of numbers that are compiled, and one
// that is called: from text to f64; from f32, f64, i64 and u64 to text.
#pragma once

#include "tensor/graph.h"

namespace hone::tensor {

// Types are those of inference; bodies of control flow included.
Result<Graph> split_text_casts(Graph graph);

}  // namespace hone::tensor
