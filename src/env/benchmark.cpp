// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/benchmark.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/subprocess.h"
#include "base/text.h"
#include "env/folder_sources.h"
#include "env/generate_program.h"
#include "env/suite_listing.h"
#include "env/suites.h"
#include "program/driver.h"
#include "program/input.h"

namespace hone::env {

namespace {

// What ends a part of a URI, or a field or a line of a table of episodes.
constexpr std::string_view kEscaped = "\n\r %&,?";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (kEscaped.find(c) == std::string_view::npos)
      result += c;
    else
      result += fmt::format("%{:02X}", c);
  }
  return result;
}

std::string unescaped(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size(); ++at) {
    uint8_t byte = 0;
    const std::string_view digits = text.substr(at + 1, 2);
    const char* const end = digits.data() + digits.size();
    if (text[at] == '%' && digits.size() == 2 &&
        std::from_chars(digits.data(), end, byte, 16).ptr == end && byte != 0) {
      result += static_cast<char>(byte);
      at += digits.size();
    } else {
      result += text[at];
    }
  }
  return result;
}

// Csmith's headers; the package puts them below /usr/include.
constexpr std::string_view kCsmithHeaders = "/usr/include/csmith";

Result<Source> generate_csmith(std::string_view uri, uint64_t seed) {
  HONE_ASSIGN_OR_RETURN(TempDir made_folder, TempDir::make());
  const auto folder = std::make_shared<const TempDir>(std::move(made_folder));
  const std::filesystem::path source = folder->path() / "csmith.c";
  const Result<ProcessResult> made =
      run_checked({.argv = {"csmith", "--seed", fmt::to_string(seed), "-o",
                            source.string()},
                   .directory = folder->path(),
                   .limits = {.cpu_seconds = 60}});
  if (!made.ok() && made.error().kind == ErrorKind::NotFound)
    return Error(
        ErrorKind::NotFound,
        fmt::format("'{}' needs csmith; install Debian's package csmith", uri));
  if (!made.ok()) return Error(made.error()).in(fmt::format("'{}'", uri));
  return Source{.path = source,
                .flags = {fmt::format("-I{}", kCsmithHeaders), "-w"},
                .folder = folder};
}

Result<Source> generate_own(uint64_t seed) {
  HONE_ASSIGN_OR_RETURN(TempDir made_folder, TempDir::make());
  const auto folder = std::make_shared<const TempDir>(std::move(made_folder));
  const std::filesystem::path source = folder->path() / "generated.c";
  HONE_RETURN_IF_ERROR(write_file(source, generate_program(seed)));
  return Source{.path = source, .flags = {"-w"}, .folder = folder};
}

Result<Source> generate(std::string_view uri, std::string_view path) {
  const size_t slash = std::min(path.find('/'), path.size());
  const std::string_view name = path.substr(0, slash);
  const std::string_view digits = path.substr(std::min(slash + 1, path.size()));
  uint64_t seed = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, seed);
  if (error == std::errc() && stop == end) {
    if (name == "csmith") return generate_csmith(uri, seed);
    if (name == "hone") return generate_own(seed);
  }
  return Error(ErrorKind::InvalidArgument,
               fmt::format("'{}' names no generated program; expected "
                           "generator://hone/SEED or generator://csmith/SEED "
                           "with a whole number below 2^64",
                           uri));
}

constexpr std::string_view kPathFlags[] = {"-I",      "-L",         "-isystem",
                                           "-iquote", "-idirafter", "-include"};

// With relative paths meant from `at`. What -include names is first looked for
// there, and then among headers: it stays where it is not there.
std::vector<std::string> anchored(std::span<const std::string> flags,
                                  const std::filesystem::path& at) {
  std::vector<std::string> anchored;
  std::string_view asking;  // the flag whose path is the next word
  for (const std::string& flag : flags) {
    std::string_view kind = std::exchange(asking, {});
    std::string_view path = flag;
    if (kind.empty()) {
      const auto* const found = std::find_if(
          std::begin(kPathFlags), std::end(kPathFlags),
          [&](std::string_view one) { return flag.starts_with(one); });
      if (found != std::end(kPathFlags)) kind = *found;
      path.remove_prefix(kind.size());
      if (!kind.empty() && path.empty()) asking = kind;
    }
    std::error_code error;
    const bool is_here =
        !kind.empty() && !path.empty() && path[0] != '=' && path[0] != '-' &&
        (kind != "-include" || std::filesystem::exists(at / path, error));
    const std::string_view before =
        std::string_view(flag).substr(0, flag.size() - path.size());
    anchored.push_back(is_here ? std::string(before) + (at / path).string()
                               : flag);
  }
  return anchored;
}

