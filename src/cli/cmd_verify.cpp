// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/evidence.h"
#include "cli/interrupt.h"
#include "cli/shared_flags.h"
#include "cli/table.h"
#include "program/driver.h"
#include "program/object_file.h"
#include "toolkit/check.h"
#include "verify/differential.h"

namespace hone::cli {

namespace fs = std::filesystem;

namespace {

struct Options {
  std::vector<std::string> objects;
  std::vector<std::string> clang_flags;
  std::string bitcode;
  std::string source;
  std::string mode;
  int64_t inputs = verify::DifferentialRequest().inputs_per_function;
  int64_t seed = static_cast<int64_t>(verify::DifferentialRequest().seed);
  double seconds = verify::DifferentialRequest().seconds;
  int64_t jobs = 0;
};

verify::LinkMode link_mode(std::string_view name) {
  return name == "shared"   ? verify::LinkMode::Shared
         : name == "no-pie" ? verify::LinkMode::NoPie
                            : verify::LinkMode::Pie;
}

// The module both objects were made from, and how its flags say to link.
Status add_original(const Options& o, const fs::path& folder,
                    verify::DifferentialRequest& request) {
  if (o.bitcode.empty() == o.source.empty())
    return Error(ErrorKind::InvalidArgument,
                 "expected either --bitcode or --source: what both objects "
                 "were made from says how their functions are called");
  request.original_bitcode = o.bitcode;
  if (o.source.empty()) {
    HONE_ASSIGN_OR_RETURN(const program::Input input,
                          program::classify_input(o.bitcode));
    (void)input;
    return {};
  }
  HONE_ASSIGN_OR_RETURN(const program::Toolchain tools,
                        program::find_toolchain());
  HONE_ASSIGN_OR_RETURN(const program::Input input,
                        program::classify_input(o.source));
  HONE_ASSIGN_OR_RETURN(
      const program::BuildMode mode,
      program::read_build_mode(tools, input, o.clang_flags, "-Oz"));
  request.original_bitcode = folder / "original.bc";
  request.mode = toolkit::link_mode(mode);
  return program::write_bitcode(tools, input, mode, request.original_bitcode,
                                request.stop);
}

Json verdict_json(const verify::FunctionVerdict& verdict) {
  return {{"name", verdict.name},
          {"bytes", verdict.bytes},
          {"evidence", verify::evidence_name(verdict.evidence)},
          {"inputs", verdict.inputs},
          {"blocks", verdict.blocks},
          {"blocks_run", verdict.blocks_run},
          {"via", verdict.via},
          {"reason", verdict.reason}};
}

std::string detail(const verify::FunctionVerdict& verdict) {
  if (!verdict.reason.empty()) return verdict.reason;
  if (!verdict.via.empty()) return verdict.via;
  return fmt::format("{} inputs, {} of {} blocks", verdict.inputs,
                     verdict.blocks_run, verdict.blocks);
}

Answer answer_of(const verify::DifferentialReport& report,
                 const Console& console) {
  const bool differs = !report.mismatches.empty();
  Json functions = Json::array();
  Table table({Align::Left, Align::Right, Align::Left, Align::Left});
  table.add({"function", "bytes", "", ""});
  for (const verify::FunctionVerdict& verdict : report.functions) {
    functions.push_back(verdict_json(verdict));
    table.add({verdict.name,
               with_thousands(static_cast<int64_t>(verdict.bytes)),
               std::string(verify::evidence_name(verdict.evidence)),
               detail(verdict)});
  }
  Json mismatches = Json::array();
  std::string text = table.text();
  for (const verify::Mismatch& mismatch : report.mismatches) {
    mismatches.push_back({{"function", mismatch.function},
                          {"input", mismatch.input},
                          {"what", mismatch.what}});
    text += fmt::format("{} {}, input {}: {}\n",
                        console.out_styled(Style::Bad, "differs:"),
                        mismatch.function, mismatch.input, mismatch.what);
  }
  text += differs ? "the objects differ\n"
                  : fmt::format("no difference found: {}\n",
                                evidence_line(report.functions));
  return {.text = text,
          .json = {{"equal", !differs},
                   {"functions", functions},
                   {"mismatches", mismatches}},
          .exit_code = differs ? 1 : 0};
}

Result<Answer> run_verify(const Options& o, const Console& console) {
  for (const std::string& object : o.objects) {
    HONE_ASSIGN_OR_RETURN(const program::ObjectSizes sizes,
                          program::measure_object_file(object));
    (void)sizes;
  }
  HONE_ASSIGN_OR_RETURN(const TempDir folder, TempDir::make());
  verify::DifferentialRequest request{
      .original_bitcode = {},
      .stock_object = o.objects[0],
      .inputs_per_function = static_cast<int>(o.inputs),
      .seed = static_cast<uint64_t>(o.seed),
      .seconds = o.seconds,
      .workers = job_count(o.jobs),
      .stop = stop_on_interrupt()};
  HONE_RETURN_IF_ERROR(add_original(o, folder.path(), request));
  if (!o.mode.empty()) request.mode = link_mode(o.mode);
  HONE_ASSIGN_OR_RETURN(const verify::DifferentialReport report,
                        verify::compare_objects(request, o.objects[1]));
  if (!report.unavailable_reason.empty())
    return Error(
        ErrorKind::Unsupported,
        fmt::format("nothing could be run: {}", report.unavailable_reason));
  return answer_of(report, console);
}

}  // namespace

Subcommand make_verify() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Links both objects with a harness, calls their functions with the same "
      "generated inputs, and compares results, effects on memory and the "
      "calls that leave the object. Only inputs on which the unoptimised "
      "program has a defined outcome count. Exit code 1 means that a "
      "difference was found.";
  command.flags.arguments = {
      {.name = "OBJECT",
       .sentence = "The object to compare with, then the one to check.",
       .target = &o.objects,
       .least = 2,
       .most = 2,
       .completes = Completes::Files}};
  command.flags.rest = &o.clang_flags;
  command.flags.rest_name = "CLANG FLAGS";
  command.flags.rest_sentence = "With --source: the flags of its build.";
  command.flags.flags = {
      {.name = "bitcode",
       .value = "FILE",
       .sentence = "The unoptimised module both were made from.",
       .target = &o.bitcode,
       .completes = Completes::Files},
      {.name = "source",
       .value = "FILE",
       .sentence = "The source both were made from, instead.",
       .target = &o.source,
       .completes = Completes::Files},
      {.name = "mode",
       .value = "MODE",
       .sentence = "How the objects are linked.",
       .target = &o.mode,
       .choices = {"no-pie", "pie", "shared"},
       .default_text = "what the flags of --source say, else pie"},
      {.name = "inputs",
       .value = "N",
       .sentence = "Calls every function with N inputs.",
       .target = &o.inputs,
       .least = 1},
      {.name = "seed",
       .value = "N",
       .sentence = "The same seed gives the same inputs.",
       .target = &o.seed},
      {.name = "seconds",
       .value = "S",
       .sentence = "Stops making inputs, and checking, after S seconds each.",
       .target = &o.seconds,
       .least = 1},
      jobs_flag(o.jobs),
  };
  command.examples = {
      {"hone verify stock.o result.o --source main.c -- -Iinclude",
       "Compares two builds of main.c."}};
  command.run = [options](Console& console) {
    return run_verify(*options, console);
  };
  return command;
}

}  // namespace hone::cli
