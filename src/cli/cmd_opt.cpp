// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include <fstream>
#include <limits>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/opt_summary.h"
#include "cli/progress.h"
#include "cli/shared_flags.h"
#include "search/search.h"
#include "toolkit/optimize.h"
#include "toolkit/recipe_record.h"

namespace hone::cli {

namespace fs = std::filesystem;

namespace {

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> clang_flags;
  std::string goal = "size";
  std::string protocol = "product";
  int64_t budget = toolkit::OptimizeRequest().limits.compiles;
  double seconds = std::numeric_limits<double>::infinity();
  std::string search = "default";
  int64_t seed = 1;
  std::string tier = "stable";
  std::string test;
  std::string run;
  double slowdown_limit = toolkit::OptimizeRequest().slowdown_limit;
  std::string require = "unchecked";
  int64_t check_inputs = toolkit::OptimizeRequest().check_inputs;
  std::string target;
  int64_t jobs = 0;
  std::string store;
  std::string output;
  std::string emit = "obj";
  std::string trace;
  std::string recipe;
  bool replay = false;
  std::string commands;
};

std::vector<std::string> search_names() {
  std::vector<std::string> names;
  for (const search::SearchInfo& info : search::searches())
    names.emplace_back(info.name);
  return names;
}

FlagSet make_flags(Options& o) {
  FlagSet set;
  set.arguments = {{.name = "FILE",
                    .sentence = "C, C++, LLVM IR (.ll) or bitcode (.bc); "
                                "several are linked and optimised as one.",
                    .target = &o.files,
                    .most = SIZE_MAX,
                    .completes = Completes::Files}};
  set.rest = &o.clang_flags;
  set.rest_name = "CLANG FLAGS";
  set.rest_sentence = "The flags of the stock build (-I, -D, -fPIC, …).";
  set.flags = {
      {.name = "output",
       .letter = 'o',
       .value = "FILE",
       .sentence = "Writes the result there.",
       .target = &o.output,
       .default_text = "the first file's name here, as cc -c does",
       .completes = Completes::Files},
      {.name = "emit",
       .value = "FORM",
       .sentence = "What to write.",
       .target = &o.emit,
       .choices = {"asm", "bc", "ll", "obj"}},
      {.name = "for",
       .value = "GOAL",
       .sentence = "What to make small.",
       .target = &o.goal,
       .choices = {"instructions", "size", "speed"}},
      {.name = "protocol",
       .value = "NAME",
       .sentence = "What is compared with what: the stock file as the user "
                   "builds it, the same without unwind tables, or IR "
                   "instructions as in papers.",
       .target = &o.protocol,
       .choices = {"paper", "product", "product-nounwind"}},
      {.name = "budget",
       .value = "N",
       .sentence = "Tries at most N compiles.",
       .target = &o.budget,
       .least = 1},
      {.name = "seconds",
       .value = "S",
       .sentence = "Stops the search after S seconds.",
       .target = &o.seconds},
      {.name = "search",
       .value = "NAME",
       .sentence = "How to search; see hone list searches.",
       .target = &o.search,
       .choices = search_names()},
      {.name = "seed",
       .value = "N",
       .sentence = "The same seed gives the same result.",
       .target = &o.seed},
      {.name = "tier",
       .value = "TIER",
       .sentence = "Whether options and passes that LLVM itself never uses by "
                   "default are tried too.",
       .target = &o.tier,
       .choices = {"experimental", "stable"}},
      {.name = "test",
       .value = "CMD",
       .sentence =
           "A shell command that must succeed, and print the same, on "
           "the stock build and on the result: $HONE_OBJECT, which also "
           "stands at -o's place, and, where it links, $HONE_PROGRAM.",
       .target = &o.test},
      {.name = "run",
       .value = "CMD",
       .sentence = "A shell command like --test's whose run time is measured "
                   "too.",
       .target = &o.run},
      {.name = "slowdown-limit",
       .value = "F",
       .sentence = "With --run: refuses results that take longer than F times "
                   "stock's time.",
       .target = &o.slowdown_limit},
      {.name = "require",
       .value = "EVIDENCE",
       .sentence = "The least evidence of a function that may differ from "
                   "stock.",
       .target = &o.require,
       .choices = {"tested", "unchecked"}},
      {.name = "check-inputs",
       .value = "N",
       .sentence = "Calls every function with N inputs, stock against result; "
                   "0 leaves it out.",
       .target = &o.check_inputs},
      {.name = "target",
       .value = "TRIPLE",
       .sentence = "Compiles for another machine.",
       .target = &o.target,
       .default_text = "this machine"},
      jobs_flag(o.jobs),
      store_flag(o.store),
      {.name = "recipe",
       .value = "FILE",
       .sentence = "Writes what was found into FILE, for hone cc.",
       .target = &o.recipe,
       .completes = Completes::Files},
      {.name = "replay",
       .sentence = "Applies the recipe in --recipe's file; no search.",
       .target = &o.replay},
      {.name = "commands",
       .value = "FILE",
       .sentence = "Writes a shell script that makes the result with opt and "
                   "clang alone; - prints it.",
       .target = &o.commands,
       .completes = Completes::Files},
      {.name = "trace",
       .value = "FILE",
       .sentence = "Writes a line of JSON for each compile, as it happens.",
       .target = &o.trace,
       .completes = Completes::Files},
  };
  return set;
}

std::string_view extension_of(program::OutputForm form) {
  switch (form) {
    case program::OutputForm::Object:
      return ".o";
    case program::OutputForm::Assembly:
      return ".s";
    case program::OutputForm::Ir:
      return ".ll";
    case program::OutputForm::Bitcode:
      return ".bc";
  }
  return "";
}

// The path seen from the working folder; empty where it lies elsewhere.
fs::path below_working_folder(const fs::path& path) {
  std::error_code error;
  const fs::path seen =
      fs::absolute(path).lexically_normal().lexically_relative(
          fs::current_path(error).lexically_normal());
  if (error || seen.empty() || *seen.begin() == "..") return {};
  return seen;
}

Result<fs::path> output_path(const Options& o, program::OutputForm form) {
  fs::path path = o.output;
  if (path.empty())
    path = fs::path(o.files.front()).stem().string() +
           std::string(extension_of(form));
  std::error_code error;
  for (const std::string& file : o.files)
    if (fs::equivalent(path, file, error))
      return Error(ErrorKind::Conflict,
                   fmt::format("the result would overwrite '{}'; name another "
                               "file with -o",
                               file));
  if (fs::is_directory(path, error))
    return Error(
        ErrorKind::InvalidArgument,
        fmt::format("-o: '{}' is a folder; expected a file", path.string()));
  const fs::path folder = path.parent_path();
  if (!folder.empty() && !fs::is_directory(folder, error))
    return Error(
        ErrorKind::NotFound,
        fmt::format("-o: the folder '{}' does not exist", folder.string()));
  return path;
}

Result<toolkit::OptimizeRequest> make_request(const Options& o) {
  toolkit::OptimizeRequest request;
  request.inputs.assign(o.files.begin(), o.files.end());
  request.flags = o.clang_flags;
  if (!o.target.empty()) request.flags.push_back("--target=" + o.target);
  request.goal = o.goal == "size"    ? toolkit::Goal::Size
                 : o.goal == "speed" ? toolkit::Goal::Speed
                                     : toolkit::Goal::Instructions;
  // Instructions are what the literature counts, under its own protocol.
  const std::string protocol = o.goal == "instructions" ? "paper" : o.protocol;
  HONE_ASSIGN_OR_RETURN(request.protocol, program::parse_protocol(protocol));
  request.search = o.search;
  request.limits = {.compiles = o.budget, .seconds = o.seconds};
  request.seed = static_cast<uint64_t>(o.seed);
  request.tier =
      o.tier == "stable" ? program::Tier::Stable : program::Tier::Experimental;
  request.require = o.require == "tested" ? toolkit::Requirement::Tested
                                          : toolkit::Requirement::Unchecked;
  request.test_command = o.test;
  request.run_command = o.run;
  request.slowdown_limit = o.slowdown_limit;
  request.check_inputs = static_cast<int>(o.check_inputs);
  HONE_ASSIGN_OR_RETURN(request.form, program::parse_output_form(o.emit));
  request.jobs = job_count(o.jobs);
  request.failures = failures_folder();
  return request;
}

// Lines of JSON, each on disk before the next compile begins.
class Trace {
 public:
  static Result<Trace> open(const std::string& path) {
    Trace trace;
    if (path.empty()) return trace;
    trace.stream_.open(path, std::ios::trunc);
    if (!trace.stream_)
      return Error(ErrorKind::Io,
                   fmt::format("--trace: cannot write '{}'", path));
    return trace;
  }

