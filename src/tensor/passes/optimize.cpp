// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "tensor/graph_text.h"
#include "tensor/infer/infer.h"
#include "tensor/passes/pass.h"
#include "tensor/verify_graph.h"

namespace hone::tensor {

namespace {

constexpr GraphPass kPasses[] = {
#define HONE_GRAPH_PASS(identifier, name, sentence) \
  {name, sentence, identifier},
#include "tensor/passes/passes.def"
#undef HONE_GRAPH_PASS
};

// Constants first: they show what is an identity. Equal nodes are merged before
// anything is folded into one reader's weights.
constexpr std::string_view kOrder[] = {
    "fold-constants",
    "flatten-sequences",
    "simplify",
    "merge-equal",
    "fold-quantization",
    "recognize-gelu",
    "recognize-normalizations",
    "recognize-attention",
    "cancel-transposes",
    "simplify",
    "fold-normalizations",
    "remove-dead",
};

// Each may open one more level of branches whose conditions are sizes.
constexpr int kMostRounds = 16;

// Most graphs have none, in bodies neither.
bool has_sequences(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) {
    if (info(node.op).family == "sequence" || node.op == Op::SequenceMap)
      return true;
    return std::ranges::any_of(node.attributes, [&](const auto& attribute) {
      const Graph* const body = node.graph(attribute.first);
      return body != nullptr && has_sequences(*body);
    });
  });
}

const GraphPass* find_pass(std::string_view name) {
  for (const GraphPass& pass : kPasses)
    if (pass.name == name) return &pass;
  return nullptr;
}

}  // namespace

std::span<const GraphPass> graph_passes() { return kPasses; }

Result<Graph> optimize_graph(Graph graph, const OptimizeOptions& options) {
  for (const std::string& name : options.without)
    if (!find_pass(name)) {
      std::vector<std::string> names;
      for (const GraphPass& pass : kPasses) names.emplace_back(pass.name);
      return Error(
          ErrorKind::NotFound,
          fmt::format("no graph pass '{}'{}", name, did_you_mean(name, names)));
    }
  HONE_RETURN_IF_ERROR(infer_types(graph));
  // Large constants do not change from round to round but by being replaced.
  constexpr GraphTextOptions kBrief = {.elide_over = 64};
  std::string before;
  for (int round = 0; round < kMostRounds; ++round) {
    for (const std::string_view name : kOrder) {
      if (std::find(options.without.begin(), options.without.end(), name) !=
          options.without.end())
        continue;
      if (name == "flatten-sequences" && !has_sequences(graph)) continue;
      Result<Graph> next = find_pass(name)->run(std::move(graph));
      if (!next)
        return std::move(next).error().in(fmt::format("pass {}", name));
      graph = *std::move(next);
      HONE_RETURN_IF_ERROR(infer_types(graph));
      if (Status status = verify_graph(graph); !status)
        return std::move(status).error().in(fmt::format("pass {}", name));
      if (options.after) options.after(name, graph);
    }
    std::string now = to_text(graph, kBrief);
    if (now == before) break;
    before = std::move(now);
  }
  return graph;
}

}  // namespace hone::tensor
