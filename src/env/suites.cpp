// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/suites.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"

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

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Comments become blanks, so that "main()" in prose is none.
std::string without_comments(std::string text) {
  for (size_t at = text.find('/'); at != std::string::npos;
       at = text.find('/', at + 1)) {
    const bool is_block = text.compare(at, 2, "/*") == 0;
    if (!is_block && text.compare(at, 2, "//") != 0) continue;
    size_t end = text.find(is_block ? "*/" : "\n", at + 2);
    end = end == std::string::npos ? text.size() : end + (is_block ? 2 : 0);
    for (size_t i = at; i < end; ++i)
      if (text[i] != '\n') text[i] = ' ';
  }
  return text;
}

// The `TEST` of "ifdef TEST" or "if defined(TEST)"; empty for other directives.
std::string_view asked_name(std::string_view directive) {
  if (directive.starts_with("ifdef")) {
    directive = trim(directive.substr(5));
  } else {
    if (!directive.starts_with("if")) return {};
    directive = trim(directive.substr(2));
    if (!directive.starts_with("defined")) return {};
    directive = trim(directive.substr(7));
    if (directive.starts_with('(')) directive = trim(directive.substr(1));
  }
  const auto* const end =
      std::find_if_not(directive.begin(), directive.end(), is_word);
  return directive.substr(0, static_cast<size_t>(end - directive.begin()));
}

// Whether a place stands behind `#ifdef TEST` or the like, and before its
// #else: so do small programs at the end of a library's source. Names that a
// compiler or system defines begin with `_`, or are `unix` and `linux`.
bool is_switched_off(std::string_view text, size_t place) {
  std::vector<bool> off;
  for (size_t begin = 0; begin < place;) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = trim(text.substr(begin, end - begin));
    begin = end + 1;
    if (!line.starts_with('#')) continue;
    line = trim(line.substr(1));
    if (line.starts_with("if")) {
      const std::string_view name = asked_name(line);
      off.push_back(!name.empty() && name[0] != '_' && name != "unix" &&
                    name != "linux");
    } else if (!off.empty() && line.starts_with("el")) {
      off.back() = false;
    } else if (!off.empty() && line.starts_with("endif")) {
      off.pop_back();
    }
  }
  return std::find(off.begin(), off.end(), true) != off.end();
}

enum class Main { None, SwitchedOff, Defined };

// A definition of main() by its text: the word with a bracket behind it, at the
// beginning of a line but for what its type may be made of, and no semicolon
// after the brackets. Macros that make one are not seen.
Main find_main(std::string_view text) {
  Main found = Main::None;
  constexpr std::string_view kMain = "main";
  for (size_t at = text.find(kMain); at != std::string_view::npos;
       at = text.find(kMain, at + 1)) {
    if (at > 0 && is_word(text[at - 1])) continue;
    const size_t open = text.find_first_not_of(" \t\n\r", at + kMain.size());
    if (open == std::string_view::npos || text[open] != '(') continue;
    const size_t line = text.rfind('\n', at) + 1;  // 0 where there is none
    const std::string_view before = text.substr(line, at - line);
    if (!std::all_of(before.begin(), before.end(), [](char c) {
          return is_word(c) || c == ' ' || c == '\t' || c == '(' || c == ')';
        }))
      continue;
    int depth = 0;
    size_t end = open;
    for (; end < text.size(); ++end) {
      depth += text[end] == '(' ? 1 : (text[end] == ')' ? -1 : 0);
      if (depth == 0) break;
    }
    const size_t next =
        text.find_first_not_of(" \t\n\r", std::min(end + 1, text.size()));
    if (next != std::string_view::npos && text[next] != ';' &&
        text[next] != ',' && text[next] != ')') {
      if (!is_switched_off(text, at)) return Main::Defined;
      found = Main::SwitchedOff;
    }
  }
  return found;
}

struct Sources {
  std::vector<fs::path> mains;
  std::vector<fs::path> others;
};

Result<Sources> sources_in(const fs::path& folder) {
  Sources found;
  std::vector<fs::path> switched_off;
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(folder, error)) {
    const std::string suffix = entry.path().extension().string();
    if (suffix != ".c" && suffix != ".cc" && suffix != ".cpp") continue;
    HONE_ASSIGN_OR_RETURN(const std::string text, read_file(entry.path()));
    const Main main = find_main(without_comments(text));
    (main == Main::Defined       ? found.mains
     : main == Main::SwitchedOff ? switched_off
                                 : found.others)
        .push_back(entry.path());
  }
  if (error)
    return Error(ErrorKind::Io, fmt::format("cannot list '{}': {}",
                                            folder.string(), error.message()));
  std::vector<fs::path>& kind =
      found.mains.empty() ? found.mains : found.others;
  kind.insert(kind.end(), switched_off.begin(), switched_off.end());
  std::sort(found.mains.begin(), found.mains.end());
  std::sort(found.others.begin(), found.others.end());
  return found;
}

Result<fs::path> checkout(const Suite& suite, fs::path root) {
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

Result<fs::path> find_place(const Suite& suite, std::string_view path,
                            const fs::path& root) {
  std::string tried;
  for (const std::string& pattern : split(suite.where, ';')) {
    const fs::path place = root / filled(pattern, path);
    std::error_code error;
    if (fs::exists(place, error)) return place;
    tried += (tried.empty() ? "'" : ", '") + place.string() + "'";
  }
  return Error(ErrorKind::NotFound, fmt::format("no {}://{}: there is no {}",
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

Result<SuiteProgram> find_program(const Suite& suite, std::string_view path,
                                  fs::path root) {
  if (path.empty() || path.starts_with('/') ||
      path.find("..") != std::string_view::npos)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}://{}' names no program; expected a path "
                             "within the checkout",
                             suite.name, path));
  HONE_ASSIGN_OR_RETURN(root, checkout(suite, std::move(root)));
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
  Sources found;
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
