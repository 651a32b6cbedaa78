// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/recipe_compile.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/subprocess.h"
#include "program/build_mode.h"
#include "program/derivation.h"

namespace hone::toolkit {

namespace fs = std::filesystem;

using program::BuildMode;

namespace {

constexpr double kCpuSeconds = 600;  // of one opt or clang

// Flags that change neither code nor which code is generated.
bool is_idle(std::string_view flag) {
  return flag == "-pipe" || flag.starts_with("-fdiagnostics-") ||
         flag.starts_with("-fcolor-diagnostics") ||
         flag.starts_with("-fno-color-diagnostics") || flag.starts_with("-O");
}

// What of a mode decides over code, in a form that can be compared. The text of
// the user's flags is left out, and so are flags without influence.
Json comparable(BuildMode mode) {
  mode.flags.clear();
  std::erase_if(mode.codegen_flags, is_idle);
  return program::to_json(mode);
}

std::string level_of(const BuildMode& mode) {
  const auto last =
      std::find_if(mode.flags.rbegin(), mode.flags.rend(),
                   [](const auto& flag) { return flag.starts_with("-O"); });
  return last == mode.flags.rend() ? "-O0" : *last;
}

Error mismatch(std::string reason) {
  return Error(ErrorKind::NotFound, std::move(reason));
}

// clang's run that makes the module; its words are kept, because they are what
// the user sees of this compile.
Result<std::string> compile_to_bitcode(const program::Toolchain& tools,
                                       const CompileCommand& command,
                                       const BuildMode& mode,
                                       const fs::path& to, bool coloured) {
  const bool is_cxx = command.source.kind == program::InputKind::Cxx;
  Command clang{.argv = {is_cxx ? tools.clangxx : tools.clang}};
  auto& argv = clang.argv;
  argv.insert(argv.end(), mode.flags.begin(), mode.flags.end());
  const std::vector<std::string> dependencies = dependency_flags(command);
  argv.insert(argv.end(), dependencies.begin(), dependencies.end());
  if (coloured) argv.emplace_back("-fcolor-diagnostics");
  argv.insert(argv.end(), {"-Wno-unused-command-line-argument", "-Xclang",
                           "-disable-llvm-passes", "-emit-llvm", "-c",
                           command.source.path.string(), "-o", to.string()});
  HONE_ASSIGN_OR_RETURN(const ProcessResult ran, run(clang));
  if (!ran.ok()) return mismatch(fmt::format("clang: {}", ran.describe()));
  return ran.err;
}

Result<const RecipeEntry*> matching_entry(const RecipeFile& recipes,
                                          const Hash128& identity,
                                          const std::string& compiler,
                                          const BuildMode& mode) {
  Error closest = mismatch(
      "the source has changed since its recipe was found, "
      "or is compiled with other flags");
  for (const RecipeEntry& entry : recipes.entries) {
    if (entry.identity != identity) continue;
    if (entry.compiler != compiler) {
      closest = mismatch(fmt::format("the recipe is for \"{}\", this is \"{}\"",
                                     entry.compiler, compiler));
    } else if (comparable(entry.mode) != comparable(mode)) {
      closest = mismatch("the recipe is for other code generation flags");
    } else if (entry.protocol == program::Protocol::Paper) {
      closest = mismatch("the recipe is of the protocol paper");
    } else {
      return &entry;
    }
  }
  return closest;
}

}  // namespace

Result<RecipeCompile> compile_by_recipe(const program::Toolchain& tools,
                                        const CompileCommand& command,
                                        const RecipeFile& recipes,
                                        bool coloured) {
  const std::string name = command.source.path.filename().string();
  // Most sources of a build have no recipe; they pay for no second compile.
  if (!recipes.mentions_file_name(name))
    return mismatch(fmt::format("no recipe for '{}'", name));
  const bool has_level = std::any_of(
      recipes.entries.begin(), recipes.entries.end(),
      [&](const auto& entry) { return level_of(entry.mode) == command.level; });
  if (!has_level)
    return mismatch(fmt::format("no recipe is for {}", command.level));
  HONE_ASSIGN_OR_RETURN(const BuildMode mode,
                        program::read_build_mode(tools, command.source,
                                                 command.flags, command.level));
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  const fs::path bitcode = folder.path() / "input.bc";
  RecipeCompile compiled;
  HONE_ASSIGN_OR_RETURN(
      compiled.diagnostics,
      compile_to_bitcode(tools, command, mode, bitcode, coloured));
  HONE_ASSIGN_OR_RETURN(const Hash128 identity,
                        identify_bitcode(tools, bitcode));
  HONE_ASSIGN_OR_RETURN(const RecipeEntry* entry,
                        matching_entry(recipes, identity, tools.version, mode));
  HONE_ASSIGN_OR_RETURN(
      auto derivation,
      program::derive(tools, entry->recipe, mode, program::OutputForm::Object));
  HONE_ASSIGN_OR_RETURN(
      const fs::path object,
      program::execute(derivation, folder.path(), kCpuSeconds));
  HONE_ASSIGN_OR_RETURN(const std::string bytes, read_file(object));
  HONE_RETURN_IF_ERROR(write_file(command.object, bytes));
  return compiled;
}

}  // namespace hone::toolkit
