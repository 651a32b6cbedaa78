// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/suite_programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/file.h"
#include "base/text.h"

namespace hone::env {

namespace {

namespace fs = std::filesystem;

// The files that a word of `sources` stands for.
Result<std::vector<fs::path>> files_of(const fs::path& folder,
                                       const std::string& word) {
  const fs::path path = folder / word;
  const std::string name = path.filename().string();
  const size_t star = name.find('*');
  std::error_code error;
  std::vector<fs::path> found;
  if (star == std::string::npos) {
    if (fs::exists(path, error)) found.push_back(path);
  } else {
    const std::string_view begin = std::string_view(name).substr(0, star);
    const std::string_view end = std::string_view(name).substr(star + 1);
    for (const fs::directory_entry& entry :
         fs::directory_iterator(path.parent_path(), error)) {
      const std::string one = entry.path().filename().string();
      if (one.size() + 1 >= name.size() && one.starts_with(begin) &&
          one.ends_with(end))
        found.push_back(entry.path());
    }
  }
  if (found.empty())
    return Error(ErrorKind::NotFound,
                 fmt::format("there is no '{}'", path.string()));
  return found;
}

}  // namespace

std::span<const SuiteProgramInfo> suite_programs() {
  static constexpr SuiteProgramInfo kTable[] = {
#define HONE_SUITE_PROGRAM(identifier, uri, folder, sources, flags, headers) \
  {uri, folder, sources, flags, headers},
#include "env/suite_programs.def"
#undef HONE_SUITE_PROGRAM
  };
  return kTable;
}

const SuiteProgramInfo* find_suite_program(std::string_view suite,
                                           std::string_view path) {
  const std::string uri = fmt::format("{}://{}", suite, path);
  for (const SuiteProgramInfo& program : suite_programs())
    if (program.uri == uri) return &program;
  return nullptr;
}

Result<std::vector<fs::path>> sources_of(const SuiteProgramInfo& program,
                                         const fs::path& folder) {
  std::set<fs::path> sources;
  for (const std::string& word : split_blank(program.sources)) {
    if (word.starts_with('-')) {
      sources.erase(folder / word.substr(1));
      continue;
    }
    HONE_ASSIGN_OR_RETURN(const std::vector<fs::path> files,
                          files_of(folder, word));
    sources.insert(files.begin(), files.end());
  }
  return std::vector<fs::path>(sources.begin(), sources.end());
}

std::vector<std::string> flags_of(const SuiteProgramInfo& program,
                                  const fs::path& folder) {
  std::vector<std::string> flags;
  for (const std::string& flag : split_blank(program.flags))
    flags.push_back(flag.starts_with("-I")
                        ? "-I" + (folder / flag.substr(2)).string()
                        : flag);
  return flags;
}

Result<std::vector<MadeHeader>> headers_of(const SuiteProgramInfo& program,
                                           const fs::path& folder) {
  std::vector<MadeHeader> headers;
  for (const std::string& word : split_blank(program.headers)) {
    const size_t equals = std::min(word.find('='), word.size());
    MadeHeader header{.name = word.substr(0, equals)};
    if (equals < word.size()) {
      HONE_ASSIGN_OR_RETURN(header.text,
                            read_file(folder / word.substr(equals + 1)));
    }
    headers.push_back(std::move(header));
  }
  return headers;
}

}  // namespace hone::env
