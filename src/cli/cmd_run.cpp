// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "toolkit/custom_operator.h"
#include "toolkit/run_model.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> model;
  std::string data;
  std::string shape;
  std::string engine = "automatic";
  int64_t seed = 0;
  int64_t threads = 1;
  int64_t repeat = 1;
  bool expand = false;
  bool optimize = false;
  bool strict = false;
  std::vector<std::string> operators;
  double relative = toolkit::RunModelRequest().relative;
  double absolute = toolkit::RunModelRequest().absolute;
};

toolkit::RunEngine engine_of(const Options& o) {
  return o.strict || o.engine == "compiled" ? toolkit::RunEngine::Compiled
         : o.engine == "reference"          ? toolkit::RunEngine::Reference
                                            : toolkit::RunEngine::Automatic;
}

Json output_json(const toolkit::ModelOutput& output, bool compared) {
  Json json = {
      {"name", output.name}, {"type", output.type}, {"first", output.first}};
  if (compared) {
    json["agrees"] = output.difference.empty();
    if (!output.difference.empty()) json["difference"] = output.difference;
  }
  return json;
}

Result<Answer> run_run(const Options& o, Console& console) {
  toolkit::RunModelRequest request = {.model = o.model.front(),
                                      .engine = engine_of(o),
                                      .strict = o.strict,
                                      .threads = static_cast<int>(o.threads),
                                      .repeat = o.repeat,
                                      .seed = static_cast<uint64_t>(o.seed),
                                      .expand_functions = o.expand,
                                      .optimize = o.optimize,
                                      .relative = o.relative,
                                      .absolute = o.absolute};
  HONE_RETURN_IF_ERROR(toolkit::add_custom_operators(o.operators));
  if (!o.data.empty()) request.data = o.data;
  if (!o.shape.empty()) request.shapes = split(o.shape, ';');
  HONE_ASSIGN_OR_RETURN(const toolkit::RunModelReport report,
                        toolkit::run_model(request));
  Answer answer;
  answer.text = fmt::format("{} nodes, run by {}{}, {:.3f} ms\n", report.nodes,
                            report.engine == "compiled code" ? "" : "the ",
                            report.engine, report.seconds * 1e3);
  if (!report.called.empty())
    console.note("called, not compiled: " + join(report.called, ", "));
  if (!report.not_compiled.empty())
    console.note("not compiled: " + report.not_compiled);
  Json outputs = Json::array();
  for (const toolkit::ModelOutput& output : report.outputs) {
    answer.text += fmt::format("  {}: {} = {}{}\n", output.name, output.type,
                               join(output.first, ", "),
                               output.first.size() == 8 ? ", …" : "");
    if (!output.difference.empty())
      answer.text += "    " + console.out_styled(Style::Bad, "differs") + ": " +
                     output.difference + "\n";
    outputs.push_back(output_json(output, report.compared));
  }
  if (report.compared && report.agrees())
    answer.text += "the outputs are the expected ones\n";
  answer.json = {
      {"engine", report.engine},   {"not_compiled", report.not_compiled},
      {"called", report.called},   {"nodes", report.nodes},
      {"seconds", report.seconds}, {"outputs", std::move(outputs)}};
  if (report.compared) answer.json["agrees"] = report.agrees();
  answer.exit_code = report.agrees() ? 0 : 1;
  return answer;
}

}  // namespace

Subcommand make_run() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.description =
      "Inputs are random unless --data gives them. The model is compiled for "
      "this machine; where a node cannot be, the whole model is run by the "
      "reference interpreter, which is slow and plain.";
  command.flags.arguments = {{.name = "MODEL",
                              .sentence = "An ONNX file, or a graph (.graph).",
                              .target = &options->model,
                              .completes = Completes::Files}};
  command.flags.flags = {
      {.name = "absolute",
       .value = "X",
       .sentence = "How far an element may lie from the expected one.",
       .target = &options->absolute},
      {.name = "custom-operator",
       .value = "DOMAIN::NAME=FILE:SYMBOL",
       .sentence = "Calls a C function of an object, archive or library for "
                   "an operator; may be repeated.",
       .target = &options->operators},
      {.name = "data",
       .value = "FOLDER",
       .sentence = "Takes inputs from input_0.pb … and compares outputs with "
                   "output_0.pb …; exits 1 where they differ.",
       .target = &options->data,
       .default_text = "random inputs",
       .completes = Completes::Folders},
      {.name = "engine",
       .value = "NAME",
       .sentence = "What runs the model.",
       .target = &options->engine,
       .choices = {"automatic", "compiled", "reference"}},
      {.name = "expand-functions",
       .sentence = "Replaces operators that are functions by their bodies "
                   "first.",
       .target = &options->expand},
      {.name = "optimize",
       .sentence = "Runs the graph passes first.",
       .target = &options->optimize},
      {.name = "relative",
       .value = "X",
       .sentence = "The same as a part of the expected element.",
       .target = &options->relative},
      {.name = "repeat",
       .value = "N",
       .sentence = "Runs compiled code N times and prints the median time.",
       .target = &options->repeat,
       .least = 1},
      {.name = "seed",
       .value = "N",
       .sentence = "Of random inputs.",
       .target = &options->seed},
      {.name = "shape",
       .value = "NAME=SIZES",
       .sentence = "Sizes of an input that the model leaves open, x=1,3,8,8; "
                   "of several inputs with semicolons between.",
       .target = &options->shape,
       .default_text = "the model's own"},
      {.name = "strict",
       .sentence = "Refuses a model that is not compiled as a whole, by the "
                   "names of the nodes.",
       .target = &options->strict},
      {.name = "threads",
       .value = "N",
       .sentence = "Of compiled code; results do not depend on it.",
       .target = &options->threads,
       .least = 1}};
  command.examples = {{"hone run net.onnx --shape x=1,3,224,224",
                       "Runs a model on random inputs."},
                      {"hone run net.onnx --data test_data_set_0",
                       "Checks a model against its expected outputs."}};
  command.run = [options](Console& console) {
    return run_run(*options, console);
  };
  return command;
}

}  // namespace hone::cli
