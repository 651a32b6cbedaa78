// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/suites.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "env/folder_sources.h"

namespace hone::env {

namespace {

namespace fs = std::filesystem;

// Functions without declarations, integers as pointers, tentative definitions
// in several sources: errors today. Of warnings that gcc does not know it only
// takes -Wno-…, not -Wno-error=….
constexpr std::string_view kOldC[] = {
    "-std=gnu99",
    "-fcommon",
    "-Wno-implicit-function-declaration",
    "-Wno-implicit-int",
    "-Wno-incompatible-function-pointer-types",
    "-Wno-incompatible-pointer-types",
    "-Wno-int-conversion",
    "-Wno-return-mismatch",
    "-Wno-return-type"};

std::string filled(std::string_view pattern, std::string_view with) {
  const size_t at = pattern.find("{}");
  if (at == std::string_view::npos) return std::string(pattern);
  return fmt::format("{}{}{}", pattern.substr(0, at), with,
                     pattern.substr(at + 2));
}

Result<fs::path> find_place(const Suite& suite, std::string_view path,
                            const fs::path& root) {
  std::string tried;
  for (const std::string& pattern : split(suite.where, ';')) {
    const fs::path place = root / filled(pattern, path);
    std::error_code error;
    if (fs::exists(place, error)) return place;
    tried += (tried.empty() ? "'" : ", '") + place.string() + "'";
  }
  return Error(ErrorKind::NotFound,
               fmt::format("no {0}://{1}: there is no {2}; hone env datasets "
                           "{0} lists the programs",
                           suite.name, path, tried));
}

bool joins_folder(const Suite& suite, std::string_view path) {
  if (suite.join == Suite::Join::SingleSource)
    return !path.starts_with("SingleSource/");
  return suite.join == Suite::Join::Folder;
}

std::vector<std::string> flags_of(const Suite& suite, const fs::path& root,
                                  const fs::path& folder, bool is_c) {
  std::vector<std::string> flags;
  for (std::string flag : split_blank(suite.flags)) {
    if (flag == "{old-c}") {
      if (is_c) flags.insert(flags.end(), std::begin(kOldC), std::end(kOldC));
      continue;
    }
    if (flag == "-I{}")
      flag = "-I" + folder.string();
    else if (flag.starts_with("-I"))
      flag = "-I" + (root / flag.substr(2)).string();
    flags.push_back(std::move(flag));
  }
  return flags;
}

// With what its own row says, if it has one.
Result<SuiteProgram> with_own_words(const SuiteProgramInfo& own,
                                    const fs::path& folder,
                                    SuiteProgram program) {
  if (!own.sources.empty()) {
    HONE_ASSIGN_OR_RETURN(program.sources, sources_of(own, folder));
  }
  const std::vector<std::string> flags = flags_of(own, folder);
  program.flags.insert(program.flags.end(), flags.begin(), flags.end());
  HONE_ASSIGN_OR_RETURN(program.headers, headers_of(own, folder));
  return program;
}

}  // namespace

std::span<const Suite> suites() {
  static constexpr Suite kTable[] = {
#define HONE_SUITE(identifier, name, where, join, also, flags, sentence) \
  {name, where, Suite::Join::join, also, flags, sentence},
#include "env/suites.def"
#undef HONE_SUITE
  };
  return kTable;
}

const Suite* find_suite(std::string_view name) {
  for (const Suite& suite : suites())
    if (suite.name == name) return &suite;
  return nullptr;
}

Result<fs::path> find_checkout(const Suite& suite, fs::path root) {
  if (root.empty()) {
    const char* const all = std::getenv("HONE_SUITES");
    if (all == nullptr)
      return Error(ErrorKind::NotFound,
                   fmt::format("{}:// needs a checkout; name it by ?root=DIR, "
                               "or set HONE_SUITES to a folder with a folder "
                               "'{}'",
                               suite.name, suite.name));
    root = fs::path(all) / suite.name;
  }
  std::error_code error;
  if (!fs::is_directory(root, error))
    return Error(ErrorKind::NotFound,
                 fmt::format("'{}' is no folder; expected a checkout of {}",
                             root.string(), suite.name));
  return fs::absolute(root, error);
}

Result<SuiteProgram> find_program(const Suite& suite, std::string_view path,
                                  fs::path root) {
  if (path.empty() || path.starts_with('/') ||
      path.find("..") != std::string_view::npos)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}://{}' names no program; expected a path "
                             "within the checkout",
                             suite.name, path));
  HONE_ASSIGN_OR_RETURN(root, find_checkout(suite, std::move(root)));
  const SuiteProgramInfo* const own = find_suite_program(suite.name, path);
  if (own != nullptr && !own->folder.empty()) {
    const fs::path folder = root / own->folder;
    return with_own_words(*own, folder,
                          {.flags = flags_of(suite, root, folder, true)});
  }
  HONE_ASSIGN_OR_RETURN(const fs::path place, find_place(suite, path, root));
  std::error_code error;
  const bool is_folder = fs::is_directory(place, error);
  const fs::path folder = is_folder ? place : place.parent_path();
  SuiteProgram program;
  FolderSources found;
  const bool is_joined = joins_folder(suite, path);
  if (is_folder || is_joined) {
    HONE_ASSIGN_OR_RETURN(found, sources_in(folder));
  }
  if (!is_folder) {
    const bool is_main = std::find(found.mains.begin(), found.mains.end(),
                                   place) != found.mains.end();
    if (!is_main) found.others.clear();
    found.mains = {place};
  }
  if (found.mains.size() > 1) {
    std::string names;
    for (const fs::path& one : found.mains)
      names += fmt::format(" {}/{}", path, one.filename().string());
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("{}://{} holds several programs; name one:{}",
                             suite.name, path, names));
  }
  program.sources = found.mains;
  if (is_joined || found.mains.empty())
    program.sources.insert(program.sources.end(), found.others.begin(),
                           found.others.end());
  if (program.sources.empty())
    return Error(ErrorKind::NotFound,
                 fmt::format("no C or C++ source in '{}'", folder.string()));
  for (const std::string& also : split_blank(suite.also))
    program.sources.push_back(root / also);
  std::sort(program.sources.begin(), program.sources.end());
  const bool is_c =
      std::all_of(program.sources.begin(), program.sources.end(),
                  [](const fs::path& one) { return one.extension() == ".c"; });
  program.flags = flags_of(suite, root, folder, is_c);
  if (own != nullptr) return with_own_words(*own, folder, std::move(program));
  return program;
}

}  // namespace hone::env
