// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where episodes begin: programs named by URIs, built when they are asked for.
//
//   file:///src/lvm.c?flag=-std=gnu99&flag=-DLUA_USE_POSIX
//   file://relative.bc
//   debian://lua5.4/src/lvm.c
//   generator://csmith/17
//   generator://hone/17
//   polybench://linear-algebra/blas/gemm?root=/src/PolyBenchC-4.2.1
//
// datasets.def names the schemes, suites.def those of test suites. A relative
// path is meant from the current folder; what has been read is named from the
// root on, so that it is the same program from any folder. `%XX` stands for a
// byte; it must for `%`, `&`, `?` and, in tables, commas and ends of lines.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/result.h"
#include "program/build_mode.h"
#include "program/toolchain.h"

namespace hone::env {

struct DatasetInfo {
  std::string name;
  std::string uri;  // how its members are named
  std::string sentence;
};

// Sorted by name.
std::span<const DatasetInfo> datasets();

// The URIs of a test suite's programs, sorted: of "cbench", or of
// "cbench://?root=CHECKOUT". InvalidArgument where a data set has no list.
Result<std::vector<std::string>> list_benchmarks(std::string_view dataset);

// What a URI stands for before anything is compiled.
struct Source {
  std::filesystem::path path;
  std::vector<std::string> flags;           // as clang takes them
  std::vector<std::filesystem::path> more;  // sources of the same program
  std::shared_ptr<const TempDir> folder;    // keeps a generated file
};
Result<Source> find_source(std::string_view uri);

// When the sources were last written, so that edited ones are read again. Of
// headers it knows nothing.
class SourceStamp {
 public:
  SourceStamp() = default;
  explicit SourceStamp(const Source& source);
  bool is_current() const;

 private:
  struct File {
    std::filesystem::path path;
    std::filesystem::file_time_type written;
    uintmax_t bytes = 0;
    bool operator==(const File&) const = default;
  };
  static File look_at(const std::filesystem::path& path);
  std::vector<File> files_;
};

struct Benchmark {
  std::string uri;      // absolute
  std::string bitcode;  // unoptimised
  program::BuildMode mode;
  Hash128 identity;  // of bitcode and mode
  SourceStamp stamp = {};
};

// The sources compiled without optimisation, and linked where there are more.
Result<std::string> compile_source(const program::Toolchain& tools,
                                   const Source& source,
                                   const program::BuildMode& mode);

// NotFound, InvalidArgument or what the compiler said.
Result<Benchmark> load_benchmark(const program::Toolchain& tools,
                                 std::string_view uri);

// The one way in which we write it: the paths of a source, a checkout and among
// clang's flags from the root on. What is no URI stays as it is.
std::string absolute_uri(std::string_view uri);

// The same of "file://…" of a path, or of what is a URI already, with clang's
// flags.
std::string benchmark_uri(std::string_view path,
                          std::span<const std::string> flags);

struct UriParts {
  std::string scheme;
  std::string path;
  std::vector<std::string> flags;
  std::string root;  // a checkout
};
Result<UriParts> parse_uri(std::string_view uri);

}  // namespace hone::env
