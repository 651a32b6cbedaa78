// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The 56 static features of AutoPhase (Haj-Ali et al., MLSys 2020, table 2), in
// the order that CompilerGym made customary, and counted as its authors' code
// does, of which CompilerGym has a copy: a block with two phi nodes begins with
// one, calls are memory instructions, the values of a switch's cases are
// constants. But functions without a body are not counted, as the paper says.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "program/module.h"

namespace hone::features {

inline constexpr size_t kAutophaseSize = 56;

// "BBNumArgsHi", …, "testUnary": the names of the paper's program.
std::span<const std::string_view, kAutophaseSize> autophase_names();

// One count for each name, over all functions with a body.
std::vector<int64_t> autophase(const program::Module& module);

}  // namespace hone::features
