// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "env/repro.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "program/derivation.h"

namespace hone::env {

namespace {

namespace fs = std::filesystem;

Result<fs::path> bundle_script(const fs::path& bundle) {
  std::error_code error;
  for (const char* name : {"input.bc", "reproduce.sh", "repro.json"})
    if (!fs::exists(bundle / name, error))
      return Error(ErrorKind::NotFound,
                   fmt::format("'{}' is no repro bundle: it has no {}",
                               bundle.string(), name));
  return fs::absolute(bundle / "reproduce.sh");
}

Result<ProcessResult> run_script(const fs::path& script, const fs::path& input,
                                 double cpu_seconds) {
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  HONE_RETURN_IF_ERROR(hone::copy_file(input, folder.path() / "input.bc"));
  return run({.argv = {"sh", script.string()},
              .directory = folder.path(),
              .limits = {.cpu_seconds = cpu_seconds,
                         .wall_seconds = cpu_seconds * 5}});
}

}  // namespace

std::string failure_kind(const Evaluation& evaluation) {
  return fmt::format("{}: {}", outcome_name(evaluation.outcome),
                     evaluation.failure.substr(0, 60));
}

Evaluation evaluation_of(const Error& error) {
  const Outcome outcome = error.kind == ErrorKind::Crashed ? Outcome::Crashed
                          : error.kind == ErrorKind::Malformed
                              ? Outcome::Malformed
                          : error.kind == ErrorKind::Rejected ? Outcome::Invalid
                                                              : Outcome::Killed;
  return {.outcome = outcome, .failure = error.message};
}

Result<fs::path> write_repro(const program::Toolchain& tools,
                             const Subject& subject,
                             const program::Recipe& recipe,
                             const Evaluation& evaluation,
                             const fs::path& folder) {
  const std::string parts[] = {subject.input.hex(),
                               program::recipe_key(recipe).hex()};
  const fs::path bundle =
      folder / fmt::format("{}-{}", outcome_name(evaluation.outcome),
                           hash_parts(parts).hex().substr(0, 12));
  std::error_code error;
  fs::create_directories(bundle, error);
  if (error)
    return Error(ErrorKind::Io, fmt::format("cannot create '{}': {}",
                                            bundle.string(), error.message()));
  HONE_RETURN_IF_ERROR(hone::copy_file(subject.bitcode, bundle / "input.bc"));
  HONE_ASSIGN_OR_RETURN(program::Derivation derivation,
                        program::derive(tools, recipe, subject.mode,
                                        program::OutputForm::Object));
  HONE_RETURN_IF_ERROR(
      write_file(bundle / "reproduce.sh", derivation.script()));
  ::chmod((bundle / "reproduce.sh").c_str(), 0755);
  const Json json = {{"outcome", outcome_name(evaluation.outcome)},
                     {"failure", evaluation.failure},
                     {"recipe", program::to_json(recipe)},
                     {"mode", program::to_json(subject.mode)},
                     {"compiler", tools.version}};
  HONE_RETURN_IF_ERROR(
      write_file(bundle / "repro.json", to_text(json, 2) + "\n"));
  const Result<ProcessResult> again =
      run_script(bundle / "reproduce.sh", bundle / "input.bc", 30);
  if (again.ok())
    HONE_RETURN_IF_ERROR(write_file(bundle / "stderr.txt", again->err));
  return bundle;
}

Result<fs::path> write_repro(const Benchmark& benchmark,
                             const std::vector<std::string>& actions,
                             const Evaluation& evaluation,
                             const fs::path& folder) {
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  HONE_ASSIGN_OR_RETURN(const TempDir made, TempDir::make());
  Subject subject;
  subject.bitcode = made.path() / "input.bc";
  subject.input = hash_bytes(benchmark.bitcode);
  subject.mode = benchmark.mode;
  HONE_RETURN_IF_ERROR(write_file(subject.bitcode, benchmark.bitcode));
  program::Recipe recipe;
  recipe.stages = {{join(actions, ",")}};
  return write_repro(tools, subject, recipe, evaluation, folder);
}

Result<ReplayResult> replay_repro(const fs::path& bundle, double cpu_seconds) {
  HONE_ASSIGN_OR_RETURN(const fs::path script, bundle_script(bundle));
  HONE_ASSIGN_OR_RETURN(const ProcessResult ran,
                        run_script(script, bundle / "input.bc", cpu_seconds));
  std::string description = ran.describe();
  if (!ran.err.empty())
    description +=
        fmt::format(": {}", trim(ran.err.substr(0, ran.err.find('\n'))));
  return ReplayResult{.failed_again = !ran.ok(), .description = description};
}

Result<ReduceResult> reduce_repro(const program::Toolchain& tools,
                                  const fs::path& bundle, double seconds) {
  HONE_ASSIGN_OR_RETURN(const fs::path script, bundle_script(bundle));
  HONE_ASSIGN_OR_RETURN(const ProcessResult first,
                        run_script(script, bundle / "input.bc", 60));
  if (first.ok())
    return Error(ErrorKind::NotFound,
                 fmt::format("'{}' does not fail any more", bundle.string()));
  // A shell reports a signal as 128 + its number, so one test covers both.
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  const fs::path test = folder.path() / "interesting.sh";
  HONE_RETURN_IF_ERROR(write_file(
      test, fmt::format("#!/bin/sh\n"
                        "d=$(mktemp -d) || exit 1\n"
                        "trap 'rm -rf \"$d\"' EXIT\n"
                        "cp \"$1\" \"$d/input.bc\" && cd \"$d\" || exit 1\n"
                        "ulimit -t 30\n"
                        "export LLVM_DISABLE_SYMBOLIZATION=1\n"
                        "sh {} >/dev/null 2>&1\n"
                        "test $? -eq {}\n",
                        shell_quote(script.string()), first.exit_code)));
  ::chmod(test.c_str(), 0755);
  const fs::path reduced = fs::absolute(bundle / "reduced.bc");
  HONE_ASSIGN_OR_RETURN(
      const ProcessResult ran,
      run({.argv = {tools.llvm_reduce, "--test=" + test.string(), "-o",
                    reduced.string(),
                    fs::absolute(bundle / "input.bc").string()},
           .directory = folder.path(),
           .limits = {.wall_seconds = seconds}}));
  std::error_code error;
  if (!fs::exists(reduced, error))
    return Error(ErrorKind::ToolFailed,
                 fmt::format("llvm-reduce made no smaller module ({}): {}",
                             ran.describe(), trim(ran.err.substr(0, 1000))));
  return ReduceResult{.reduced = reduced,
                      .before = fs::file_size(bundle / "input.bc", error),
                      .after = fs::file_size(reduced, error)};
}

}  // namespace hone::env
