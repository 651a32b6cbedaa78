// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// hone cc and hone c++: drop-in compilers. Whatever is not a compile with a
// recipe is clang's: this process becomes the stock compiler, so that output,
// diagnostics, exit codes and signals are its own.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "cli/command.h"
#include "toolkit/recipe_compile.h"

namespace hone::cli {

namespace fs = std::filesystem;

namespace {

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// Found without starting anything: build systems call compilers thousands of
// times to learn about them.
std::string stock_compiler(bool is_cxx) {
  const std::string name = is_cxx ? "clang++" : "clang";
  const char* folder = std::getenv("HONE_LLVM_BIN");
  if (folder != nullptr && *folder != '\0')
    return (fs::path(folder) / name).string();
  return name + "-22";
}

int become_stock(std::span<const std::string> words, bool is_cxx) {
  const std::string compiler = stock_compiler(is_cxx);
  std::vector<char*> argv = {const_cast<char*>(compiler.c_str())};
  for (const std::string& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  ::execvp(compiler.c_str(), argv.data());
  fmt::print(stderr,
             "hone: cannot start '{}': {}; install clang-22 or set "
             "HONE_LLVM_BIN\n",
             compiler, std::strerror(errno));
  return 2;
}

fs::path recipe_path(const toolkit::CompileCommand& command) {
  if (const char* own = std::getenv("HONE_RECIPE")) return own;
  const fs::path folder = command.source.path.parent_path();
  return toolkit::find_recipe_file(folder.empty() ? "." : folder);
}

// Compiles by a recipe, or says why not. `has_recipes` becomes true where a
// recipe file was there to be used.
Result<toolkit::RecipeCompile> try_recipe(std::span<const std::string> words,
                                          bool is_cxx, bool& has_recipes) {
  HONE_ASSIGN_OR_RETURN(const toolkit::CompileCommand command,
                        toolkit::read_compile_command(words, is_cxx));
  const fs::path path = recipe_path(command);
  if (path.empty())
    return Error(ErrorKind::NotFound, "there is no hone.recipe");
  has_recipes = true;
  HONE_ASSIGN_OR_RETURN(const toolkit::RecipeFile recipes,
                        toolkit::load_recipe_file(path));
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  return toolkit::compile_by_recipe(tools, command, recipes,
                                    ::isatty(STDERR_FILENO) == 1);
}

int compile(std::span<const std::string> words, bool is_cxx) {
  bool has_recipes = false;
  const Result<toolkit::RecipeCompile> compiled =
      try_recipe(words, is_cxx, has_recipes);
  const bool verbose = is_set("HONE_CC_VERBOSE");
  if (compiled.ok()) {
    fmt::print(stderr, "{}", compiled->diagnostics);
    if (verbose) fmt::print(stderr, "hone: by recipe\n");
    return 0;
  }
  if (verbose || has_recipes)
    fmt::print(stderr, "hone: stock: {}\n",
               compiled.error().message.substr(
                   0, compiled.error().message.find('\n')));
  return become_stock(words, is_cxx);
}

Subcommand make_compiler(bool is_cxx) {
  Subcommand command;
  const std::string stock = is_cxx ? "clang++-22" : "clang-22";
  const std::string name = is_cxx ? "c++" : "cc";
  command.description = fmt::format(
      "Takes {0}'s arguments. A compile (-c) of one source whose recipe is in "
      "hone.recipe, beside the source or in a folder above it, is made by that "
      "recipe: same source, same compiler, same -O level, same code generation "
      "flags. Everything else is passed on to {0} as it is. A line on stderr "
      "says so where a recipe file exists and does not match.\n"
      "Recipes are made by hone opt --recipe. A link named hone-{1} to hone "
      "does the same, for build systems that want a compiler's path.",
      stock, name);
  command.flags.arguments = {{.name = "CLANG ARGUMENT",
                              .sentence = "As " + stock + " takes them.",
                              .most = SIZE_MAX,
                              .completes = Completes::Files}};
  command.examples = {
      {fmt::format("make {}=\"hone {}\" CFLAGS=-Oz", is_cxx ? "CXX" : "CC",
                   name),
       "Builds a program with the recipes that were found for it."},
      {fmt::format("HONE_CC_VERBOSE=1 hone {} -Oz -c {}", name,
                   is_cxx ? "main.cpp" : "main.c"),
       "Says whether a recipe was applied, and why not."}};
  command.raw = true;
  command.run_raw = [is_cxx](std::span<const std::string> words) {
    return compile(words, is_cxx);
  };
  return command;
}

}  // namespace

Subcommand make_cc() { return make_compiler(false); }
Subcommand make_cxx() { return make_compiler(true); }

}  // namespace hone::cli
