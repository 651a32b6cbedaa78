// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values inside of a model, by name, as somebody else computes them.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tensor/interpreter/interpreter.h"

namespace hone::toolkit {

using NamedValues = std::map<std::string, tensor::RunValue>;

// The reference interpreter's. Names that the graph does not have are left out.
Result<NamedValues> values_by_interpreter(
    tensor::Graph graph, const std::vector<tensor::Tensor>& inputs,
    const std::set<std::string>& names);

// ONNX Runtime's, by a Python that has it.
Result<NamedValues> values_by_onnxruntime(
    const std::filesystem::path& model, const std::string& python,
    const tensor::Graph& graph, const std::vector<tensor::Tensor>& inputs,
    const std::set<std::string>& names);

}  // namespace hone::toolkit
