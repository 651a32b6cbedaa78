// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A whole model as portable C99 without a runtime: the kernels, the weights,
// and one function that calls them in turn on memory that the caller gives. It
// allocates nothing and keeps nothing between calls.
#pragma once

#include <string>

#include "tensor/plan/plan.h"

namespace hone::codegen {

struct CModelOptions {
  std::string name;      // a C identifier, before every name of the files
  std::string manifest;  // JSON, as text
};

// Weights above this many bytes stay in a file of their own.
inline constexpr size_t kMostEmbeddedWeights = 1 << 20;

struct CModel {
  std::string source;   // NAME.c
  std::string header;   // NAME.h
  std::string weights;  // NAME.weights; empty where the source has them
};

CModel print_c_model(const tensor::Plan& plan, const CModelOptions& options);

}  // namespace hone::codegen
