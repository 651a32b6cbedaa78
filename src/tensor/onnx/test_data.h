// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The standard test data beside ONNX models: a folder with input_0.pb,
// output_0.pb, … each a TensorProto, SequenceProto or OptionalProto, as the
// type of the model's input or output says.
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"
#include "tensor/interpreter/kernel.h"

namespace hone::tensor {

struct TestData {
  std::vector<RunValue> inputs;   // in the order of the graph's
  std::vector<RunValue> outputs;  // the expected ones
};

// `graph` tells how many there are, and of which kind.
Result<TestData> load_test_data(const Graph& graph,
                                const std::filesystem::path& folder);

// One TensorProto.
Result<RunValue> load_tensor_file(const std::filesystem::path& file);

}  // namespace hone::tensor
