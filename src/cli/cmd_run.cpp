// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command.h"
#include "toolkit/run_model.h"

namespace hone::cli {

namespace {

struct Options {
  std::vector<std::string> model;
  std::string data;
  std::string shape;
  int64_t seed = 0;
  double relative = toolkit::RunModelRequest().relative;
  double absolute = toolkit::RunModelRequest().absolute;
};

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
                                      .seed = static_cast<uint64_t>(o.seed),
                                      .relative = o.relative,
                                      .absolute = o.absolute};
  if (!o.data.empty()) request.data = o.data;
  if (!o.shape.empty()) request.shapes = split(o.shape, ';');
  HONE_ASSIGN_OR_RETURN(const toolkit::RunModelReport report,
                        toolkit::run_model(request));
  Answer answer;
  answer.text = fmt::format(
      "{} nodes, run by the {} (slow: it judges, it does not compile)\n",
      report.nodes, report.engine);
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
  answer.json = {{"engine", report.engine},
                 {"nodes", report.nodes},
                 {"seconds", report.seconds},
                 {"outputs", std::move(outputs)}};
  if (report.compared) answer.json["agrees"] = report.agrees();
  answer.exit_code = report.agrees() ? 0 : 1;
  return answer;
}

}  // namespace

Subcommand make_run() {
  auto options = std::make_shared<Options>();
  Subcommand command;
  command.description =
      "Inputs are random unless --data gives them. The model is run by the "
      "reference interpreter, which is slow and plain.";
  command.flags.arguments = {{.name = "MODEL",
                              .sentence = "An ONNX file.",
                              .target = &options->model,
                              .completes = Completes::Files}};
  command.flags.flags = {
      {.name = "absolute",
       .value = "X",
       .sentence = "How far an element may lie from the expected one.",
       .target = &options->absolute},
      {.name = "data",
       .value = "FOLDER",
       .sentence = "Takes inputs from input_0.pb … and compares outputs with "
                   "output_0.pb …; exits 1 where they differ.",
       .target = &options->data,
       .default_text = "random inputs",
       .completes = Completes::Folders},
      {.name = "relative",
       .value = "X",
       .sentence = "The same as a part of the expected element.",
       .target = &options->relative},
      {.name = "seed",
       .value = "N",
       .sentence = "Of random inputs.",
       .target = &options->seed},
      {.name = "shape",
       .value = "NAME=SIZES",
       .sentence = "Sizes of an input that the model leaves open, x=1,3,8,8; "
                   "of several inputs with semicolons between.",
       .target = &options->shape,
       .default_text = "the model's own"}};
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
