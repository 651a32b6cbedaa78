// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Types of ONNX files.
#pragma once

#include "base/result.h"
#include "tensor/onnx/proto.h"
#include "tensor/type.h"

namespace hone::tensor {

// Sizes without number or name become unknowns, numbered by `unknowns`. Names
// that are no symbols of ours are made so ("batch size" is batch_size); sums
// and products of names are read as such.
Result<Type> import_type(const proto::Type& from, int64_t& unknowns);

}  // namespace hone::tensor
