// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How long a program runs that consists of one object file.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::env {

// Links the object by `linker` (a compiler and its options) in `folder`, runs
// it three times in a sandbox without arguments, and returns the least CPU time
// in seconds. Rejected where the program ends otherwise than by 0; `name` is
// for messages.
Result<double> time_program(std::vector<std::string> linker,
                            std::string_view object,
                            const std::filesystem::path& folder,
                            std::string_view name);

}  // namespace hone::env
