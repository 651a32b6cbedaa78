// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs statements of a graph whose values are all constants.
#pragma once

#include <string>
#include <string_view>

#include "tensor/graph_text.h"
#include "tensor/interpreter/interpreter.h"

namespace hone::tensor {

// The value %y after the statements, as text; or the error's message.
inline std::string value_after(std::string_view statements) {
  const Result<Graph> graph = parse_graph("graph \"t\" () -> (%y) {\n" +
                                          std::string(statements) + "\n}");
  if (!graph) return graph.error().message;
  const Result<std::vector<RunValue>> results = run_graph(*graph, {});
  if (!results) return results.error().message;
  const RunValue& y = results->front();
  return y.is_tensor() ? to_text(y.tensor->to_literal()) : "no tensor";
}

}  // namespace hone::tensor
