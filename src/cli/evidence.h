// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Verdicts in words, for the ends of hone opt and hone verify.
#pragma once

#include <span>
#include <string>

#include "verify/function_verdict.h"

namespace hone::cli {

// "tested 93 % of bytes (14 functions), unchecked 7 % of bytes (1 function)"
std::string evidence_line(std::span<const verify::FunctionVerdict> functions);

// "1 function", "14 functions"
std::string functions_text(size_t count);

}  // namespace hone::cli
