// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `hone compile` as a function: a tensor model in, a library that runs it out.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "codegen/model/build_model.h"
#include "tensor/graph.h"
#include "toolkit/check_model.h"

namespace hone::toolkit {

struct GraphPassRequest {
  // Names of passes, and of choices of the plan, that are left out.
  std::vector<std::string> without;
  // A folder that gets the graph behind each pass, 01-NAME.graph and so on,
  // large constants elided; none where empty.
  std::filesystem::path dump;
};

// A graph pass that ran, all of its rounds together.
struct PassReport {
  std::string name;
  double seconds = 0;  // inference and verification included
  size_t nodes = 0;    // behind the last round
};

struct CompileModelRequest {
  std::filesystem::path model;
  // The kind by its ending: .so, .a with a header beside it, or .c with a
  // header and, where they are many, the weights beside it.
  std::filesystem::path output;
  std::string cpu = "baseline";  // see codegen/model/build_model.h
  std::string triple = {};       // of the processor; empty: this machine's
  // Of the C symbol NAME_program; the output's stem where empty.
  std::string name;
  // "x=1,3,224,224": sizes that the model leaves open.
  std::vector<std::string> shapes;
  // In a file beside the output, NAME.weights, that all who use it share.
  bool external_weights = false;
  CheckExtent extent = CheckExtent::Sampled;
  GraphPassRequest passes = {};
  // Unsupported where nodes would be called, not compiled.
  bool strict = false;
  // Called with what is done next: "checking".
  std::function<void(std::string_view doing)> stage = {};
};

struct CompileModelReport {
  codegen::BuiltModel model;
  std::string symbol;
  uint64_t bytes = 0;  // of the output
  CheckReport check;
  size_t nodes = 0;
  std::vector<PassReport> passes;
  double load_seconds = 0;
  double link_seconds = 0;
  double check_seconds = 0;
};

// A graph from a file, with types: ONNX, or the text form (ending .graph).
Result<tensor::Graph> load_graph(const std::filesystem::path& file);

// With these types of inputs, and after all graph passes.
Result<tensor::Graph> prepare_graph(
    tensor::Graph graph, const std::map<std::string, tensor::Type>& inputs,
    const GraphPassRequest& request = {},
    std::vector<PassReport>* passes = nullptr);

// Of a prepared graph; request.model and .shapes are not looked at.
Result<CompileModelReport> compile_graph(
    const tensor::Graph& graph, const CompileModelRequest& request,
    const Hash128& model_hash = hash_bytes({}));

// Writes the library, and for .a the headers, all or nothing.
Result<CompileModelReport> compile_model(const CompileModelRequest& request);

}  // namespace hone::toolkit
