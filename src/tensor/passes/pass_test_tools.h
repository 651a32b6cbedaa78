// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests of graph passes: graphs in text form, run before and after.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "tensor/graph_text.h"
#include "tensor/infer/infer.h"
#include "tensor/interpreter/compare.h"
#include "tensor/interpreter/interpreter.h"
#include "tensor/passes/pass.h"
#include "tensor/verify_graph.h"

namespace hone::tensor {

inline Graph graph_of(std::string_view text) {
  Result<Graph> graph = parse_graph(text);
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  return *std::move(graph);
}

// Random inputs; a symbol is 3.
inline std::vector<RunValue> inputs_of(const Graph& graph) {
  Random random(5);
  std::vector<RunValue> inputs;
  for (const ValueId id : graph.inputs) {
    Dims dims;
    for (const Dim& dim : *graph[id].type.shape)
      dims.push_back(*evaluate(dim, [](std::string_view) { return 3; }));
    Tensor tensor(*graph[id].type.element, dims);
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.set_bits(i, encode_float(tensor.type(), 2 * random.unit() - 1));
    inputs.emplace_back(std::move(tensor));
  }
  return inputs;
}

// Runs a pass, and the graph before and after it; gives the text after it.
inline std::string after(Result<Graph> (*pass)(Graph), std::string_view text) {
  Graph before = graph_of(text);
  Result<Graph> changed = pass(before);
  if (!changed) return changed.error().message;
  EXPECT_TRUE(infer_types(*changed).ok());
  const Status status = verify_graph(*changed);
  EXPECT_TRUE(status.ok()) << status.error().message;
  const auto old_results = run_graph(before, inputs_of(before));
  const auto new_results = run_graph(*changed, inputs_of(*changed));
  EXPECT_TRUE(old_results.ok()) << old_results.error().message;
  EXPECT_TRUE(new_results.ok()) << new_results.error().message;
  for (size_t i = 0; i < old_results->size(); ++i) {
    const auto difference =
        find_difference((*new_results)[i], (*old_results)[i],
                        {.relative = 1e-5, .absolute = 1e-6});
    EXPECT_FALSE(difference) << difference->text;
  }
  return to_text(*changed);
}

}  // namespace hone::tensor
