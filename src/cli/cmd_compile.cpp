// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/stage_line.h"
#include "cli/table.h"
#include "toolkit/compile_model.h"
#include "toolkit/custom_operator.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> model;
  std::string output;
  std::string cpu = "baseline";
  std::string target;
  std::string name;
  std::string shape;
  std::string verify = "sampled";
  std::string weights = "embedded";
  std::vector<std::string> without;
  std::string dump;
  bool strict = false;
  std::vector<std::string> operators;
};

toolkit::CheckExtent extent_of(const Options& o) {
  return o.verify == "none"   ? toolkit::CheckExtent::None
         : o.verify == "full" ? toolkit::CheckExtent::Full
                              : toolkit::CheckExtent::Sampled;
}

std::string count(int64_t number) { return with_thousands(number); }

Answer answer_of(const Options& o, const toolkit::CompileModelReport& report) {
  const codegen::BuiltModel& model = report.model;
  const tensor::Plan& plan = model.plans[0].plan;
  Json processors = Json::array();
  std::string names;
  for (const codegen::PlanFor& level : model.plans) {
    const codegen::CpuTarget& target = level.target;
    processors.push_back(target.cpu);
    names += (names.empty() ? "" : ", ") + target.cpu;
    if (!target.tuned.empty()) names += ", tuned for " + target.tuned;
  }
  Table table({Align::Left, Align::Left});
  table.add({"processors", names});
  table.add({"kernels", fmt::format("{} for {} steps", plan.kernels.size(),
                                    plan.steps.size())});
  table.add(
      {"weights", count(static_cast<int64_t>(plan.weights.size())) + " bytes"});
  table.add({"working memory", count(plan.memory) + " bytes a call"});
  if (plan.branches > 0)
    table.add({"branches", fmt::format("{0} that depend on data, {0} compiled",
                                       plan.branches)});
  if (plan.slots > 0)
    table.add({"sizes",
               fmt::format("{} known only when the model runs", plan.slots)});
  table.add({"output", count(static_cast<int64_t>(report.bytes)) + " bytes"});
  if (o.verify != "none")
    table.add(
        {"checked", fmt::format("{} values, {} elements", report.check.values,
                                count(report.check.elements))});
  if (o.verify != "none" && !report.check.of_own_code)
    table.add({"not checked",
               "machine code of the target, which does not run here: its "
               "kernels were checked as this machine's code"});
  if (!plan.called.empty())
    table.add({"called, not compiled", join(plan.called, ", ")});
  for (const std::string& node : report.check.unchecked)
    table.add({"not checked", node});
  Json passes = Json::array();
  for (const toolkit::PassReport& pass : report.passes)
    passes.push_back({{"name", pass.name},
                      {"seconds", pass.seconds},
                      {"nodes", pass.nodes}});
  const double seconds = report.load_seconds + model.plan_seconds +
                         model.code_seconds + report.check_seconds +
                         report.link_seconds;
  return {
      .text = fmt::format("{}: {}\n{}", o.output, report.symbol, table.text()),
      .json = {
          {"output", o.output},
          {"symbol", report.symbol},
          {"processors", processors},
          {"kernels", plan.kernels.size()},
          {"steps", plan.steps.size()},
          {"rejected_tiles", model.rejected},
          {"checked_own_code", o.verify != "none" && report.check.of_own_code},
          {"weight_bytes", plan.weights.size()},
          {"memory_bytes", plan.memory},
          {"branches", plan.branches},
          {"called", plan.called},
          {"open_sizes", plan.slots},
          {"bytes", report.bytes},
          {"passes", passes},
          {"seconds", seconds},
          {"load_seconds", report.load_seconds},
          {"plan_seconds", model.plan_seconds},
          {"code_seconds", model.code_seconds},
          {"link_seconds", report.link_seconds}}};
}

}  // namespace

