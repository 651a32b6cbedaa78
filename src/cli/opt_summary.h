// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The table that `hone opt` ends with.
#pragma once

#include <string>

#include "cli/console.h"
#include "toolkit/optimize.h"

namespace hone::cli {

// Sizes before and after, where the bytes went, what was checked, what won, and
// what it cost. Ends with a line break.
std::string opt_summary(const toolkit::OptimizeReport& report,
                        const Console& console);

// At most three lines: options, what was done before and with the passes, and
// functions that are compiled in a way of their own. hone explain tells all.
std::vector<std::string> recipe_lines(const program::Recipe& recipe,
                                      size_t width);

}  // namespace hone::cli
