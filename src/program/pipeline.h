// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The structure of a textual pass pipeline, so that it can be edited:
//
//   pipeline := node ("," node)*
//   node     := name ["<" parameters ">"] ["(" pipeline ")"]
//
// The text is LLVM's own (`opt -passes=`); what a name means is LLVM's affair.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::program {

struct PipelineNode {
  std::string name;        // "simplifycfg", "function", "cgscc"
  std::string parameters;  // between the angle brackets; may be empty
  bool has_parameters = false;
  bool is_adaptor = false;  // has parentheses
  std::vector<PipelineNode> children;

  bool operator==(const PipelineNode&) const = default;
};

using Pipeline = std::vector<PipelineNode>;

// Malformed names the offset of the first character that does not fit.
// Parentheses nest at most 64 deep.
Result<Pipeline> parse_pipeline(std::string_view text);

std::string print_pipeline(const Pipeline& pipeline);

// A place in a pipeline: the index of a node at each depth, outermost first.
using PipelinePath = std::vector<size_t>;

// Every pass (leaf), in the order of execution.
std::vector<PipelinePath> pass_paths(const Pipeline& pipeline);

const PipelineNode& node_at(const Pipeline& pipeline, const PipelinePath& path);

// Edits are pure. A removal also removes adaptors that it leaves empty.
Pipeline without(Pipeline pipeline, const PipelinePath& path);
Pipeline with_inserted(Pipeline pipeline, const PipelinePath& before,
                       PipelineNode node);
Pipeline with_parameters(Pipeline pipeline, const PipelinePath& path,
                         std::string parameters);

}  // namespace hone::program
