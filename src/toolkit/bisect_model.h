// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which node of a model is computed wrongly first.
//
// The model is compiled and run in this process; each value that the compiled
// code stores and that the file names is compared with what a judge says. The
// judge starts from the file as it was imported, so that a wrong graph pass is
// found like wrong code; which of the two it was is then told apart by having
// the interpreter compute the node from what the compiled code stored.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/graph.h"
#include "tensor/plan/plan.h"

namespace hone::toolkit {

struct BisectRequest {
  std::filesystem::path model;
  std::vector<std::string> shapes;  // as CompileModelRequest's
  uint64_t seed = 1;                // of the inputs
  enum class Judge { Interpreter, OnnxRuntime };
  Judge judge = Judge::Interpreter;
  // A Python that has onnx and onnxruntime, for the latter.
  std::string python = "python3";
  // Where the reduced model goes, a graph's text; nowhere where empty.
  std::filesystem::path reduced;

  // For tests: a graph pass behind all others, and a change of the plan.
  std::function<Result<tensor::Graph>(tensor::Graph)> pass;
  std::function<void(tensor::Plan&)> edit_plan;
};

struct BisectFinding {
  std::string node;   // "node 'conv1' (Conv)"
  std::string value;  // its result
  std::string difference;
  enum class Cause { Code, GraphPass };
  Cause cause = Cause::Code;
  std::string pass;  // without which the result is right; "" where unknown
  size_t nodes = 0;  // of the reduced model
};

struct BisectReport {
  int compared = 0;  // values, until the first wrong one
  std::optional<BisectFinding> finding;
};

// Unsupported where the model is not compiled, or the judge cannot run it.
Result<BisectReport> bisect_model(const BisectRequest& request);

}  // namespace hone::toolkit
