// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a tensor model once, on given or on random inputs, and compares the
// outputs with expected ones.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "toolkit/check_model.h"

namespace hone::toolkit {

enum class RunEngine {
  Automatic,  // compiled, and by the interpreter what is not
  Compiled,
  Reference,
};

struct RunModelRequest {
  std::filesystem::path model;  // ONNX, or a graph's text
  RunEngine engine = RunEngine::Automatic;
  // Refuses models with nodes that are called.
  bool strict = false;
  CheckExtent check = CheckExtent::None;  // of compiled code
  int threads = 1;
  int64_t repeat = 1;  // runs of compiled code
  // A folder with input_0.pb … and output_0.pb …; without one, inputs are
  // random and nothing is compared.
  std::optional<std::filesystem::path> data;
  // "name=2,3": sizes of an input that leaves some open.
  std::vector<std::string> shapes;
  uint64_t seed = 0;
  // Replaces operators that are functions by their bodies first.
  bool expand_functions = false;
  // Runs the graph passes first.
  bool optimize = false;
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
  // What computed the outputs: "compiled code", "reference interpreter".
  std::string engine;
  std::string not_compiled;         // why not, where Automatic chose the latter
  std::vector<std::string> called;  // nodes that compiled code calls
  size_t nodes = 0;
  double seconds = 0;  // of a run; the median of several
  std::vector<ModelOutput> outputs;
  bool compared = false;

  bool agrees() const;
};

Result<RunModelReport> run_model(const RunModelRequest& request);

}  // namespace hone::toolkit
