// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/program_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/subprocess.h"

namespace hone::env {

namespace {

constexpr int kRuns = 3;
constexpr double kRunSeconds = 20;
constexpr double kWallSeconds = 10 * kRunSeconds;

Status link(const TimedProgram& program, const std::filesystem::path& folder) {
  HONE_RETURN_IF_ERROR(write_file(folder / "program.o", program.object));
  std::vector<std::string> argv = program.linker;
  argv.insert(argv.end(), {"program.o", "-o", "program"});
  argv.insert(argv.end(), program.libraries.begin(), program.libraries.end());
  argv.emplace_back("-lm");
  const Result<ProcessResult> linked =
      run_checked({.argv = std::move(argv),
                   .directory = folder,
                   .environment = {"TMPDIR=" + folder.string()},
                   .limits = {.cpu_seconds = 60}});
  if (linked.ok()) return {};
  return Error(linked.error())
      .in(fmt::format("'{}' cannot be linked into a program to be timed",
                      program.name));
}

// " of 20 s" where a limit of ours was the end.
std::string seconds_of(Ending ending) {
  if (ending == Ending::CpuLimit) return fmt::format(" of {} s", kRunSeconds);
  if (ending == Ending::WallLimit) return fmt::format(" of {} s", kWallSeconds);
  return {};
}

// What a run leaves behind is not there for the next one.
Result<double> run_once(const std::filesystem::path& executable,
                        std::string_view name) {
  HONE_ASSIGN_OR_RETURN(const TempDir empty, TempDir::make());
  HONE_ASSIGN_OR_RETURN(
      const ProcessResult ran,
      run({.argv = {executable.string()},
           .directory = empty.path(),
           .limits = {.cpu_seconds = kRunSeconds, .wall_seconds = kWallSeconds},
           .sandbox = Sandbox{.writable = {empty.path()}}}));
  if (ran.ok()) return ran.cpu_seconds;
  return Error(ErrorKind::Rejected,
               fmt::format("the program of '{}' ended with {}{}", name,
                           ran.describe(), seconds_of(ran.ending)));
}

}  // namespace

Result<double> time_program(const TimedProgram& program) {
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  HONE_RETURN_IF_ERROR(link(program, folder.path()));
  double least = kRunSeconds;
  for (int i = 0; i < kRuns; ++i) {
    HONE_ASSIGN_OR_RETURN(const double seconds,
                          run_once(folder.path() / "program", program.name));
    least = std::min(least, seconds);
  }
  return least;
}

}  // namespace hone::env
