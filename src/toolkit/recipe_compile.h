// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `hone cc`: a compile that applies a known recipe instead of searching.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "program/toolchain.h"
#include "toolkit/compile_command.h"
#include "toolkit/recipe_file.h"

namespace hone::toolkit {

struct RecipeCompile {
  std::string diagnostics;  // clang's own, for stderr
};

// Writes the command's object (and its dependency file). An error is the reason
// why the stock compiler has to do it: nothing of the command's output is then
// promised, and its diagnostics have not been shown.
//
// A recipe applies where the unoptimised module, the compiler, the -O level and
// every flag that reaches the code generator are those it was found for.
Result<RecipeCompile> compile_by_recipe(const program::Toolchain& tools,
                                        const CompileCommand& command,
                                        const RecipeFile& recipes,
                                        bool coloured);

}  // namespace hone::toolkit
