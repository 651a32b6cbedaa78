// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/program_time.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "base/subprocess.h"

namespace hone::env {

namespace {

constexpr int kRuns = 3;
constexpr double kRunSeconds = 20;

}  // namespace

Result<double> time_program(std::vector<std::string> linker,
                            std::string_view object,
                            const std::filesystem::path& folder,
                            std::string_view name) {
  HONE_RETURN_IF_ERROR(write_file(folder / "program.o", object));
  linker.insert(linker.end(), {"program.o", "-o", "program", "-lm"});
  const Result<ProcessResult> linked =
      run_checked({.argv = std::move(linker),
                   .directory = folder,
                   .environment = {"TMPDIR=" + folder.string()},
                   .limits = {.cpu_seconds = 60}});
  if (!linked.ok())
    return Error(linked.error())
        .in(fmt::format("'{}' cannot be linked into a program to be timed",
                        name));
  double least = kRunSeconds;
  for (int i = 0; i < kRuns; ++i) {
    HONE_ASSIGN_OR_RETURN(const ProcessResult ran,
                          run({.argv = {(folder / "program").string()},
                               .directory = folder,
                               .limits = {.cpu_seconds = kRunSeconds,
                                          .wall_seconds = kRunSeconds * 10},
                               .sandbox = Sandbox{.writable = {folder}}}));
    if (!ran.ok())
      return Error(ErrorKind::Rejected,
                   fmt::format("the program of '{}' ended with {}", name,
                               ran.describe()));
    least = std::min(least, ran.cpu_seconds);
  }
  return least;
}

}  // namespace hone::env
