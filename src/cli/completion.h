// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Shell completion, made from the commands' own tables.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hone::cli {

// Names of the shells that completion_script knows.
std::vector<std::string> completion_shells();

std::string completion_script(std::string_view shell);

}  // namespace hone::cli
