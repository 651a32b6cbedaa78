// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A compiled model run on values of the interpreter, whatever they are.
#pragma once

#include <vector>

#include "tensor/interpreter/kernel.h"
#include "toolkit/model_library.h"

namespace hone::toolkit {

// How often it is run again, and the median of the seconds of these.
struct LibraryTiming {
  int64_t repeat = 0;
  double* seconds = nullptr;
};

// `inputs` in the model's order; `outputs` are the types of the results.
Result<std::vector<tensor::RunValue>> run_library(
    const ModelLibrary& library, const std::vector<tensor::RunValue>& inputs,
    const std::vector<tensor::Type>& outputs, const LibraryTiming& timing = {});

}  // namespace hone::toolkit