  void add(const search::Step& step) {
    if (!stream_.is_open()) return;
    const env::Evaluation& evaluation = *step.evaluation;
    const Json line = {{"compile", step.compile},
                       {"seconds", step.seconds},
                       {"label", step.label},
                       {"outcome", env::outcome_name(evaluation.outcome)},
                       {"failure", evaluation.failure},
                       {"cost", step.cost},
                       {"best", step.best},
                       {"improved", step.improved},
                       {"from_store", evaluation.from_store},
                       {"instructions", evaluation.instructions},
                       {"loaded", evaluation.sizes.loaded()},
                       {"recipe", program::to_json(*step.recipe)}};
    stream_ << to_text(line) << std::endl;
  }

 private:
  std::ofstream stream_;
};

Status check_options(const Options& o, const Console& console) {
  if (o.replay && o.recipe.empty())
    return Error(ErrorKind::InvalidArgument,
                 "--replay needs --recipe FILE, which holds the recipe");
  if (o.commands == "-" && console.json())
    return Error(ErrorKind::Conflict,
                 "--commands - and --json both print on stdout; name a file "
                 "for the commands");
  if (!o.run.empty() && o.emit != "obj")
    return Error(ErrorKind::Conflict,
                 "--run needs an object file; leave --emit out");
  return {};
}

std::string closing_lines(const Options& o, const fs::path& output,
                          const toolkit::OptimizeReport& report) {
  std::string text = fmt::format("  wrote {}", output.string());
  if (!o.recipe.empty() && report.improved && !o.replay)
    text += fmt::format(" and {}", o.recipe);
  text += "\n";
  if (!o.commands.empty())
    text += fmt::format("  the commands that make it: {}\n", o.commands);
  else if (report.improved)
    text +=
        "  --commands FILE writes the opt and clang commands that make it\n";
  return text;
}

Result<Answer> run_opt(const Options& o, Console& console) {
  HONE_RETURN_IF_ERROR(check_options(o, console));
  HONE_ASSIGN_OR_RETURN(toolkit::OptimizeRequest request, make_request(o));
  HONE_ASSIGN_OR_RETURN(const fs::path output, output_path(o, request.form));
  request.object_path = below_working_folder(output);
  HONE_ASSIGN_OR_RETURN(Trace trace, Trace::open(o.trace));
  HONE_ASSIGN_OR_RETURN(std::optional<store::Store> store,
                        open_store(o.store, console));
  request.store = store ? &*store : nullptr;
  if (o.replay) {
    HONE_ASSIGN_OR_RETURN(request.recipe,
                          toolkit::recorded_recipe(request, o.recipe));
  }
  request.stop = stop_on_interrupt();
  Result<toolkit::OptimizeResult> optimized = [&] {
    Progress progress(console, request.limits, request.stop);
    request.observer = [&](const search::Step& step) {
      trace.add(step);
      progress.step(step);
    };
    request.stage = [&](std::string_view doing) { progress.stage(doing); };
    return toolkit::optimize(request);
  }();
  if (!optimized.ok()) return std::move(optimized).error();
  const toolkit::OptimizeReport& report = optimized->report;
  HONE_RETURN_IF_ERROR(write_file(output, optimized->output));
  if (!o.recipe.empty() && report.improved && !o.replay)
    HONE_RETURN_IF_ERROR(toolkit::record_recipe(request, report, o.recipe));
  Answer answer;
  if (o.commands == "-")
    answer.text += report.script;
  else if (!o.commands.empty())
    HONE_RETURN_IF_ERROR(write_file(o.commands, report.script));
  answer.json = toolkit::to_json(report);
  answer.json["output"] = output.string();
  const std::string summary =
      opt_summary(report, console) + closing_lines(o, output, report);
  // The script alone is what is asked for on stdout.
  if (o.commands == "-")
    console.note(trim(summary));
  else if (!console.quiet())
    answer.text += summary;
  if (report.failed > 0)
    console.note(
        fmt::format("compiles that crashed are kept in {}; see hone "
                    "help repro",
                    request.failures.string()));
  return answer;
}

}  // namespace

Subcommand make_opt() {
  auto options = std::make_shared<Options>();
  return {
      .description =
          "Compiles the files as clang -Oz does, searches passes, options and "
          "function attributes for a smaller result, checks that it behaves "
          "like the stock one, and writes it. Where nothing better is found or "
          "a check fails, the stock result is written.\n"
          "Ctrl-C stops the search and writes the best result so far; a second "
          "one ends at once.",
      .flags = make_flags(*options),
      .examples =
          {{"hone opt deflate.c", "Writes deflate.o."},
           {"hone opt main.c -o main.o --budget 500 -- -Iinclude -DNDEBUG",
            "Searches longer, with the flags of the build."},
           {"hone opt main.c --test '$HONE_PROGRAM --self-test'",
            "Lets a test of your own decide as well."},
           {"hone opt src/*.c -o program.o --recipe hone.recipe",
            "Optimises a program as one, and keeps what was found."}},
      .run = [options](Console& console) { return run_opt(*options, console); },
  };
}

}  // namespace hone::cli