Subcommand make_compile() {
  auto options = std::make_shared<Options>();
  Options& o = *options;
  Subcommand command;
  command.description =
      "Compiles a tensor model to a library without dependencies but the C "
      "library: a shared one (.so), or a static one with C headers beside it "
      "(.a). The model's program is the symbol NAME_program; hone_model.h says "
      "how it is run. With an output that ends with .c it writes portable C99 "
      "without allocation instead, and a header that says how it is called. "
      "Sizes that the model leaves open and --shape does not give stay open: "
      "the one library takes all of them. Nodes that cannot be compiled are "
      "named, and nothing is written.";
  command.flags.arguments = {{.name = "MODEL",
                              .sentence =
                                  "An ONNX file, or a graph in Hone's text "
                                  "form (.graph).",
                              .target = &o.model,
                              .completes = Completes::Files}};
  command.flags.flags = {
      {.name = "custom-operator",
       .value = "DOMAIN::NAME=FILE:SYMBOL",
       .sentence = "Calls a C function of an object, archive or library for "
                   "an operator; may be repeated.",
       .target = &o.operators},
      {.name = "dump-passes",
       .value = "FOLDER",
       .sentence = "Writes the graph behind each graph pass.",
       .target = &o.dump,
       .default_text = "none",
       .completes = Completes::Folders},
      {.name = "output",
       .letter = 'o',
       .value = "FILE",
       .sentence = "Where the library goes; its ending says which kind.",
       .target = &o.output,
       .default_text = "the model's name with .so",
       .completes = Completes::Files},
      {.name = "cpu",
       .value = "NAME",
       .sentence =
           "The processors it runs on: baseline chooses among x86-64-v4, "
           "-v3 and -v2 when the model is opened (of AArch64, it is what every "
           "one has); native is this machine's; x86-64-v3 and the like, and "
           "any name that clang-22 --print-supported-cpus lists. Not for C.",
       .target = &o.cpu},
      {.name = "target",
       .value = "TRIPLE",
       .sentence = "The system it runs on: a Linux on x86-64 or AArch64, such "
                   "as aarch64-linux-gnu. Not for C.",
       .target = &o.target,
       .default_text = "this machine's"},
      {.name = "name",
       .value = "NAME",
       .sentence = "The C name of the model.",
       .target = &o.name,
       .default_text = "the output's name"},
      {.name = "shape",
       .value = "NAME=SIZES",
       .sentence = "Sizes of an input that the model leaves open, x=1,3,8,8; "
                   "of several inputs with semicolons between.",
       .target = &o.shape,
       .default_text = "the model's own"},
      {.name = "strict",
       .sentence = "Refuses nodes that are called instead of compiled: "
                   "operators on text, and custom ones.",
       .target = &o.strict},
      {.name = "verify",
       .value = "EXTENT",
       .sentence = "Compares every value with the reference interpreter: at "
                   "the corners and 256 elements, everywhere, or not at all.",
       .target = &o.verify,
       .choices = {"full", "none", "sampled"}},
      {.name = "weights",
       .value = "WHERE",
       .sentence = "Puts the weights into the library, or into a file NAME"
                   ".weights beside it that is mapped when the model is opened "
                   "and shared by all who use it.",
       .target = &o.weights,
       .choices = {"embedded", "external"}},
      {.name = "without",
       .value = "PASS",
       .sentence = "Leaves out a graph pass, or element-fusion, frames, "
                   "parts-in-place or shared-memory of the plan; may be "
                   "repeated.",
       .target = &o.without},
  };
  command.examples = {{"hone compile net.onnx -o net.so",
                       "Compiles a model for every x86-64 processor."}};
  command.run = [options](Console& console) -> Result<Answer> {
    Options& o = *options;
    if (o.output.empty())
      o.output = std::filesystem::path(o.model[0]).stem().string() + ".so";
    end_on_interrupt();
    HONE_RETURN_IF_ERROR(toolkit::add_custom_operators(o.operators));
    std::vector<std::string> shapes;
    if (!o.shape.empty()) shapes = split(o.shape, ';');
    StageLine line(console,
                   std::filesystem::path(o.model[0]).filename().string());
    HONE_ASSIGN_OR_RETURN(
        const toolkit::CompileModelReport report,
        toolkit::compile_model(
            {.model = o.model[0],
             .output = o.output,
             .cpu = o.cpu,
             .triple = o.target,
             .name = o.name,
             .shapes = shapes,
             .external_weights = o.weights == "external",
             .extent = extent_of(o),
             .passes = {.without = o.without, .dump = o.dump},
             .strict = o.strict,
             .stage = [&](std::string_view doing) { line.stage(doing); }}));
    return answer_of(o, report);
  };
  return command;
}

}  // namespace hone::cli