Result<Source> find_debian(std::string_view uri, const std::string& path) {
  const char* const root = std::getenv("HONE_DEBIAN_SOURCES");
  if (root == nullptr)
    return Error(ErrorKind::NotFound,
                 fmt::format("'{}' needs sources; fetch them by "
                             "bench/programs/fetch_sources.py --dest DIR and "
                             "set HONE_DEBIAN_SOURCES=DIR",
                             uri));
  const size_t slash = path.find('/');
  if (slash == std::string::npos || path.find("..") != std::string::npos)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' names no source; expected "
                             "debian://PACKAGE/SOURCE",
                             uri));
  const std::filesystem::path package =
      std::filesystem::path(root) / path.substr(0, slash);
  HONE_ASSIGN_OR_RETURN(const std::string listed,
                        read_file(package / "flags.txt"));
  std::vector<std::string> flags;
  for (const std::string& flag : split(trim(listed), '\n'))
    if (!flag.empty()) flags.push_back(flag);
  return Source{.path = package / "src" / path.substr(slash + 1),
                .flags = anchored(flags, package / "src")};
}

// Answers of students name std's things without saying so, and have a main()
// of no type or void, as old compilers let them.
std::string as_cxx(std::string text) {
  const auto is_of_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  constexpr std::string_view kMain = "main";
  constexpr std::string_view kVoid = "void";
  for (size_t at = text.find(kMain); at != std::string::npos;
       at = text.find(kMain, at + kMain.size())) {
    const size_t after =
        std::min(text.find_first_not_of(' ', at + kMain.size()), text.size());
    const size_t before = text.find_last_not_of(" \t\r\n", at - (at != 0));
    if (after == text.size() || text[after] != '(') continue;
    if (at == 0 || before == std::string::npos || before >= at ||
        std::string_view(";}>").find(text[before]) != std::string_view::npos) {
      if (at != 0 && is_of_name(text[at - 1])) continue;
      text.insert(at, "int ");
      at += kMain.size();
    } else if (before + 1 >= kVoid.size() && before + 1 < at &&
               text.substr(before + 1 - kVoid.size(), kVoid.size()) == kVoid) {
      text.replace(before + 1 - kVoid.size(), kVoid.size(), "int");
    }
  }
  for (const std::string_view name : {"cin", "cout", "endl", "string"})
    if (text.find(name) != std::string::npos &&
        text.find("std::") == std::string::npos)
      return "using namespace std;\n" + text;
  return text;
}

// POJ-104's answers are C++ in files named .txt; clang is told by -x, Hone by
// the file's name.
Result<Source> with_language(Source source) {
  const auto at =
      std::find(source.flags.begin(), source.flags.end(), std::string("-x"));
  if (at == source.flags.end()) return source;
  source.flags.erase(at, at + 2);
  HONE_ASSIGN_OR_RETURN(const std::string text, read_file(source.path));
  HONE_ASSIGN_OR_RETURN(TempDir made, TempDir::make());
  const auto folder = std::make_shared<const TempDir>(std::move(made));
  source.path = folder->path() / "source.cpp";
  HONE_RETURN_IF_ERROR(write_file(source.path, as_cxx(text)));
  source.folder = folder;
  return source;
}

Result<Source> find_in_suite(const Suite& suite, const UriParts& parts) {
  HONE_ASSIGN_OR_RETURN(SuiteProgram found,
                        find_program(suite, parts.path, parts.root));
  Source source{.path = found.sources.front(),
                .flags = std::move(found.flags),
                .more = {found.sources.begin() + 1, found.sources.end()}};
  if (!found.headers.empty()) {
    HONE_ASSIGN_OR_RETURN(TempDir made, TempDir::make());
    for (const MadeHeader& header : found.headers)
      HONE_RETURN_IF_ERROR(write_file(made.path() / header.name, header.text));
    source.flags.push_back("-I" + made.path().string());
    source.folder = std::make_shared<const TempDir>(std::move(made));
  }
  return with_language(std::move(source));
}

