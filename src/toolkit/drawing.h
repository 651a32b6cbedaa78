// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The e-graph of an expression as a drawing for Graphviz.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hone::toolkit {

// A box for each class of equal terms, after the prover's rules have been
// applied within its limits.
Result<std::string> draw_egraph(std::span<const std::string> assumptions,
                                std::string_view expression);

}  // namespace hone::toolkit
