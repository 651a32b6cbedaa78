// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a tensor model once, on given or on random inputs, and compares the
// outputs with expected ones.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace hone::toolkit {

struct RunModelRequest {
  std::filesystem::path model;  // ONNX
  // A folder with input_0.pb … and output_0.pb …; without one, inputs are
  // random and nothing is compared.
  std::optional<std::filesystem::path> data;
  // "name=2,3": sizes of an input that leaves some open.
  std::vector<std::string> shapes;
  uint64_t seed = 0;
  double relative = 1e-3;
  double absolute = 1e-7;
};

struct ModelOutput {
  std::string name;
  std::string type;  // "f32[1, 10]"
  // Elements at the beginning, as text.
  std::vector<std::string> first;
  // What differs from the expected output; "" where nothing does.
  std::string difference;
};

struct RunModelReport {
  // What computed the outputs: "reference interpreter".
  std::string engine;
  size_t nodes = 0;
  double seconds = 0;  // of the run, without import
  std::vector<ModelOutput> outputs;
  bool compared = false;

  bool agrees() const;
};

Result<RunModelReport> run_model(const RunModelRequest& request);

}  // namespace hone::toolkit
