// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How many instructions of each kind a module has: the observation "InstCount"
// of CompilerGym (Cummins et al., CGO 2022), for the opcodes of LLVM 22.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "program/module.h"

namespace hone::features {

// "instructions", "blocks", "functions" (with a body), then LLVM's opcodes in
// the order of their numbers: "ret", "br", … The span lives as long as the
// process.
std::span<const std::string> instcount_names();

// One count for each name. One walk over the module.
std::vector<int64_t> instcount(const program::Module& module);

}  // namespace hone::features
