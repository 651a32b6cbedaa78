// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// ONNX files as graphs: opset 7 to 28, IR version 3 to 14. Of older opsets only
// the operators that have not changed since.
//
// The graph that comes out means what the newest opset says: nodes of older
// versions are rewritten (upgrade.h), model-local functions are expanded in
// place, constants become literals, and so do weights that old files list among
// the inputs. Nothing is ignored: an operator, attribute or input that is not
// understood is an error that names the node.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "tensor/graph.h"

namespace hone::tensor {

inline constexpr int64_t kOldestOpset = 7;
inline constexpr int64_t kNewestOpset = 28;

struct Imported {
  Graph graph;
  int64_t ir_version = 0;
  int64_t opset = 0;  // of ai.onnx
};

// The file stays mapped as long as the graph's literals live.
Result<Imported> import_onnx(const std::filesystem::path& file);
// Bytes without a folder: external data are an error. They are copied.
Result<Imported> import_onnx_bytes(std::string_view bytes);

}  // namespace hone::tensor
