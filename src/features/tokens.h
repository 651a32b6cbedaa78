// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The words of a module's text: what the lexer of LLVM's assembly would see.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "program/module.h"

namespace hone::features {

// In the order of the text: "define", "i32", "@f", "(", … Comments and blanks
// are no tokens.
std::vector<std::string> tokens(const program::Module& module);

// The same of a text; any bytes will do.
std::vector<std::string> tokens_of(std::string_view text);

}  // namespace hone::features
