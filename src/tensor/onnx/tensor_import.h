// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tensors of ONNX files as literals. Raw data stay where they are, in the
// mapped file or in a mapped file of external data.
#pragma once

#include <filesystem>
#include <map>
#include <memory>

#include "tensor/graph.h"
#include "tensor/onnx/mapped_file.h"
#include "tensor/onnx/proto.h"
#include "tensor/type.h"

namespace hone::tensor {

// What keeps the bytes alive, and where other files lie.
struct TensorSource {
  std::shared_ptr<const void> owner;
  // Folder of the model; external data below it only. Empty: none allowed, and
  // the owner is no mapped file.
  std::filesystem::path folder;
  std::map<std::string, std::shared_ptr<const MappedFile>> files;
};

Result<Literal> import_tensor(const proto::Tensor& tensor,
                              TensorSource& source);
// As a dense tensor.
Result<Literal> import_sparse(const proto::SparseTensor& tensor,
                              TensorSource& source);
// What a Constant node with this attribute is.
Result<Literal> literal_from(const Attribute& value);
Result<ElementType> import_element_type(int64_t number);

}  // namespace hone::tensor
