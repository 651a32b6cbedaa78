// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/semantics.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <variant>

#include "base/file.h"
#include "base/text.h"
#include "env/environment.h"
#include "toolkit/check.h"
#include "toolkit/program_run.h"
#include "verify/command_check.h"
#include "verify/differential.h"

namespace hone::toolkit {

namespace {

namespace fs = std::filesystem;

// Of a line of `differences`.
constexpr std::string_view kOfProgram = "the program: ";

// What differs joins the report, or why nothing could be compared.
Status compare_programs(const program::Toolchain& tools,
                        const env::Benchmark& benchmark, const fs::path& folder,
                        const SemanticsOptions& options,
                        SemanticsReport& report) {
  const auto run = [&](const char* object) {
    return run_program(tools, benchmark.mode,
                       {.object = folder / object, .stop = options.stop});
  };
  HONE_ASSIGN_OR_RETURN(const verify::CommandOutcome stock, run("stock.o"));
  if (!stock.passed()) {
    report.not_run = "without arguments it ends with " + stock.description;
    if (const std::string said(trim(stock.err)); !said.empty())
      report.not_run += ": " + split(said, '\n').front();
    return {};
  }
  HONE_ASSIGN_OR_RETURN(const verify::CommandOutcome ours, run("candidate.o"));
  // Last, since what changes from second to second changes here too, then.
  HONE_ASSIGN_OR_RETURN(const verify::CommandOutcome again, run("stock.o"));
  if (const std::optional<std::string> varies =
          verify::compare_outcomes(stock, again)) {
    report.not_run = "it does not behave alike twice: " + *varies;
    return {};
  }
  report.ran_program = true;
  if (const std::optional<std::string> differs =
          verify::compare_outcomes(stock, ours))
    report.differences.push_back(std::string(kOfProgram) + *differs);
  return {};
}

Result<std::string> observed(env::Environment& environment,
                             std::string_view space) {
  HONE_ASSIGN_OR_RETURN(const env::Value value, environment.observe(space));
  return std::get<std::string>(value);
}

}  // namespace

Result<SemanticsReport> compare_builds(const program::Toolchain& tools,
                                       const env::Benchmark& benchmark,
                                       std::string_view stock,
                                       std::string_view candidate,
                                       const SemanticsOptions& options) {
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  HONE_RETURN_IF_ERROR(
      write_file(folder.path() / "original.bc", benchmark.bitcode));
  HONE_RETURN_IF_ERROR(write_file(folder.path() / "stock.o", stock));
  HONE_RETURN_IF_ERROR(write_file(folder.path() / "candidate.o", candidate));
  HONE_ASSIGN_OR_RETURN(
      const verify::DifferentialReport found,
      verify::compare_objects(
          {.original_bitcode = folder.path() / "original.bc",
           .stock_object = folder.path() / "stock.o",
           .mode = link_mode(benchmark.mode),
           .link_flags = program::library_flags(benchmark.mode),
           .target = benchmark.mode.triple,
           .inputs_per_function = options.inputs_per_function,
           .seed = options.seed,
           .workers = options.workers,
           .stop = options.stop},
          folder.path() / "candidate.o"));
  SemanticsReport report{.functions = found.functions,
                         .unavailable_reason = found.unavailable_reason};
  for (const verify::Mismatch& mismatch : found.mismatches)
    report.differences.push_back(
        mismatch.function.empty()  // of the object as a whole
            ? mismatch.what
            : fmt::format("{}, input {}: {}", mismatch.function, mismatch.input,
                          mismatch.what));
  const bool has_main = std::any_of(
      found.functions.begin(), found.functions.end(),
      [](const verify::FunctionVerdict& one) { return one.name == "main"; });
  if (!has_main || benchmark.mode.is_shared()) return report;
  HONE_RETURN_IF_ERROR(
      compare_programs(tools, benchmark, folder.path(), options, report));
  return report;
}

Status check_sanitized(const program::Toolchain& tools,
                       const env::Benchmark& benchmark,
                       std::string_view bitcode, const std::stop_token& stop,
                       SemanticsReport& report) {
  if (!report.ran_program) return {};
  HONE_ASSIGN_OR_RETURN(
      report.sanitizers,
      compare_under_sanitizers(tools, benchmark, bitcode, stop));
  if (report.sanitizers.difference)
    report.differences.push_back("with sanitizers: " +
                                 *report.sanitizers.difference);
  if (report.sanitizers.is_undefined)
    std::erase_if(report.differences, [](const std::string& line) {
      return line.starts_with(kOfProgram);
    });
  return {};
}

Result<SemanticsReport> check_semantics(const program::Toolchain& tools,
                                        const env::Episode& episode,
                                        const SemanticsOptions& options) {
  HONE_ASSIGN_OR_RETURN(const env::Benchmark benchmark,
                        env::load_benchmark(tools, episode.benchmark));
  HONE_ASSIGN_OR_RETURN(const std::unique_ptr<env::Environment> environment,
                        env::make_environment(episode.environment, {}));
  HONE_ASSIGN_OR_RETURN(const env::Step begun,
                        environment->reset(episode.benchmark));
  const bool has_stock = !episode.environment.starts_with("flags-");
  HONE_ASSIGN_OR_RETURN(
      const std::string stock,
      observed(*environment, has_stock ? "object-oz" : "object"));
  HONE_ASSIGN_OR_RETURN(const env::Step last,
                        env::replay(*environment, episode));
  HONE_ASSIGN_OR_RETURN(const std::string candidate,
                        observed(*environment, "object"));
  HONE_ASSIGN_OR_RETURN(
      SemanticsReport report,
      compare_builds(tools, benchmark, stock, candidate, options));
  if (!has_stock) {
    report.sanitizers.unavailable = "no bitcode in " + episode.environment;
    return report;
  }
  HONE_ASSIGN_OR_RETURN(const std::string bitcode,
                        observed(*environment, "bitcode"));
  HONE_RETURN_IF_ERROR(
      check_sanitized(tools, benchmark, bitcode, options.stop, report));
  return report;
}

}  // namespace hone::toolkit
