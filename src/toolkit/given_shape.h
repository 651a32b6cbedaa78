// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sizes of a model's inputs as the user gives them: "x=1,3,224,224".
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::toolkit {

struct GivenShape {
  std::string name;
  std::vector<int64_t> dims;
};

Result<GivenShape> parse_shape(std::string_view text);

// The inputs' types with these sizes. NotFound where the graph has no such
// input, InvalidArgument where it has other sizes.
Result<std::map<std::string, tensor::Type>> given_types(
    const tensor::Graph& graph, std::span<const std::string> shapes);

// That `graph` has no such input, and which it has.
Error no_such_input(const tensor::Graph& graph, std::string_view name);

// An Unsupported error of a graph with inputs of open sizes says so: with
// numbers more is compiled.
Error with_open_inputs(Error error, const tensor::Graph& graph);

}  // namespace hone::toolkit
