// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/shared_flags.h"
#include "tensor/loop/loop_text.h"
#include "tensor/loop/tree_diff.h"
#include "toolkit/loops.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> files;
  std::vector<std::string> steps;
  std::string script;
  std::vector<std::string> sizes;
  std::string emit = "tree";
  std::string output;
  bool choose = false;
  bool diff = false;
  bool log = false;
  bool no_run = false;
  int64_t rounds = 15;
};

std::string times_text(const toolkit::LoopTimes& t) {
  std::string text = fmt::format(
      "the same as the untransformed tree\n"
      "{:.3f} ms ({:.3f} to {:.3f}), untransformed {:.3f} ms\n",
      t.seconds * 1e3, t.fastest * 1e3, t.slowest * 1e3, t.first_seconds * 1e3);
  if (t.flops > 0)
    text += fmt::format("{:.1f} GFLOP/s, {:.0f} % of the peak of one core\n",
                        t.flops / t.seconds / 1e9,
                        100 * t.flops / t.seconds / t.peak);
  text += fmt::format("compiled in {:.1f} ms", t.compile_seconds * 1e3);
  if (t.spills > 0)
    text +=
        fmt::format(", with {} stack accesses in innermost loops", t.spills);
  return text + "\n";
}

Json times_json(const toolkit::LoopTimes& t) {
  return {{"flops", t.flops},
          {"seconds", t.seconds},
          {"seconds_quartiles", {t.fastest, t.slowest}},
          {"seconds_untransformed", t.first_seconds},
          {"gflops", t.flops / t.seconds / 1e9},
          {"peak_gflops", t.peak / 1e9},
          {"compile_seconds", t.compile_seconds},
          {"spills", t.spills}};
}

std::string log_text(const toolkit::LoopsAnswer& answer) {
  std::string text;
  for (const tensor::ScheduleLogEntry& entry : answer.log)
    text += fmt::format(
        "{:>12} cycles: {}\n",
        entry.refused.empty() ? fmt::format("{:.0f}", entry.cycles) : "refused",
        entry.script);
  return text;
}

Json log_json(const toolkit::LoopsAnswer& answer) {
  Json list = Json::array();
  for (const tensor::ScheduleLogEntry& entry : answer.log) {
    Json row = {{"script", entry.script}};
    if (entry.refused.empty())
      row["cycles"] = entry.cycles;
    else
      row["refused"] = entry.refused;
    list.push_back(std::move(row));
  }
  return list;
}

Result<std::string> script_of(const Options& o) {
  std::string script;
  if (!o.script.empty()) {
    HONE_ASSIGN_OR_RETURN(script, read_file(o.script));
    script += "\n";
  }
  for (const std::string& step : o.steps) script += step + "\n";
  return script;
}

Result<Answer> run_command(const Options& o) {
  HONE_ASSIGN_OR_RETURN(std::string text, read_file(o.files[0]));
  HONE_ASSIGN_OR_RETURN(std::string script, script_of(o));
  const bool is_tree = o.emit == "tree";
  auto answer = toolkit::run_loops({.text = std::move(text),
                                    .script = std::move(script),
                                    .choose = o.choose,
                                    .sizes = o.sizes,
                                    .run = !o.no_run && is_tree,
                                    .rounds = static_cast<int>(o.rounds)});
  if (!answer.ok()) return std::move(answer).error().in(o.files[0]);
  Answer out;
  std::string emitted;
  if (is_tree) {
    emitted = print_loops(answer->after);
  } else {
    HONE_ASSIGN_OR_RETURN(emitted, toolkit::emit_loops(answer->after, o.emit));
  }
  out.json = {{o.emit, emitted}, {"steps", Json::array()}};
  for (const tensor::LoopStep& step : answer->steps)
    out.json["steps"].push_back(to_text(step));
  if (o.log) {
    out.text += log_text(*answer);
    out.json["log"] = log_json(*answer);
  }
  if (o.diff) {
    const std::string diff = diff_loops(answer->before, answer->after);
    out.text += diff;
    out.json["diff"] = diff;
  } else if (o.output.empty()) {
    out.text += emitted;
  }
  if (!o.output.empty()) HONE_RETURN_IF_ERROR(write_file(o.output, emitted));
  if (answer->times) {
    out.text += times_text(*answer->times);
    out.json["times"] = times_json(*answer->times);
  }
  return out;
}

}  // namespace

Subcommand make_loops() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Reads a loop program: nodes that say what is computed, and a tree of "
      "loops that says in which order. Steps transform the tree; one that "
      "would change what is computed, or of which that cannot be shown, is "
      "refused. The result is compiled, compared with the untransformed tree "
      "on random inputs, and timed against the peak of one core, which is "
      "measured between. The steps are in docs/reference/loop_steps.md.";
  command.flags.arguments = {{.name = "FILE",
                              .sentence = "The loop program.",
                              .target = &o.files,
                              .completes = Completes::Files}};
  command.flags.flags = {
      {.name = "step",
       .letter = 's',
       .value = "STEP",
       .sentence = "Transforms the tree; may be given several times.",
       .target = &o.steps},
      {.name = "script",
       .value = "FILE",
       .sentence = "Takes steps from a file, before those of --step.",
       .target = &o.script,
       .completes = Completes::Files},
      {.name = "choose",
       .sentence = "Chooses a schedule without measuring, before any steps.",
       .target = &o.choose},
      {.name = "log",
       .sentence = "Shows what --choose looked at, with estimated cycles.",
       .target = &o.log},
      {.name = "size",
       .value = "NAME=N",
       .sentence = "Runs with this size; may be given several times.",
       .target = &o.sizes},
      {.name = "emit",
       .value = "FORM",
       .sentence = "Writes the result in this form; all but tree are not run.",
       .target = &o.emit,
       .choices = {"c", "kernel", "llvm", "tree"}},
      {.name = "output",
       .letter = 'o',
       .value = "FILE",
       .sentence = "Writes it to a file.",
       .target = &o.output,
       .completes = Completes::Files},
      {.name = "diff",
       .sentence = "Shows what the steps changed in place of the result.",
       .target = &o.diff},
      {.name = "no-run",
       .sentence = "Neither compares nor times.",
       .target = &o.no_run},
      {.name = "rounds",
       .value = "N",
       .sentence = "Measures so many times; the median is printed.",
       .target = &o.rounds,
       .least = 1}};
  command.examples = {
      {"hone loops conv.loops", "Prints the tree, checks and times it."},
      {"hone loops conv.loops -s 'split j 14' -s 'unroll j_i' --diff",
       "Shows what two steps change."},
      {"hone loops mm.loops --choose --emit c -o mm.c",
       "Writes a chosen schedule as C99."}};
  command.run = [options](Console&) -> Result<Answer> {
    return run_command(*options);
  };
  return command;
}

}  // namespace hone::cli
