// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "toolkit/sanitizers.h"

#include <fmt/format.h>

#include "base/file.h"
#include "base/subprocess.h"
#include "base/text.h"
#include "toolkit/program_run.h"

namespace hone::toolkit {

namespace {

namespace fs = std::filesystem;

constexpr double kBuildCpuSeconds = 300;
constexpr std::string_view kFlags[] = {"-fsanitize=address",
                                       "-fsanitize=undefined"};
// How a report begins, in a line of standard error.
constexpr std::string_view kReports[] = {"ERROR: AddressSanitizer:",
                                         "runtime error:"};
constexpr const char* kNoLeaks = "ASAN_OPTIONS=detect_leaks=0";
constexpr const char* kOtherMemory =
    "ASAN_OPTIONS=detect_leaks=1:malloc_fill_byte=65 LSAN_OPTIONS=exitcode=0";
constexpr std::string_view kLeaks = "ERROR: LeakSanitizer: detected";

// The line in which one of the words stands, from there on and without
// addresses, which differ from run to run.
std::optional<std::string> find_report(
    const std::string& printed, std::span<const std::string_view> words) {
  for (const std::string& line : split(printed, '\n')) {
    for (const std::string_view word : words) {
      const size_t at = line.find(word);
      if (at == std::string::npos) continue;
      const size_t address = line.find(" on address", at);
      return line.substr(at,
                         address == std::string::npos ? address : address - at);
    }
  }
  return std::nullopt;
}

// Where it says that it is: "SUMMARY: … in sum".
std::string place_of(const std::string& printed) {
  for (const std::string& line : split(printed, '\n')) {
    if (!line.starts_with("SUMMARY:")) continue;
    const size_t at = line.rfind(" in ");
    if (at != std::string::npos) return line.substr(at);
  }
  return "";
}

std::optional<std::string> fault_of(const verify::CommandOutcome& outcome) {
  std::optional<std::string> report = find_report(outcome.err, kReports);
  if (report) *report += place_of(outcome.err);
  return report;
}

// Bitcode as an object that checks itself. Functions ask for it by an
// attribute, which front ends set and passes have not seen. What must be
// inlined may have code nowhere else (program/missing_code.h).
Result<fs::path> instrument(const program::Toolchain& tools,
                            const program::BuildMode& mode,
                            const fs::path& in) {
  const fs::path checked = fs::path(in).replace_extension("checked.bc");
  const fs::path object = fs::path(in).replace_extension("o");
  const char* const relocation =
      mode.pie || mode.is_shared() ? "-fPIE" : "-fno-PIE";
  for (const std::vector<std::string>& argv :
       {std::vector<std::string>{tools.opt, "-force-attribute=sanitize_address",
                                 "-passes=forceattrs,always-inline,"
                                 "function(bounds-checking<rt>),asan",
                                 in.string(), "-o", checked.string()},
        {tools.clang, "-O1", "-Xclang", "-disable-llvm-passes", relocation,
         "-Wno-override-module", "-c", checked.string(), "-o",
         object.string()}}) {
    HONE_ASSIGN_OR_RETURN(
        const ProcessResult built,
        run_checked(
            {.argv = argv, .limits = {.cpu_seconds = kBuildCpuSeconds}}));
  }
  return object;
}

// The benchmark's bitcode; where it has a source, with the front end's own
// checks, and with zeros or a pattern in local variables that nobody wrote.
std::string checked_original(const program::Toolchain& tools,
                             const env::Benchmark& benchmark,
                             std::string_view unwritten) {
  const Result<env::Source> source = env::find_source(benchmark.uri);
  if (!source.ok()) return benchmark.bitcode;
  program::BuildMode mode = benchmark.mode;
  mode.flags.insert(mode.flags.end(), std::begin(kFlags), std::end(kFlags));
  mode.flags.push_back(fmt::format("-ftrivial-auto-var-init={}", unwritten));
  Result<std::string> checked = env::compile_source(tools, *source, mode);
  return checked.ok() ? *std::move(checked) : benchmark.bitcode;
}

}  // namespace

Result<SanitizerFindings> compare_under_sanitizers(
    const program::Toolchain& tools, const env::Benchmark& benchmark,
    std::string_view candidate, const std::stop_token& stop) {
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  const auto run_instrumented =
      [&](const char* name, std::string_view bitcode,
          const char* settings) -> Result<verify::CommandOutcome> {
    const fs::path path = folder.path() / name;
    HONE_RETURN_IF_ERROR(write_file(path, bitcode));
    HONE_ASSIGN_OR_RETURN(const fs::path object,
                          instrument(tools, benchmark.mode, path));
    return run_program(tools, benchmark.mode,
                       {.object = object,
                        .link_flags = {std::begin(kFlags), std::end(kFlags)},
                        .settings = settings,
                        .stop = stop});
  };
  HONE_ASSIGN_OR_RETURN(
      const verify::CommandOutcome original,
      run_instrumented("original.bc",
                       checked_original(tools, benchmark, "zero"), kNoLeaks));
  SanitizerFindings findings;
  if (const std::optional<std::string> fault = fault_of(original)) {
    findings.own.push_back(*fault);
    findings.is_undefined = true;
    return findings;
  }
  if (!original.passed()) {
    findings.unavailable = fmt::format(
        "the program with sanitizers ends with {}: {}", original.description,
        split(trim(original.err), '\n').front());
    return findings;
  }
  HONE_ASSIGN_OR_RETURN(const verify::CommandOutcome ours,
                        run_instrumented("candidate.bc", candidate, kNoLeaks));
  // After the candidate, as in semantics.cpp.
  HONE_ASSIGN_OR_RETURN(
      const verify::CommandOutcome again,
      run_instrumented("again.bc",
                       checked_original(tools, benchmark, "pattern"),
                       kOtherMemory));
  std::optional<std::string> varies = fault_of(again);
  if (!varies) varies = verify::compare_outcomes(original, again);
  if (varies) {
    findings.own.push_back(
        "it does not behave alike twice, with other values in memory that it "
        "has not written: " +
        *varies);
    findings.is_undefined = true;
    return findings;
  }
  if (again.err.find(kLeaks) != std::string::npos)
    findings.own.push_back(find_report(again.err, {{kLeaks}}).value());
  findings.compared = true;
  findings.difference = fault_of(ours);
  if (!findings.difference)
    findings.difference = verify::compare_outcomes(original, ours);
  return findings;
}

}  // namespace hone::toolkit
