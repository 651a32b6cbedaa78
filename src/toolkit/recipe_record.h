// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Between a run of optimize() and the recipe file.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "toolkit/optimize.h"

namespace hone::toolkit {

// Adds the report's recipe to a file, which is made where it does not exist.
Status record_recipe(const OptimizeRequest& request,
                     const OptimizeReport& report,
                     const std::filesystem::path& file);

// The recipe that the file holds for the request's inputs and flags.
Result<program::Recipe> recorded_recipe(const OptimizeRequest& request,
                                        const std::filesystem::path& file);

}  // namespace hone::toolkit
