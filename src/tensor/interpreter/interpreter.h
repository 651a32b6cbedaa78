// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reference interpreter: what a graph means. Slow and plain; sums are kept
// in double, every result is rounded once to its type. It judges compiled code
// and folds constants; it is not a way to run models fast.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"
#include "tensor/interpreter/kernel.h"

namespace hone::tensor {

struct RunOptions {
  RunLimits limits;
  // Run operators that are functions by their bodies (expand.h) even where
  // they have code of their own.
  bool expand_functions = false;
};

// One value for each input of the graph, in order; returns one for each output.
// Unsupported names the first operator without code; Malformed the first node
// whose inputs do not fit.
Result<std::vector<RunValue>> run_graph(const Graph& graph,
                                        std::vector<RunValue> inputs,
                                        const RunOptions& options = {});

// The outputs of one node by itself.
Result<std::vector<RunValue>> run_node(const Node& node,
                                       std::span<const RunValue* const> inputs,
                                       const RunOptions& options = {});

// The elements with these numbers (row-major) of output 0, of operators whose
// elements do not depend on each other; of others everything is computed.
Result<Tensor> evaluate_elements(const Node& node,
                                 std::span<const RunValue* const> inputs,
                                 std::span<const int64_t> elements,
                                 const RunOptions& options = {});

// Null where the operator has no code of its own.
Kernel find_kernel(Op op);

}  // namespace hone::tensor
