// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "service/programs.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "env/benchmark.h"

namespace hone::service {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kKinds[] = {"bc", "c", "cc", "i", "ii", "ll"};
constexpr std::string_view kScheme = "upload://";

bool is_below(const fs::path& path, std::span<const fs::path> folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const fs::path& at) {
    const auto [end, rest] =
        std::mismatch(at.begin(), at.end(), path.begin(), path.end());
    return end == at.end();
  });
}

Result<fs::path> allowed_file(std::string_view what, const fs::path& path,
                              std::span<const fs::path> folders) {
  std::error_code error;
  fs::path real = fs::canonical(path, error);
  if (error || !is_below(real, folders))
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("'{}' is no file that this server may read; upload the "
                    "program, or start the server with --files and its folder",
                    what));
  return real;
}

// -f and -m flags are words; after '=' only some have a value that is one.
bool is_word(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                              "UVWXYZ0123456789-+.") == std::string_view::npos;
}

bool is_harmless(std::string_view flag) {
  if (flag.starts_with("-D") || flag.starts_with("-U")) return flag.size() > 2;
  if (flag == "-w" || flag == "-pthread" || flag == "-g") return true;
  if (flag.starts_with("-O")) return is_word(flag.substr(1));
  if (flag.starts_with("-std=")) return is_word(flag.substr(5));
  if (flag.starts_with("-W"))
    return flag.find_first_of(",@/") == std::string_view::npos;
  for (const std::string_view plain : {"-march=", "-mcpu=", "-mtune="})
    if (flag.starts_with(plain)) return is_word(flag.substr(plain.size()));
  // Modules are looked up and cached in folders; -mllvm reaches LLVM's own.
  if (flag.starts_with("-fmodule") || flag.starts_with("-fplugin") ||
      flag.starts_with("-mllvm"))
    return false;
  if (flag.starts_with("-f") || flag.starts_with("-m"))
    return is_word(flag.substr(2));
  return false;
}

}  // namespace

Status check_flags(std::span<const std::string> flags,
                   std::span<const fs::path> folders) {
  for (const std::string& flag : flags) {
    if (is_harmless(flag)) continue;
    if (flag.starts_with("-I") && flag.size() > 2) {
      HONE_ASSIGN_OR_RETURN(const fs::path folder,
                            allowed_file(flag, flag.substr(2), folders));
      continue;
    }
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("the flag '{}' is not allowed over the wire; "
                             "allowed are -D, -U, -O, -std=, -W, -march=, "
                             "-mcpu=, -mtune=, -f and -m without values, and "
                             "-I below the server's --files folders",
                             flag.substr(0, 100)));
  }
  return {};
}

struct Programs::State {
  struct Entry {
    std::string name;  // HASH.c
    uint64_t bytes = 0;
  };

  ProgramLimits limits;
  TempDir folder;
  std::mutex mutex;
  std::list<Entry> entries;  // least recently used first
  uint64_t bytes = 0;

  bool touch(std::string_view name) {
    const auto found =
        std::find_if(entries.begin(), entries.end(),
                     [&](const Entry& entry) { return entry.name == name; });
    if (found == entries.end()) return false;
    entries.splice(entries.end(), entries, found);
    return true;
  }
};

Programs::Programs(std::unique_ptr<State> state) : state_(std::move(state)) {}
Programs::Programs(Programs&&) noexcept = default;
Programs::~Programs() = default;

Result<Programs> Programs::make(ProgramLimits limits) {
  for (fs::path& folder : limits.folders) {
    std::error_code error;
    const fs::path real = fs::canonical(folder, error);
    if (error || !fs::is_directory(real, error))
      return Error(
          ErrorKind::NotFound,
          fmt::format("--files '{}': no such folder", folder.string()));
    folder = real;
  }
  HONE_ASSIGN_OR_RETURN(TempDir folder, TempDir::make("hone-uploads"));
  return Programs(std::unique_ptr<State>(
      new State{.limits = std::move(limits), .folder = std::move(folder)}));
}

Result<std::string> Programs::upload(std::string_view content,
                                     std::string_view kind,
                                     std::span<const std::string> flags) {
  State& state = *state_;
  if (std::find(std::begin(kKinds), std::end(kKinds), kind) == std::end(kKinds))
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("no kind of program '{}'; expected bc, c, cc, "
                             "i, ii or ll",
                             kind.substr(0, 40)));
  if (content.size() > state.limits.upload_bytes)
    return Error(ErrorKind::LimitReached,
                 fmt::format("a program of {} bytes; this server takes {}",
                             content.size(), state.limits.upload_bytes));
  HONE_RETURN_IF_ERROR(check_flags(flags, state.limits.folders));
  const std::string name =
      fmt::format("{}.{}", hash_bytes(content).hex(), kind);
  const std::scoped_lock lock(state.mutex);
  if (!state.touch(name)) {
    HONE_RETURN_IF_ERROR(write_file(state.folder.path() / name, content));
    state.entries.push_back({name, content.size()});
    state.bytes += content.size();
    while (state.bytes > state.limits.all_bytes && state.entries.size() > 1) {
      std::error_code error;
      fs::remove(state.folder.path() / state.entries.front().name, error);
      state.bytes -= state.entries.front().bytes;
      state.entries.pop_front();
    }
  }
  // The query of a file's URI, which escapes what needs it.
  const std::string file = env::benchmark_uri("/", flags);
  return fmt::format("{}{}{}", kScheme, name,
                     file.substr(std::string_view("file:///").size()));
}

Result<std::string> Programs::resolve(std::string_view uri) {
  if (uri.empty()) return std::string();
  State& state = *state_;
  HONE_ASSIGN_OR_RETURN(const env::UriParts parts, env::parse_uri(uri));
  HONE_RETURN_IF_ERROR(check_flags(parts.flags, state.limits.folders));
  if (parts.scheme == "file") {
    HONE_ASSIGN_OR_RETURN(
        const fs::path path,
        allowed_file(parts.path, parts.path, state.limits.folders));
    return env::benchmark_uri(path.string(), parts.flags);
  }
  // A checkout is the server's own affair ($HONE_SUITES).
  if (!parts.root.empty())
    return Error(ErrorKind::InvalidArgument,
                 fmt::format("'{}' names a folder of this server; a URI may "
                             "name a program only, without root=",
                             uri.substr(0, 100)));
  if (!uri.starts_with(kScheme)) return std::string(uri);
  const std::scoped_lock lock(state.mutex);
  if (!state.touch(parts.path))
    return Error(ErrorKind::NotFound,
                 fmt::format("'{}' is not on this server (any more); upload "
                             "the program again",
                             uri.substr(0, 100)));
  return env::benchmark_uri((state.folder.path() / parts.path).string(),
                            parts.flags);
}

}  // namespace hone::service
