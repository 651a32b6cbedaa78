// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A recipe taken apart: what in it differs from stock, piece by piece.
#pragma once

#include <string>
#include <vector>

#include "program/pipeline.h"
#include "program/recipe.h"

namespace hone::toolkit {

struct RecipePart {
  // "before passes", "pass option", "pass", "codegen option", "functions"
  std::string kind;
  std::string text;                    // "-inline-threshold=-20", "drops licm"
  std::vector<std::string> functions;  // that it is about; empty for all
  program::Recipe without;             // the recipe, this part left out
};

// In the order of the recipe. `stock` is the stock pipeline written out, from
// which a written-out stage is told apart pass by pass; `level` is stock's.
//
// A pass that was moved is two parts, one that drops it and one that adds it.
std::vector<RecipePart> recipe_parts(const program::Recipe& recipe,
                                     const program::Pipeline& stock,
                                     std::string_view level);

// How a function is compiled: "codegen=optsize -regalloc=basic". Of an
// alternative, only the options that the rest of the recipe does not have.
std::string attributes_text(const program::Attributes& attributes);
std::string alternative_text(const program::Recipe& recipe,
                             const program::Alternative& alternative,
                             const std::string& function);

// Functions by how they are compiled, the most frequent way first.
struct FunctionGroup {
  std::string text;
  std::vector<std::string> functions;
};
std::vector<FunctionGroup> function_groups(const program::Recipe& recipe);
// Functions by what is set on them before the passes.
std::vector<FunctionGroup> early_groups(const program::Recipe& recipe);

}  // namespace hone::toolkit
