// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/folder_sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace hone::env {

namespace {

namespace fs = std::filesystem;

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

}  // namespace

bool is_source(const fs::path& path) {
  const std::string suffix = path.extension().string();
  return suffix == ".c" || suffix == ".cc" || suffix == ".cpp";
}

Result<FolderSources> sources_in(const fs::path& folder) {
  FolderSources found;
  std::vector<fs::path> switched_off;
  std::error_code error;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(folder, error)) {
    if (!is_source(entry.path())) continue;
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

}  // namespace hone::env