Result<Source> find_without_flags(std::string_view uri, const UriParts& parts) {
  const Suite* const suite = find_suite(parts.scheme);
  if (suite != nullptr) return find_in_suite(*suite, parts);
  if (!parts.root.empty())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' names a root; only programs of test suites "
                             "have one",
                             uri));
  if (parts.scheme == "file") return Source{.path = parts.path};
  if (parts.scheme == "debian") return find_debian(uri, parts.path);
  if (parts.scheme == "generator") return generate(uri, parts.path);
  return Error(
      ErrorKind::InvalidArgument,
      fmt::format("no data set '{}://'; see hone env datasets", parts.scheme));
}

// Flags may come from a build's command line. There -c says what happens here
// anyway, and lists of headers (-MD -MF x.d) are the build's; any other output
// than an object is none of a benchmark.
Result<std::vector<std::string>> without_outputs(
    std::span<const std::string> flags) {
  std::vector<std::string> kept;
  for (size_t i = 0; i < flags.size(); ++i) {
    const std::string& flag = flags[i];
    if (flag == "-S" || flag == "-E" || flag == "-emit-llvm" ||
        flag == "-fsyntax-only" ||
        (flag.starts_with("-o") && !flag.starts_with("-obj")))
      return Error(ErrorKind::Unsupported,
                   fmt::format("flag '{}': a benchmark's flags say how it is "
                               "compiled, not what is written; leave it out",
                               flag));
    if (is_source(flag) && !flag.starts_with('-') &&
        (i == 0 || !flags[i - 1].starts_with("-i")))
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("flag '{}': a source among a benchmark's flags; "
                               "a benchmark is one source, which stands before "
                               "the flags",
                               flag));
    if (flag == "-MF" || flag == "-MT" || flag == "-MQ")
      ++i;
    else if (flag != "-c" && !flag.starts_with("-M"))
      kept.push_back(flag);
  }
  return kept;
}

// Without `.`, and without `..` where no link stands before it.
std::string absolute_path(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::path whole = std::filesystem::absolute(path, error);
  const std::filesystem::path plain = whole.lexically_normal();
  const bool is_same = std::filesystem::equivalent(plain.parent_path(),
                                                   whole.parent_path(), error);
  return is_same ? plain : whole;
}

std::string uri_of(const UriParts& parts) {
  std::string text = parts.scheme + "://" + escaped(parts.path);
  char before = '?';
  if (!parts.root.empty())
    text += std::exchange(before, '&') + ("root=" + escaped(parts.root));
  for (const std::string& flag : parts.flags)
    text += std::exchange(before, '&') + ("flag=" + escaped(flag));
  return text;
}

}  // namespace

std::span<const DatasetInfo> datasets() {
  static const std::vector<DatasetInfo> table = [] {
    std::vector<DatasetInfo> rows = {
#define HONE_DATASET(identifier, name, uri, sentence) {name, uri, sentence},
#include "env/datasets.def"
#undef HONE_DATASET
    };
    for (const Suite& suite : suites())
      rows.push_back({std::string(suite.name),
                      fmt::format("{}://PROGRAM?root=CHECKOUT", suite.name),
                      std::string(suite.sentence)});
    std::sort(rows.begin(), rows.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return rows;
  }();
  return table;
}

Result<UriParts> parse_uri(std::string_view uri) {
  const size_t at = uri.find("://");
  if (at == std::string_view::npos)
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' is no URI; expected file://PATH or "
                             "generator://NAME/SEED",
                             uri));
  UriParts parts{.scheme = std::string(uri.substr(0, at))};
  const std::string_view rest = uri.substr(at + 3);
  const size_t query = std::min(rest.find('?'), rest.size());
  parts.path = unescaped(rest.substr(0, query));
  if (query == rest.size()) return parts;
  for (const std::string& item : split(rest.substr(query + 1), '&')) {
    if (item.starts_with("root=")) {
      parts.root = unescaped(std::string_view(item).substr(5));
      continue;
    }
    if (!item.starts_with("flag="))
      return Error(ErrorKind::InvalidArgument,
                   fmt::format("'{}' in a URI's query; expected flag=FLAG or "
                               "root=CHECKOUT",
                               item));
    parts.flags.push_back(unescaped(std::string_view(item).substr(5)));
  }
  return parts;
}

