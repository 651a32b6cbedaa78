// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// LLVM's own FunctionPropertiesInfo (what its learned inliner looks at), taken
// over a whole module.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "program/module.h"

namespace hone::features {

// LLVM's names of the members: "BasicBlockCount", …
std::span<const std::string_view> function_property_names();

// Sums over the functions with a body; of "MaxLoopDepth" the greatest. Builds a
// dominator tree and the loops of each function.
std::vector<int64_t> function_properties(const program::Module& module);

}  // namespace hone::features
