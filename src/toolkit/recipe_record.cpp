// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/recipe_record.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "program/driver.h"
#include "toolkit/recipe_file.h"
#include "toolkit/unoptimised.h"

namespace hone::toolkit {

namespace fs = std::filesystem;

namespace {

std::string joined(const std::vector<fs::path>& inputs) {
  std::vector<std::string> texts;
  for (const fs::path& input : inputs) texts.push_back(input.string());
  return join(texts, " ");
}

// The mode's flags end with the -O level of the stock compile.
bool has_flags(const RecipeEntry& entry,
               const std::vector<std::string>& flags) {
  const auto& all = entry.mode.flags;
  return std::search(all.begin(), all.end(), flags.begin(), flags.end()) !=
         all.end();
}

}  // namespace

Status record_recipe(const OptimizeRequest& request,
                     const OptimizeReport& report, const fs::path& file) {
  RecipeFile recipes;
  std::error_code error;
  if (fs::exists(file, error)) {
    HONE_ASSIGN_OR_RETURN(recipes, load_recipe_file(file));
  }
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  const fs::path bitcode = folder.path() / "input.bc";
  HONE_RETURN_IF_ERROR(
      write_unoptimised(tools, request.inputs, report.mode, bitcode));
  RecipeEntry entry{.path = joined(request.inputs),
                    .compiler = tools.version,
                    .protocol = report.protocol,
                    .mode = report.mode,
                    .recipe = report.recipe,
                    .stock_bytes = report.stock.loaded(),
                    .result_bytes = report.result.loaded()};
  HONE_ASSIGN_OR_RETURN(entry.identity, identify_bitcode(tools, bitcode));
  for (const verify::FunctionVerdict& verdict : report.functions)
    entry.evidence[std::string(verify::evidence_name(verdict.evidence))] +=
        verdict.bytes;
  recipes.set(std::move(entry));
  return save_recipe_file(recipes, file);
}

Result<program::Recipe> recorded_recipe(const OptimizeRequest& request,
                                        const fs::path& file) {
  HONE_ASSIGN_OR_RETURN(const RecipeFile recipes, load_recipe_file(file));
  const std::string path = joined(request.inputs);
  const RecipeEntry* found = nullptr;
  for (const RecipeEntry& entry : recipes.entries)
    if (entry.path == path && has_flags(entry, request.flags)) found = &entry;
  if (found == nullptr)
    return Error(ErrorKind::NotFound,
                 fmt::format("'{}' has no recipe for '{}' with these flags",
                             file.string(), path));
  return found->recipe;
}

}  // namespace hone::toolkit
