// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Passes over tensor graphs: functions from a graph to a graph that computes
// the same outputs from the same inputs.
//
// Inputs and outputs keep their order and number, and every pass leaves types
// as inference would make them. Bodies of control flow are passed over too.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

#define HONE_GRAPH_PASS(identifier, name, sentence) \
  Result<Graph> identifier(Graph graph);
#include "tensor/passes/passes.def"
#undef HONE_GRAPH_PASS

struct GraphPass {
  std::string_view name;
  std::string_view sentence;
  Result<Graph> (*run)(Graph graph);
};

// Sorted by name.
std::span<const GraphPass> graph_passes();

struct OptimizeOptions {
  // Names of passes that are left out.
  std::vector<std::string> without;
  // Called after each pass that ran: for dumps.
  std::function<void(std::string_view pass, const Graph& graph)> after;
};

// All passes in their order, again until nothing changes (at most a few times);
// types are inferred and the graph is verified after each one. NotFound where
// `without` names no pass.
Result<Graph> optimize_graph(Graph graph, const OptimizeOptions& options = {});

}  // namespace hone::tensor
