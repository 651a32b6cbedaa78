// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The file that `hone opt --recipe` writes and `hone cc` reads:
//
//   {
//     "hone_recipe": 1,
//     "inputs": [
//       {
//         "path": "src/deflate.c",       as given to hone opt
//         "identity": "5d41402abc4b2a76b9719d911017c592",
//         "compiler": "Debian clang version 22.1.2",
//         "protocol": "product",
//         "mode": {…},                   what the flags mean; build_mode.h
//         "recipe": {…},                 recipe.h
//         "loaded": {"stock": 10234, "result": 9411},
//         "evidence": {"tested": 9000, "tested via": 411}     bytes
//       }
//     ]
//   }
//
// Entries are sorted by path, and a path has one entry for each set of flags,
// so that the file can be kept under version control and read in a review.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "program/build_mode.h"
#include "program/recipe.h"
#include "program/toolchain.h"

namespace hone::toolkit {

struct RecipeEntry {
  std::string path;
  Hash128 identity;  // see identify_bitcode
  std::string compiler;
  program::Protocol protocol = program::Protocol::Product;
  program::BuildMode mode;
  program::Recipe recipe;
  uint64_t stock_bytes = 0;
  uint64_t result_bytes = 0;
  std::map<std::string, uint64_t> evidence;  // bytes by name of the evidence
};

struct RecipeFile {
  std::vector<RecipeEntry> entries;

  const RecipeEntry* find(const Hash128& identity) const;
  bool mentions_file_name(std::string_view file_name) const;

  // Replaces the entry of that path and those flags.
  void set(RecipeEntry entry);
};

// NotFound, or Malformed with the place; Unsupported for a version that this
// Hone does not know.
Result<RecipeFile> load_recipe_file(const std::filesystem::path& path);
Result<RecipeFile> parse_recipe_file(std::string_view text,
                                     std::string_view what);
std::string recipe_file_text(const RecipeFile& file);
Status save_recipe_file(const RecipeFile& file,
                        const std::filesystem::path& path);

// `hone.recipe` in a folder or the nearest one above it; empty for none.
std::filesystem::path find_recipe_file(const std::filesystem::path& folder);

// The hash of a module's text without the name of the file that it was made
// from: `clang -c src/a.c` and `clang -c $PWD/src/a.c` give one identity.
// The text is LLVM's own assembly, so that nothing else is left out.
Result<Hash128> identify_bitcode(const program::Toolchain& tools,
                                 const std::filesystem::path& bitcode);

}  // namespace hone::toolkit
