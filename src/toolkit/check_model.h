// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled code against the reference interpreter, value by value: each value
// that a plan stores is compared with what the interpreter makes of the inputs
// that the compiled code itself computed. So an error is found at the node that
// makes it and does not hide behind those before. Where several nodes became
// one kernel, the interpreter does them in turn.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "codegen/model/build_model.h"
#include "tensor/graph.h"

namespace hone::toolkit {

enum class CheckExtent {
  None,
  Sampled,  // all corners, and 256 seeded elements of each value
  Full,
};

struct CheckOptions {
  CheckExtent extent = CheckExtent::Sampled;
  uint64_t seed = 1;
};

struct CheckReport {
  int values = 0;  // compared
  int64_t elements = 0;
  double worst = 0;  // largest error in parts of what is allowed
  std::string worst_value;
  std::vector<std::string> unchecked;  // nodes that the interpreter refuses
  // False where the model is for other machines: its plan and kernels were
  // checked, compiled for this one.
  bool of_own_code = true;
};

// Rejected names the first value that is wrong, and the node. Inputs are made
// from the seed. The plan is the best that this machine runs.
Result<CheckReport> check_model(const tensor::Graph& graph,
                                const codegen::BuiltModel& model,
                                const CheckOptions& options);

}  // namespace hone::toolkit
