// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `hone compile` as a function: a tensor model in, a library that runs it out.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "codegen/model/build_model.h"
#include "tensor/graph.h"

namespace hone::toolkit {

struct CompileModelRequest {
  std::filesystem::path model;
  // The kind by its ending: .so, or .a with a header beside it.
  std::filesystem::path output;
  std::string cpu = "baseline";  // see codegen/model/build_model.h
  // Of the C symbol NAME_program; the output's stem where empty.
  std::string name;
};

struct CompileModelReport {
  codegen::BuiltModel model;
  std::string symbol;
  uint64_t bytes = 0;  // of the output
  double load_seconds = 0;
  double link_seconds = 0;
};

// A graph from a file: ONNX, or the text form (ending .graph).
Result<tensor::Graph> load_graph(const std::filesystem::path& file);

// Writes the library, and for .a the headers, all or nothing.
Result<CompileModelReport> compile_model(const CompileModelRequest& request);

}  // namespace hone::toolkit
