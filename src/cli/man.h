// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Manual pages in roff, made from the commands' own tables.
#pragma once

#include <string>

#include "cli/command.h"

namespace hone::cli {

std::string man_overview();                     // hone(1)
std::string man_page(const CommandInfo& info);  // hone-opt(1)

}  // namespace hone::cli
