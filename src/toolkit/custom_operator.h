// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A user's operators: C functions (runtime/model/hone_operator.h) from files,
// known to this process from then on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/plan/plan.h"

namespace hone::toolkit {

// Each is "DOMAIN::NAME=FILE:SYMBOL", where FILE ends with .so, .o or .a; the
// function SYMBOL_shape beside it says what the results are, if there is one.
// InvalidArgument, NotFound or Io name what is wrong.
Status add_custom_operators(const std::vector<std::string>& operators);

// The files of those that a plan calls, each once.
std::vector<std::filesystem::path> files_of_operators(const tensor::Plan& plan);

}  // namespace hone::toolkit
