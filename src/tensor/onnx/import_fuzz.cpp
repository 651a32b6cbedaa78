// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bytes as a model: refused, or a graph that verifies, infers and prints.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tensor/graph_text.h"
#include "tensor/infer/infer.h"
#include "tensor/onnx/import.h"
#include "tensor/verify_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace hone::tensor;
  hone::Result<Imported> imported =
      import_onnx_bytes({reinterpret_cast<const char*>(data), size});
  if (!imported) return 0;
  HONE_CHECK(infer_types(imported->graph).ok());
  HONE_CHECK(verify_graph(imported->graph).ok());
  HONE_CHECK(!to_text(imported->graph, {.elide_over = 16}).empty());
  return 0;
}