Result<std::vector<std::string>> list_benchmarks(std::string_view dataset) {
  UriParts parts{.scheme = std::string(dataset)};
  if (dataset.find("://") != std::string_view::npos) {
    HONE_ASSIGN_OR_RETURN(parts, parse_uri(absolute_uri(dataset)));
  }
  const Suite* const suite = find_suite(parts.scheme);
  if (suite == nullptr || !parts.path.empty() || !parts.flags.empty()) {
    std::vector<std::string> names;
    for (const Suite& known : suites()) names.emplace_back(known.name);
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' has no list of programs{}; test suites have "
                             "one, named as cbench or cbench://?root=CHECKOUT",
                             dataset, did_you_mean(parts.scheme, names)));
  }
  HONE_ASSIGN_OR_RETURN(std::vector<std::string> programs,
                        list_programs(*suite, parts.root));
  for (std::string& program : programs) {
    parts.path = std::move(program);
    program = uri_of(parts);
  }
  return programs;
}

std::string absolute_uri(std::string_view uri) {
  Result<UriParts> parts = parse_uri(uri);
  if (!parts.ok()) return std::string(uri);
  std::error_code error;
  if (parts->scheme == "file") parts->path = absolute_path(parts->path);
  if (!parts->root.empty()) parts->root = absolute_path(parts->root);
  parts->flags = anchored(parts->flags, std::filesystem::current_path(error));
  return uri_of(*parts);
}

std::string benchmark_uri(std::string_view path,
                          std::span<const std::string> flags) {
  const bool is_uri = path.find("://") != std::string_view::npos;
  std::string uri = is_uri ? std::string(path) : "file://" + escaped(path);
  for (const std::string& flag : flags)
    uri += (uri.find('?') == std::string::npos ? "?flag=" : "&flag=") +
           escaped(flag);
  return absolute_uri(uri);
}

SourceStamp::SourceStamp(const Source& source) {
  // What was generated has gone with its folder.
  if (source.folder == nullptr ||
      source.path.parent_path() != source.folder->path())
    files_.push_back(look_at(source.path));
  for (const std::filesystem::path& path : source.more)
    files_.push_back(look_at(path));
}

SourceStamp::File SourceStamp::look_at(const std::filesystem::path& path) {
  std::error_code error;
  return {.path = path,
          .written = std::filesystem::last_write_time(path, error),
          .bytes = std::filesystem::file_size(path, error)};
}

bool SourceStamp::is_current() const {
  return std::all_of(files_.begin(), files_.end(), [](const File& file) {
    return file == look_at(file.path);
  });
}

Result<Source> find_source(std::string_view uri) {
  HONE_ASSIGN_OR_RETURN(const UriParts parts, parse_uri(uri));
  HONE_ASSIGN_OR_RETURN(Source source, find_without_flags(uri, parts));
  source.flags.insert(source.flags.end(), parts.flags.begin(),
                      parts.flags.end());
  HONE_ASSIGN_OR_RETURN(source.flags, without_outputs(source.flags));
  return source;
}

Result<std::string> compile_source(const program::Toolchain& tools,
                                   const Source& source,
                                   const program::BuildMode& mode) {
  std::vector<std::filesystem::path> paths = {source.path};
  paths.insert(paths.end(), source.more.begin(), source.more.end());
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  std::vector<std::filesystem::path> modules;
  for (const std::filesystem::path& path : paths) {
    HONE_ASSIGN_OR_RETURN(const program::Input input,
                          program::classify_input(path));
    modules.push_back(folder.path() / fmt::format("{}.bc", modules.size()));
    HONE_RETURN_IF_ERROR(
        program::write_bitcode(tools, input, mode, modules.back()));
  }
  if (modules.size() == 1) return read_file(modules.front());
  const std::filesystem::path linked = folder.path() / "linked.bc";
  HONE_RETURN_IF_ERROR(program::link_bitcode(tools, modules, linked));
  return read_file(linked);
}

Result<Benchmark> load_benchmark(const program::Toolchain& tools,
                                 std::string_view uri) {
  HONE_ASSIGN_OR_RETURN(const Source source, find_source(uri));
  HONE_ASSIGN_OR_RETURN(const program::Input first,
                        program::classify_input(source.path));
  Benchmark benchmark{.uri = absolute_uri(uri), .stamp = SourceStamp(source)};
  HONE_ASSIGN_OR_RETURN(benchmark.mode, program::read_build_mode(
                                            tools, first, source.flags, "-Oz"));
  HONE_ASSIGN_OR_RETURN(benchmark.bitcode,
                        compile_source(tools, source, benchmark.mode));
  const std::string parts[] = {benchmark.bitcode,
                               to_text(program::to_json(benchmark.mode))};
  benchmark.identity = hash_parts(parts);
  return benchmark;
}

}  // namespace hone::env
